import DescentCurvature
import Testing

@Suite struct CriticalRateTests {
  @Test(arguments: [1e-4, 0.02, 0.3, 7, 500])
  func `along the gradient of one mode it is 2 over the curvature`(_ start: Double) throws {
    let objective = Quadratic<Double>([4, 1])
    let found = try CriticalRate.search(from: start, objective, at: [1, 0], along: [4, 0])
    let rate = try #require(found.rate)
    #expect(found.outcome == .found)
    #expect(found.low <= 0.5 && found.high >= 0.5)
    #expect((found.high - found.low) / found.high <= 1.0 / 16)
    #expect(abs(rate - 0.5) < 0.5 / 16)
    // One more for the loss at the point.
    #expect(objective.losses == found.evaluations + 1)
  }

  @Test func `from the last one it takes about six losses`() throws {
    let objective = Quadratic<Double>([4, 1])
    let found = try CriticalRate.search(from: 0.45, objective, at: [1, 0], along: [4, 0])
    #expect(found.evaluations <= 6)
  }

  @Test func `an update uphill never falls, a slope without end never rises`() throws {
    let uphill = try CriticalRate.search(from: 1, Quadratic<Double>([4]), at: [1], along: [-4])
    #expect(uphill.outcome == .neverFalls && uphill.rate == nil)
    let slope = CriticalRate.search(from: 1, loss: 0) { -$0 }
    #expect(slope.outcome == .neverRises && slope.rate == nil && slope.high == .infinity)
  }

  @Test func `a loss that is not a number counts as higher`() {
    let found = CriticalRate.search(from: 1, loss: 1) { $0 > 0.25 ? .nan : 0.5 }
    #expect(found.outcome == .found)
    #expect(found.low <= 0.25 && found.high >= 0.25)
  }
}
