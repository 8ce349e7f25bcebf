import DescentCore
import Testing

@Suite struct DivergenceTests {
  @Test func `a loss that is not a number diverges at its step`() {
    var detector = DivergenceDetector()
    #expect(detector.observe(StepReport(loss: 1), step: 0) == nil)
    #expect(detector.observe(StepReport(loss: .nan), step: 1)?.reason == .nonFiniteLoss)
  }

  @Test func `a gradient or parameters that are not finite diverge though the loss is fine`() {
    var detector = DivergenceDetector()
    #expect(
      detector.observe(StepReport(loss: 1, gradientNorm: .infinity), step: 0)?.reason == .nonFiniteGradient)
    #expect(detector.observe(StepReport(loss: 1, parameterNorm: .nan), step: 0)?.reason == .nonFiniteParameters)
  }

  @Test func `the median of ten losses decides, not one spike`() {
    var detector = DivergenceDetector()
    var steps: [Int] = []
    // L₀ = 1 and L_best = 1, so the limit is 11. Nine good losses, then bad ones: the median passes the limit once
    // six of the last ten are above it.
    for step in 0..<20 {
      if let divergence = detector.observe(StepReport(loss: step < 9 ? 1 : 100), step: step) {
        #expect(divergence.reason == .lossExploded)
        steps.append(step)
      }
    }
    // Five of ten at 100 and five at 1 have the median 50.5, above 11.
    #expect(steps.first == 13)
  }

  @Test func `negative losses use the distance from the best loss`() {
    var detector = DivergenceDetector()
    // L₀ = −1, L_best = −5: limit −1 + 10·max(1, 4) = 39.
    let losses = [-1.0, -5] + Array(repeating: 38.9, count: 12)
    for (step, loss) in losses.enumerated() {
      #expect(detector.observe(StepReport(loss: loss), step: step) == nil)
    }
    var last: Divergence?
    for step in 0..<6 { last = last ?? detector.observe(StepReport(loss: 40), step: 14 + step) }
    #expect(last != nil)
  }
}
