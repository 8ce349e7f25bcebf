import DescentFinder
import Testing

@Suite struct StopRuleTests {
  /// Zero-based step at which the rule fires.
  private func stop(_ losses: [Double], factor: Double = 4) -> Int? {
    var rule = StopRule(factor: factor)
    return losses.firstIndex { rule.observe($0) }
  }

  /// 2 falling to 1 in 20 steps, then rising by 0.5 a step.
  private let curve = (0..<20).map { 2 - Double($0) / 20 } + (0..<40).map { 1 + 0.5 * Double($0) }

  @Test func `fires once the median of three exceeds four descents above the best`() throws {
    // L₀ = 1.9 (median of the first five) and best = 1.05 (of the medians of three), so the limit is 4.45; the losses
    // from step 20 on are 1, 1.5, 2, …, and the median trails them by one step: 4.5 at step 28.
    #expect(stop(curve) == 28)
    #expect(stop(curve, factor: 8) == 35)
    #expect(stop(curve, factor: .infinity) == nil)
  }

  @Test func `shifting and scaling the loss changes nothing`() {
    let expected = stop(curve)
    for shift in [-1000.0, -3, 5, 1000] { #expect(stop(curve.map { $0 + shift }) == expected) }
    for scale in [1e-6, 3, 1e6] { #expect(stop(curve.map { $0 * scale }) == expected) }
  }

  @Test func `one spike does not stop it`() {
    var losses = Array(curve.prefix(20))
    losses[12] = 1e6
    #expect(stop(losses) == nil)
  }

  @Test func `noise alone does not stop it`() {
    for seed in 1..<50 {
      var state = UInt64(seed)
      #expect(stop((0..<200).map { _ in 2.3 + 0.2 * normal(&state) }) == nil)
    }
  }

  @Test func `an explosion without any descent stops it`() throws {
    let at = try #require(stop((0..<100).map { 1 + 1e-3 * Double(1 << min($0 / 2, 40)) }))
    #expect(at < 40)
  }
}
