/// Lookahead: slow weights that go part of the way every k steps of another rule.
///
/// ```
/// fast weights w: a step of the inner rule; after every k of them
/// φ ← φ + α·(w − φ),   w ← φ
/// ```
/// Source: Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", arXiv 1907.08610, algorithm 1. The inner
/// rule's state stays as it is when the weights are set back.
public struct Lookahead: WrapperRule {
  public var inner: OptimizerSpec
  /// k ≥ 1 (default 5).
  public var k = 5
  /// α, 0 … 1 (default 0.5).
  public var alpha = 0.5

  public init(_ inner: OptimizerSpec = OptimizerSpec(Adam()), k: Int = 5, alpha: Double = 0.5) {
    self.inner = inner
    self.k = k
    self.alpha = alpha
  }

  public static let settings: [Setting<Lookahead>] = [
    .integer("k", \.k, 1...(.max)),
    .number("alpha", \.alpha, .share),
  ]
  public var states: [RuleState] { [.perElement("slow")] }
  public var name: String { "lookahead" }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let slow = step.vectors(0)
    if step.step == 0 { slow.base.update(from: step.parameters, count: step.count) }
    try step.runInner()
    guard (step.step + 1) % k == 0 else { return }
    let fast = VectorArray(step.parameters)
    let alpha = S(self.alpha)
    VectorArray<S>.forEachPlace(in: 0..<step.count) { i in
      slow[i] = slow[i] + alpha * (fast[i] - slow[i])
      fast[i] = slow[i]
    }
  }

  /// In the mean over k steps the weights go α of the way.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    rate.multiplied(by: RateFactor("lookahead", alpha))
  }
}
