import DescentRandom
import Testing

@Suite struct NormalQuantileTests {
  // SciPy 1.17.1, scipy.stats.norm.ppf.
  @Test(arguments: [
    (1e-300, -37.0470962993612),
    (1e-20, -9.262340089798409),
    (1e-11, -6.706023155495137),
    (1.5e-11, -6.646570887477113),
    (1e-05, -4.264890793922825),
    (0.01, -2.3263478740408408),
    (0.0749, -1.4402382675279635),
    (0.0751, -1.4388253927525403),
    (0.3, -0.5244005127080409),
    (0.5001, 0.0002506628300880075),
    (0.6, 0.2533471031357997),
    (0.925, 1.4395314709384563),
    (0.95, 1.6448536269514722),
    (0.999, 3.090232306167813),
    (0.999999999999, 7.0344869100478356),
  ])
  func `it agrees with SciPy in the body and both tails`(probability: Double, quantile: Double) {
    #expect(abs(normalQuantile(probability) - quantile) <= 4e-15 * abs(quantile))
  }

  @Test func `the ends are infinite and the outside is not a number`() {
    #expect(normalQuantile(0) == -.infinity)
    #expect(normalQuantile(1) == .infinity)
    #expect(normalQuantile(-0.1).isNaN)
    #expect(normalQuantile(1.5).isNaN)
    #expect(normalQuantile(.nan).isNaN)
  }
}
