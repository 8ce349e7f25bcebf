/// Simplified AdEMAMix: one accumulated momentum and the gradient itself, over Adam's second moment.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + d,   v ← β₂·v + (1 − β₂)·d²
/// w ← w − η · (m + α·d) / (√(v/(1 − β₂ᵗ)) + ε)
/// ```
/// Source: Morwani et al., "Connections between Schedule-Free optimizers, AdEMAMix, and accelerated SGD variants",
/// arXiv 2502.02431, in the form of `optax.contrib.simplified_ademamix`. m is a sum, so rates are about 1 − β₁ of Adam's.
public struct SimplifiedAdEMAMix: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.99).
  public var beta1 = 0.99
  /// β₂, 0 ≤ β₂ < 1 (default 0.95).
  public var beta2 = 0.95
  /// α ≥ 0 (default 0): what the gradient itself counts; up to 100 for small batches.
  public var alpha = 0.0
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.99, beta2: Double = 0.95, alpha: Double = 0, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<SimplifiedAdEMAMix>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("alpha", \.alpha, .nonNegative),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "simplifiedAdEMAMix" }
  public var defaultLearningRate: Double { 1e-5 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    let (beta1, alpha, beta2, fresh2) = (S(self.beta1), S(self.alpha), S(self.beta2), S(1 - self.beta2))
    let scale = S(1 / (1 - power(self.beta2, slice.step + 1)).squareRoot())
    let epsilon = S(self.epsilon)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let sum = beta1 * m[i] + d
        let square = beta2 * v[i] + fresh2 * (d * d)
        m[i] = sum
        v[i] = square
        w = keep * w - rate * (sum + alpha * d) / (scale * square.squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H: (1 + a)/(c·η) with c = 1/(1 + β₁) + α, a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: 1 / (1 + beta1) + alpha, rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// √(v/(1 − β₂ᵗ)) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }

  /// η·((1 − β₁ᵗ)/(1 − β₁) + α)/P.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    return RateMultiplier(elements: diagonal.map { view.rate / $0 })
      .multiplied(by: RateFactor("momentum", (1 - power(beta1, view.step)) / (1 - beta1) + alpha))
  }
}
