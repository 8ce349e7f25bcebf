/// Lookahead: slow weights that go part of the way every k steps of another rule.
///
/// ```
/// fast weights w: a step of the inner rule; after every k of them
/// φ ← φ + α·(w − φ),   w ← φ
/// ```
/// Source: Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", arXiv 1907.08610, algorithm 1. The inner
/// rule's momentum stays as it is when the weights are set back, as Optax has it; `momentum: pullback` takes it back
/// like the weights (from 0 at first), and `reset` sets it to 0, as pytorch-optimizer offers after the paper's section 4.
public struct Lookahead: WrapperRule {
  /// What becomes of the inner rule's momentum when the weights are set back.
  public enum Momentum: String, CaseIterable, Codable, Sendable { case keep, pullback, reset }

  public var inner: OptimizerSpec
  /// k ≥ 1 (default 5).
  public var k = 5
  /// α, 0 … 1 (default 0.5).
  public var alpha = 0.5
  /// What becomes of the momentum (default `keep`).
  public var momentum = Momentum.keep

  public init(
    _ inner: OptimizerSpec = OptimizerSpec(Adam()), k: Int = 5, alpha: Double = 0.5, momentum: Momentum = .keep
  ) {
    self.inner = inner
    self.k = k
    self.alpha = alpha
    self.momentum = momentum
  }

  public static let settings: [Setting<Lookahead>] = [
    .integer("k", \.k, 1...(.max)),
    .number("alpha", \.alpha, .share),
    .choice("momentum", \.momentum),
  ]
  public var states: [RuleState] {
    [.perElement("slow"), .perElement("slow_momentum", if: momentum == .pullback)]
  }
  public var name: String { "lookahead" }

  /// The names under which rules keep their momentum.
  private static let momentumNames = ["momentum_buffer", "exp_avg"]

  public var conflict: String? {
    guard momentum != .keep else { return nil }
    let keeps = inner.rule.states.contains { $0.isKept && $0.isPerElement && Self.momentumNames.contains($0.name) }
    return keeps ? nil : "\(inner) keeps no momentum, so momentum must be keep"
  }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let slow = step.vectors(0)
    if step.step == 0 { slow.base.update(from: step.parameters, count: step.count) }
    try step.runInner()
    guard (step.step + 1) % k == 0 else { return }
    Self.pull(VectorArray(step.parameters), slow, S(alpha), step.count)
    guard momentum != .keep, let buffer = step.innerVectors(named: Self.momentumNames) else { return }
    if momentum == .reset { return buffer.base.update(repeating: 0, count: step.count) }
    Self.pull(buffer, step.vectors(1), S(alpha), step.count)
  }

  @inline(__always)
  private static func pull<S: UpdateScalar>(_ fast: VectorArray<S>, _ slow: VectorArray<S>, _ alpha: S, _ count: Int) {
    for i in VectorPlaces<S>(0..<count) {
      slow[i] = slow[i] + alpha * (fast[i] - slow[i])
      fast[i] = slow[i]
    }
  }

  /// In the mean over k steps the weights go α of the way.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    rate.multiplied(by: RateFactor("lookahead", alpha))
  }
}
