import DescentDiagnosis
import Testing

struct OverfittingTests {
  private func run(_ validation: @escaping (Double) -> Double) -> RunLog {
    var random = Noise(9)
    return log(healthyLosses()) { row in
      row % 40 == 39 ? [("valLoss", validation(Double(row) / 1000) + 0.01 * random.next())] : []
    }
  }

  @Test func `A validation loss that turns round is told, with the step to stop at`() throws {
    let finding = try #require(found(.overfitting, in: run { 0.8 + 4 * ($0 - 0.4) * ($0 - 0.4) }))
    #expect(abs((finding.next?.steps ?? 0) - 400) <= 120)
    #expect(finding.evidence.value > OverfittingDetector.threshold)
  }

  @Test func `One that rests is none`() { #expect(found(.overfitting, in: run { 0.8 + 1 / (1 + 60 * $0) }) == nil) }

  @Test func `Without validation losses it is not judged, and said so`() {
    let diagnosis = Diagnosis(log(healthyLosses()))
    #expect(diagnosis.notJudged.contains { $0.code == .overfitting && $0.reason.contains("valLoss") })
  }

  @Test func `A training loss that rises with it is another fault`() {
    var random = Noise(4)
    let losses = (0..<1000).map { row in
      0.8 + 6 * (Double(row) / 1000 - 0.4) * (Double(row) / 1000 - 0.4) + 0.02 * random.next()
    }
    let both = log(losses) { row in row % 40 == 39 ? [("valLoss", losses[row])] : [] }
    #expect(found(.overfitting, in: both) == nil)
  }
}
