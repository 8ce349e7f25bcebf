import DescentCore
import DescentCurvature
import Testing

/// A threshold given as a function.
private struct Threshold: StabilityModel {
  let value: @Sendable (Double) -> Double
  func stabilityThreshold(learningRate: Double) -> Double { value(learningRate) }
}

@Suite struct StableRateTests {
  @Test(arguments: [1e-6, 0.3, 7, 5e8])
  func `the rate's threshold is the sharpness`(sharpness: Double) throws {
    let plain = try #require(Threshold { 2 / $0 }.stableRate(forSharpness: sharpness))
    #expect(abs(plain * sharpness / 2 - 1) < 1e-12)
    let heavyBall = Threshold { 3.8 / $0 - 1e-7 }
    let rate = try #require(heavyBall.stableRate(forSharpness: sharpness))
    #expect(abs(heavyBall.stabilityThreshold(learningRate: rate) / sharpness - 1) < 1e-10)
  }

  @Test func `there is none where nothing bounds the rate`() {
    #expect(Threshold { 2 / $0 }.stableRate(forSharpness: 0) == nil)
    #expect(Threshold { 2 / $0 }.stableRate(forSharpness: -3) == nil)
    #expect(Threshold { 2 / $0 }.stableRate(forSharpness: .nan) == nil)
    #expect(Threshold { _ in .infinity }.stableRate(forSharpness: 1) == nil)
    #expect(Threshold { _ in .nan }.stableRate(forSharpness: 1) == nil)
  }
}
