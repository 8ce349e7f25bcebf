/// Ano: the direction from the average's sign, the length from the gradient itself.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d
/// v ← β₂·v + (1 − β₂)·sign(d² − v)·d²
/// w ← w − η·|d|·sign(m)/(√(v/(1 − β₂ᵗ)) + ε)
/// ```
/// Source: Kegreisz, "Ano: faster is better in noisy landscapes", arXiv 2508.18258, in the form of pytorch-optimizer's `Ano`
/// (betas 0.92, 0.99). v is Yogi's but for the β₂ before it.
public struct Ano: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.92).
  public var beta1 = 0.92
  /// β₂, ½ ≤ β₂ < 1 (default 0.99).
  public var beta2 = 0.99
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.92, beta2: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Ano>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "ano" }
  public var defaultLearningRate: Double { 1e-4 }
  public var conflict: String? { beta2 < 0.5 ? "beta2 must be at least 0.5, or the second moment turns negative" : nil }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let scale = S(1 / (1 - power(self.beta2, slice.step + 1)).squareRoot())
    let epsilon = S(self.epsilon)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let new = d * d
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (new - v[i]).sign * new
        m[i] = mean
        v[i] = square
        w = keep * w - rate * d.magnitude * mean.sign / (scale * square.squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as gradient descent preconditioned with the live P, for which it stands where the average has the
  /// gradient's sign: (1 + a)/η with a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(response: 1, rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// √(v/(1 − β₂ᵗ)) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }
}
