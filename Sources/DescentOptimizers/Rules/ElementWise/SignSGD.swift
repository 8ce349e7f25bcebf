/// The sign of the gradient, or of its average (Signum).
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← μ·m + (1 − μ)·d                          m = d without momentum
/// w ← w − η·sign(m)
/// ```
/// Source: Bernstein et al., "signSGD: compressed optimisation for non-convex problems", arXiv 1802.04434, where the
/// decay is decoupled; in the form of `optax.sign_sgd`, `optax.signum` and pytorch-optimizer's `SignSGD`. The average's
/// scale does not matter to its sign. The sign of 0 is 0; a NaN stays one.
public struct SignSGD: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0: `signSGD`; 0.9 for `signum`).
  public var momentum = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(momentum: Double = 0, weightDecay: Double = 0, decoupled: Bool = true) {
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<SignSGD>] = [
    .number("momentum", \.momentum, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]

  /// Signum with the paper's momentum of 0.9.
  public static let signum = SignSGD(momentum: 0.9)

  public var states: [RuleState] { [.perElement("momentum_buffer", if: momentum > 0)] }
  public var name: String { momentum > 0 ? "signum" : "signSGD" }
  public var defaultLearningRate: Double { 1e-4 }

  public func update(_ slice: UpdateSlice<Double>) {
    let (coupled, keep) = (decoupled ? 0 : weightDecay, decoupled ? 1 - slice.rate * weightDecay : 1)
    let m = momentum > 0 ? slice.state(0) : nil
    slice.forEachElement { i, g, w in
      var u = g + coupled * w
      if let m {
        m[i] = momentum * m[i] + (1 - momentum) * u
        u = m[i]
      }
      w = keep * w - slice.rate * (u > 0 ? 1 : u < 0 ? -1 : u)
    }
  }

  /// Lion with one β for both of its averages.
  public func update(_ slice: UpdateSlice<Float>) {
    Lion(beta1: momentum, beta2: momentum, weightDecay: weightDecay, decoupled: decoupled)
      .update(slice, mean: momentum > 0 ? slice.state(0) : nil)
  }

  /// Infinite: a step of fixed length is stable nowhere and unstable nowhere; it dithers within η of a minimum.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// η·(1 − μᵗ)/|m|; η itself, the length of a step, without momentum, where the gradient is not kept.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    guard momentum > 0 else { return RateMultiplier(view.rate) }
    let completed = view.rate * (1 - power(momentum, view.step))
    return RateMultiplier(elements: view.state(0).map { completed / abs($0) })
  }
}
