import DescentDiagnosis
import Testing

struct LossSpikeTests {
  private func spiked(lasting rows: Int, by height: Double = 2) -> [Double] {
    var losses = healthyLosses(1200)
    for row in 600..<(600 + rows) { losses[row] += height }
    return losses
  }

  @Test func `A spike that passes is a note`() throws {
    let finding = try #require(found(.lossSpike, in: log(spiked(lasting: 20))))
    #expect(finding.severity == .note && finding.kind == "recovered")
    #expect(finding.evidence.steps.contains(600))
  }

  @Test func `A spike that stays is a warning`() throws {
    let finding = try #require(found(.lossSpike, in: log(spiked(lasting: 600, by: 0.9))))
    #expect(finding.severity == .warning && finding.kind == "lingering")
  }

  @Test func `A single noisy batch is none`() { #expect(found(.lossSpike, in: log(spiked(lasting: 1))) == nil) }

  @Test func `Noise is none`() {
    for seed in 1...20 { #expect(found(.lossSpike, in: log(healthyLosses(seed: UInt64(seed), noise: 0.4))) == nil) }
  }
}
