@testable import DescentDiagnosis
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
    var record = log((0..<600).map { 2.45 - 1e-6 * Double($0) })
    #expect(PlateauDetector().finding(in: record) == nil)
    record.leastLoss = 0
    #expect(PlateauDetector().finding(in: record)?.severity == .warning)
  }

  @Test func `At the logarithm of a whole number by chance the validation loss tells`() throws {
    var random = Noise(2)
    var record = log((0..<500).map { ($0 < 20 ? 9 : 2.3026) + 0.005 * random.next() })
    record.append(step: 499, [("valLoss", 2.31)])
    #expect(found(.plateau, in: record)?.kind == "constant-prediction")
    record.append(step: 500, [("valLoss", 27)])
    #expect(found(.plateau, in: record)?.kind != "constant-prediction")
  }

  @Test func `A fall that the batches' noise hides is told by the losses of whole parts`() {
    var random = Noise(4)
    var record = log((0..<500).map { _ in 1 + abs(random.next()) })
    (record.startLoss, record.finalLoss, record.leastLoss) = (1.9, 1.89, 0)
    #expect(PlateauDetector().finding(in: record)?.kind == "flat")
    record.finalLoss = 0.9
    #expect(PlateauDetector().finding(in: record)?.kind != "flat")
  }

  @Test func `From batches alone a fall that their noise may hide is not denied`() {
    for seed in 1...40 {
      var random = Noise(UInt64(seed))
      let losses = (0..<100).map { (1 + 2 / (1 + Double($0))) * (1 + 0.9 * random.next()) }
      let finding = found(.plateau, in: log(losses))
      #expect(finding?.kind != "flat" || (LossShape(log(losses))?.signsOfFall ?? 9) <= 1.5)
    }
  }
}
