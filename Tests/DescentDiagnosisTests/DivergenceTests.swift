import DescentDiagnosis
import Testing

struct DivergenceTests {
  /// Down from 3 to 0.6 by the middle, then up again to `end`.
  private func climbing(to end: Double) -> [Double] {
    var random = Noise(3)
    return (0..<400).map { row in
      let smooth = row < 200 ? 3 - 2.4 * Double(row) / 200 : 0.6 + (end - 0.6) * min(1, Double(row - 200) / 150)
      return smooth + 0.05 * random.next()
    }
  }

  @Test func `A loss that climbed back most of its way is an error`() throws {
    let finding = try #require(found(.divergence, in: log(climbing(to: 2.6))))
    #expect(finding.severity == .error)
    #expect(abs((finding.next?.rate ?? 0) - 0.1 / 3) < 1e-12)
  }

  @Test func `A loss that climbed back a third of its way is none`() {
    #expect(found(.divergence, in: log(climbing(to: 1.4))) == nil)
  }

  @Test(arguments: [(1.0, -20.0), (1e-3, 0.0), (1e6, 5e7)])
  func `Neither the unit nor what is added matters`(factor: Double, shift: Double) {
    #expect(found(.divergence, in: log(scaled(climbing(to: 2.6), by: factor, plus: shift))) != nil)
    #expect(found(.divergence, in: log(scaled(climbing(to: 1.4), by: factor, plus: shift))) == nil)
  }

  @Test func `Pure noise is none, however long`() {
    for seed in 1...20 {
      var random = Noise(UInt64(seed))
      let losses = (0..<500).map { _ in 2.3 + 0.2 * random.next() }
      #expect(found(.divergence, in: log(losses)) == nil)
    }
  }

  @Test func `An explosion in ten rows is found, and its rate is too high`() {
    let losses = [2.3, 2.4] + [Double](repeating: 900, count: 12)
    #expect(found(.divergence, in: log(losses)) != nil)
    #expect(found(.rateTooHigh, in: log(losses)) != nil)
  }

  @Test func `A run that blew up is no plateau and not too short`() {
    let codes = Diagnosis(log(climbing(to: 2.6))).findings.map(\.code)
    #expect(!codes.contains(.plateau) && !codes.contains(.underTrained))
  }

  /// Losses of small batches whose noise hides where they began.
  private func noisy(start: Double, end: Double, validation: (Double, Double)) -> RunLog {
    var noise = Noise(8)
    var record = log((0..<600).map { 3 - 0.5 * min(1, Double($0) / 300) + 2.5 * noise.next() }) { row in
      row == 599 ? [("valLoss", validation.1)] : row % 100 == 99 ? [("valLoss", validation.0)] : []
    }
    record.startLoss = start
    record.finalLoss = end
    return record
  }

  @Test func `Losses of whole parts at the beginning and the end show what batches hide`() {
    #expect(found(.divergence, in: noisy(start: 1.5, end: 6, validation: (2.5, 6.2))) != nil)
    #expect(found(.divergence, in: noisy(start: 3, end: 2.5, validation: (2.6, 2.5))) == nil)
  }

  @Test func `A training part that merely begins higher than the validation part has not diverged`() {
    #expect(found(.divergence, in: noisy(start: 1.5, end: 6, validation: (1.4, 1.3))) == nil)
  }
}
