/// ACProp: gradients divided by how far those before strayed from their average.
///
/// ```
/// w ← (1 − ηγ)·w − η·g/(√(s/(1 − β₂ᵗ⁻¹)) + ε)  the quotient of s is 1 in the first step
/// s ← β₂·s + (1 − β₂)·(g − m)² + ε_in
/// m ← β₁·m + (1 − β₁)·g
/// ```
/// Source: Zhuang et al., "Momentum centering and asynchronous update for adaptive gradient methods", arXiv 2110.05454, in
/// the form of `optax.contrib.acprop`. The average m only centres the variance; the first step is that of plain descent.
public struct ACProp: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-16).
  public var epsilon = 1e-16
  /// ε_in ≥ 0, added to the stored variance in every step (default 1e-16).
  public var epsilonInside = 1e-16
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-16, epsilonInside: Double = 1e-16,
    weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<ACProp>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_var")] }
  public var name: String { "acprop" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, s) = (slice.vectors(0), slice.vectors(1))
    let keep = S(1 - slice.rate * weightDecay)
    let rate = S(slice.rate)
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (epsilon, inside) = (S(self.epsilon), S(epsilonInside))
    let isFirst = slice.step == 0
    let scale = S(isFirst ? 0 : 1 / (1 - power(self.beta2, slice.step)).squareRoot())
    let floor = S(isFirst ? 1 : 0)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let stray = g - m[i]
        let root = scale * s[i].squareRoot() + floor
        m[i] = beta1 * m[i] + fresh1 * g
        s[i] = beta2 * s[i] + fresh2 * (stray * stray) + inside
        w = keep * w - rate * g / (root + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as gradient descent preconditioned with the live P: (2 − ηγ)/η.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(response: 1, rate: learningRate, weightDecay: weightDecay, decoupled: true)
  }

  /// √(s/(1 − β₂ᵗ)) + ε, by which the next step divides.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }
}
