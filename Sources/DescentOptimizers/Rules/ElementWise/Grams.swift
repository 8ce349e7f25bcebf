/// Grams: the length of Adam's step in the direction of the gradient's sign.
///
/// ```
/// m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
/// u = m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
/// w ← (1 − ηγ)·w − η·|u|·sign(g)
/// ```
/// Source: Cao et al., "Grams: gradient descent with adaptive momentum scaling", arXiv 2412.17107, in the form of
/// pytorch-optimizer's `Grams` (ε = 1e-6).
public struct Grams: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-6).
  public var epsilon = 1e-6
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<Grams>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "grams" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    let keep = S(1 - slice.rate * weightDecay)
    let rate = S(slice.rate / (1 - power(self.beta1, t)))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let mean = beta1 * m[i] + fresh1 * g
        let square = beta2 * v[i] + fresh2 * (g * g)
        m[i] = mean
        v[i] = square
        w = keep * w - rate * mean.magnitude / (scale * square.squareRoot() + epsilon) * g.sign
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as Adam's, whose steps these are where gradient and average agree in sign: (2 − ηγ)(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: true)
  }

  private var adam: Adam { Adam(beta1: beta1, beta2: beta2, epsilon: epsilon) }

  /// Adam's.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    adam.preconditioner(step: step, state: state)
  }

  /// Adam's.
  public func effectiveRate(_ view: RateView) -> RateMultiplier { adam.effectiveRate(view) }
}
