import DescentDiagnosis
import Testing

struct LayerTests {
  private func layers(_ ratio: Double) -> RunLog {
    log(healthyLosses(200)) { $0 % 20 == 7 ? [("gradNormFirst", ratio * 2), ("gradNormLast", 2)] : [] }
  }

  @Test func `Gradients lost on the way to the input`() { #expect(found(.vanishingGradients, in: layers(1e-5)) != nil) }

  @Test func `Gradients that grow on the way to the input`() {
    #expect(found(.explodingGradients, in: layers(300)) != nil)
  }

  @Test(arguments: [0.1, 1, 3]) func `Usual ratios are neither`(ratio: Double) {
    let codes = Diagnosis(layers(ratio)).findings.map(\.code)
    #expect(!codes.contains(.vanishingGradients) && !codes.contains(.explodingGradients))
  }

  @Test func `Most units of a layer silent`() throws {
    let silent = log(healthyLosses(400)) { $0 % 20 == 7 ? [("silentUnits", $0 < 100 ? 0.1 : 0.8)] : [] }
    let finding = try #require(found(.deadUnits, in: silent))
    #expect(finding.evidence.value == 0.8)
    #expect(finding.evidence.steps.lowerBound == 107)
  }

  @Test func `A few silent units are usual`() {
    #expect(found(.deadUnits, in: log(healthyLosses(400)) { $0 % 20 == 7 ? [("silentUnits", 0.3)] : [] }) == nil)
  }

  @Test func `Silent units where the gradient has come to 0 are none`() {
    let still = log(healthyLosses(400)) { row in
      [("gradNorm", row < 200 ? 1 : 1e-9)] + (row % 20 == 7 ? [("silentUnits", row < 100 ? 0 : 0.9)] : [])
    }
    #expect(found(.deadUnits, in: still) == nil)
  }
}
