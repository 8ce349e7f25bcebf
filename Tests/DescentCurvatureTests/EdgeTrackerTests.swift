import DescentCore
import DescentCurvature
import Testing

private struct Rule: StabilityModel, Preconditioner {
  var diagonal: [Double]?
  var rescales = false
  func stabilityThreshold(learningRate: Double) -> Double { 2 / learningRate }
  func preconditioner() -> [Double]? { diagonal }
}

@Suite struct EdgeTrackerTests {
  @Test func `the threshold follows the rate`() throws {
    var tracker = EdgeTracker<Double>(.every(2), settings: .init(count: 2, tolerance: 1e-9))
    let objective = Quadratic<Double>([8, 2])
    for step in 0..<6 where tracker.isDue(step: step) {
      try tracker.measure(objective, at: [1, 1], step: step, learningRate: 0.1 * Double(step + 1), rule: Rule())
    }
    let measured = tracker.record.measurements
    #expect(measured.map(\.step) == [0, 2, 4])
    #expect(measured.allSatisfy { abs($0.eigenvalues[0] - 8) < 1e-9 && abs($0.eigenvalues[1] - 2) < 1e-9 })
    for (m, ratio) in zip(measured, [0.4, 1.2, 2.0]) { #expect(abs(m.ratio - ratio) < 1e-9) }
    #expect(tracker.record.summary.crossingStep == 2)
  }

  @Test func `a rule that rescales is measured as it scales, and not before it has a scale`() throws {
    var tracker = EdgeTracker<Double>(.every(1))
    let objective = Quadratic<Double>([8, 2])
    let before = try tracker.measure(
      objective, at: [1, 1], step: 0, learningRate: 0.5, rule: Rule(diagonal: nil, rescales: true))
    #expect(before == nil && tracker.record.measurements.isEmpty)
    let after = try #require(
      try tracker.measure(
        objective, at: [1, 1], step: 1, learningRate: 0.5, rule: Rule(diagonal: [4, 0.5], rescales: true)))
    #expect(abs(after.sharpness - 4) < 1e-9 && abs(after.ratio - 1) < 1e-9)
    // A rate of 0, as at the start of a warm-up, has no threshold.
    #expect(try tracker.measure(objective, at: [1, 1], step: 2, learningRate: 0, rule: Rule()) == nil)
  }

  @Test func `a budget of nothing measures once, a budget without bound always`() throws {
    for (share, expected) in [(0.0, 1), (1e9, 50)] {
      var tracker = EdgeTracker<Double>(.budget(share))
      let objective = Quadratic<Double>([8, 2])
      for step in 0..<50 where tracker.isDue(step: step) {
        try tracker.measure(objective, at: [1, 1], step: step, learningRate: 0.1, rule: Rule())
      }
      #expect(tracker.record.measurements.count == expected)
      #expect(tracker.measuringTime > .zero)
    }
  }
}
