import DescentDiagnosis
import Testing

struct PlateauTests {
  @Test func `A loss at ln 10 from the start predicts the same for all`() throws {
    var random = Noise(2)
    let finding = try #require(found(.plateau, in: log((0..<500).map { _ in 2.3026 + 0.02 * random.next() })))
    #expect(finding.severity == .warning && finding.kind == "constant-prediction")
    #expect(finding.evidence.sentence.contains("10 classes"))
  }

  @Test func `A loss that never came down elsewhere is flat, also below 0`() throws {
    var random = Noise(2)
    let finding = try #require(found(.plateau, in: log((0..<500).map { _ in -7.7 + 0.02 * random.next() })))
    #expect(finding.kind == "flat")
  }

  @Test func `A loss that came down and rests has converged: a note`() throws {
    var random = Noise(5)
    let losses = (0..<1000).map { 0.4 + 2 / (1 + Double($0 * $0) / 400) + 0.02 * random.next() }
    let finding = try #require(found(.plateau, in: log(losses)))
    #expect(finding.severity == .note && finding.kind == "converged")
  }

  @Test func `A loss that still falls is none`() {
    var random = Noise(6)
    let losses = (0..<1000).map { 3 - 2 * Double($0) / 1000 + 0.1 * random.next() }
    #expect(found(.plateau, in: log(losses)) == nil)
  }

  @Test func `A loss that has a bottom and came next to nowhere stands still, however steadily it fell`() {
    var record = log((0..<600).map { 2.4 - 1e-6 * Double($0) })
    #expect(PlateauDetector().finding(in: record) == nil)
    record.leastLoss = 0
    #expect(PlateauDetector().finding(in: record)?.severity == .warning)
  }
}
