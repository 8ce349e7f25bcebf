import DescentCurvature
import Testing

@Suite struct WarmupAdviceTests {
  @Test func `a rate that the start bears needs none`() throws {
    let safe = try #require(WarmupAdvice(rate: 0.1, stableRate: 0.1, criticalRate: 0.05))
    #expect(!safe.needed && safe.steps == nil)
    #expect(safe.basis.contains("stable under the initial curvature"))
    let critical = try #require(WarmupAdvice(rate: 0.4, stableRate: 0.1, criticalRate: 0.38))
    #expect(!critical.needed)
    #expect(critical.basis.contains("4 times the stable rate") && critical.basis.contains("critical rate"))
  }

  @Test(arguments: [(0.8, 100), (3.2, 300), (0.45, 20), (1e9, 1000)])
  func `beyond both it takes a hundred steps for each doubling, within bounds`(rate: Double, steps: Int) throws {
    let advice = try #require(WarmupAdvice(rate: rate, stableRate: 0.1, criticalRate: 0.4))
    #expect(advice.needed && advice.steps == steps)
    #expect(WarmupAdvice(rate: rate, stableRate: 0.4, criticalRate: nil)?.steps == steps)
  }

  @Test func `an adaptive rule's first updates must not raise the loss either`() throws {
    #expect(WarmupAdvice(rate: 0.2, stableRate: 0.8, criticalRate: 0.1)?.needed == false)
    let adaptive = try #require(WarmupAdvice(rate: 0.2, stableRate: 0.8, criticalRate: 0.1, isAdaptive: true))
    #expect(adaptive.steps == 100)
    #expect(adaptive.basis.contains("2 times the critical rate"))
  }

  @Test func `nothing measured, nothing advised`() {
    #expect(WarmupAdvice(rate: 0.1, stableRate: nil, criticalRate: nil) == nil)
    #expect(WarmupAdvice(rate: 0.1, stableRate: nil, criticalRate: 0.2)?.needed == false)
  }
}
