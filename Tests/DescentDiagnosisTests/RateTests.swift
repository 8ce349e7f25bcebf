@testable import DescentDiagnosis
import Testing

struct RateTests {
  /// Gradient descent on ½·Σ h θ² from θ = 1, with the cosines that its updates have.
  private func descent(rate: Double, curvatures: [Double] = [1, 0.3, 0.1], steps: Int = 300) -> RunLog {
    var theta = curvatures.map { _ in 1.0 }
    var before: [Double]?
    var log = RunLog()
    for step in 0..<steps {
      let gradient = zip(curvatures, theta).map { $0 * $1 }
      var row: [(name: String, value: Double)] = [
        ("loss", zip(gradient, theta).reduce(0) { $0 + $1.0 * $1.1 / 2 }), ("lr", rate),
        ("gradNorm", norm(gradient)),
      ]
      if let before, step % 20 == 7 {
        let update = before.map { -rate * $0 }
        row += [
          ("updateNorm", norm(update)), ("updateDot", zip(gradient, update).reduce(0) { $0 + $1.0 * $1.1 }),
          ("paramNorm", norm(theta)),
        ]
      }
      log.append(step: step, row)
      theta = zip(theta, gradient).map { $0 - rate * $1 }
      before = gradient
    }
    return log
  }

  private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  @Test func `Far too small a rate on a bowl is found, and three times is advised`() throws {
    let finding = try #require(found(.rateTooLow, in: descent(rate: 0.003)))
    #expect(finding.severity == .warning)
    #expect(abs((finding.next?.rate ?? 0) - 0.009) < 1e-12)
  }

  @Test func `A good rate on a bowl is neither`() {
    let codes = Diagnosis(descent(rate: 0.6)).findings.map(\.code)
    #expect(!codes.contains(.rateTooLow) && !codes.contains(.rateTooHigh))
  }

  @Test(arguments: [0.003, 0.6])
  func `Neither the loss's unit nor what is added to it matters`(rate: Double) {
    let plain = descent(rate: rate)
    var shifted = RunLog()
    for row in plain.loss.values.indices {
      shifted.append(step: row, [("loss", plain.loss.values[row] * 4 - 100), ("lr", rate)])
    }
    var bare = RunLog()
    for row in plain.loss.values.indices { bare.append(step: row, [("loss", plain.loss.values[row]), ("lr", rate)]) }
    #expect((found(.rateTooLow, in: shifted) == nil) == (found(.rateTooLow, in: bare) == nil))
  }

  @Test func `A short log is not judged`() {
    let diagnosis = Diagnosis(log(healthyLosses(20)))
    #expect(diagnosis.notJudged.contains { $0.code == .rateTooLow })
  }

  @Test func `Both are never said of one run`() {
    for seed in 1...30 {
      var random = Noise(UInt64(seed))
      let losses = (0..<200).map { row in 2 - Double(row) / 200 * random.next() + 0.5 * random.next() }
      let codes = Diagnosis(log(losses)).findings.map(\.code)
      #expect(!(codes.contains(.rateTooLow) && codes.contains(.rateTooHigh)))
    }
  }

  @Test func `A run that is no longer finite after a few steps was too fast`() {
    #expect(found(.rateTooHigh, in: log([2, 900, .infinity])) != nil)
    #expect(found(.rateTooHigh, in: log([.nan])) == nil)
  }

  @Test func `Who is nearly at the bottom has nothing to win by another rate`() {
    var slow = descent(rate: 0.003)
    #expect(RateEvidence(slow)?.isNearBottom == false)
    (slow.startLoss, slow.leastLoss, slow.finalLoss) = (0.8, 0.1, 0.14)
    #expect(RateEvidence(slow)?.isNearBottom == false)
    slow.finalLoss = 0.12
    #expect(RateEvidence(slow)?.isNearBottom == true)
    #expect(RateTooLowDetector().finding(in: slow) == nil)
  }
}
