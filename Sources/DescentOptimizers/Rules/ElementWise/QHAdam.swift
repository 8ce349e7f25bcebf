/// QHAdam: quasi-hyperbolic means in both of Adam's moments.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ)
/// w ← w − η·(ν₁·m̂ + (1 − ν₁)·d)/(√(ν₂·v̂ + (1 − ν₂)·d²) + ε)
/// ```
/// Source: Ma and Yarats, arXiv 1810.06801, with the values recommended there; the steps of torch-optimizer's and
/// pytorch-optimizer's `QHAdam` (whose defaults are Adam's).
public struct QHAdam: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.995).
  public var beta1 = 0.995
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ν₁, 0 … 1 (default 0.7): the share of the average of gradients.
  public var nu1 = 0.7
  /// ν₂, 0 … 1 (default 1): the share of the average of squares.
  public var nu2 = 1.0
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    beta1: Double = 0.995, beta2: Double = 0.999, nu1: Double = 0.7, nu2: Double = 1, epsilon: Double = 1e-8,
    weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.nu1 = nu1
    self.nu2 = nu2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<QHAdam>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("nu1", \.nu1, .share),
    .number("nu2", \.nu2, .share),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "qhadam" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let averaged = S(slice.rate * nu1 / (1 - power(self.beta1, t)))
    let plain = S(slice.rate * (1 - nu1))
    let (oldSquare, newSquare) = (S(nu2 / (1 - power(self.beta2, t))), S(1 - nu2))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let epsilon = S(self.epsilon)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (d * d)
        m[i] = mean
        v[i] = square
        w =
          keep * w
          - (averaged * mean + plain * d) / ((oldSquare * square + newSquare * (d * d)).squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H: (1 + a)(1 + β₁)/((1 + β₁ − 2ν₁β₁)·η) with a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: 1 - 2 * nu1 * beta1 / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// √v̂ + ε, as where the latest square is the average one; both parts of the numerator are complete.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }
}
