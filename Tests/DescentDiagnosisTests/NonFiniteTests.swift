import DescentDiagnosis
import Testing

struct NonFiniteTests {
  @Test func `A loss that becomes nan is an error with its step and a lower rate to try`() throws {
    var losses = healthyLosses(100)
    losses[70] = .nan
    let finding = try #require(found(.nonFinite, in: log(losses)))
    #expect(finding.severity == .error)
    #expect(finding.evidence.steps == 60...70)
    #expect(abs((finding.next?.rate ?? 0) - 0.01) < 1e-15)
  }

  @Test func `A first loss that is not finite speaks of the data, not of the rate`() throws {
    let finding = try #require(found(.nonFinite, in: log([.infinity] + healthyLosses(99))))
    #expect(finding.next == nil)
    #expect(finding.advice.contains("data"))
  }

  @Test func `The gradient counts too`() {
    let finding = found(.nonFinite, in: log(healthyLosses(60)) { [("gradNorm", $0 == 30 ? .infinity : 1)] })
    #expect(finding?.evidence.steps.upperBound == 30)
  }
}
