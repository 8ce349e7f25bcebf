/// LaProp: gradients normalised first and averaged then, where Adam averages first.
///
/// ```
/// v ← β₂·v + (1 − β₂)·g²,   u = g/(√((v + ε_in)/(1 − β₂ᵗ)) + ε)
/// m ← β₁·m + (1 − β₁)·η·u,   n ← β₁·n + (1 − β₁)·η
/// w ← (1 − ηγ)·(w − η·m/n)                     m/n: the average of u, weighted by the rates of its time
/// ```
/// Source: Ziyin et al., "LaProp: separating momentum and adaptivity in Adam", arXiv 2002.04839, in the form of the authors'
/// code and timm's `LaProp` (betas 0.9, 0.999; ε = 1e-15): the rate is inside the average, so that the past counts by the
/// rates it was made with. In pytorch-optimizer ε is ε_in.
public struct LaProp: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-15).
  public var epsilon = 1e-15
  /// ε_in ≥ 0, added to v itself, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-15, epsilonInside: Double = 0,
    weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<LaProp>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("exp_avg_lr_1")]
  }
  public var name: String { "laprop" }
  public var defaultLearningRate: Double { 4e-4 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard let rates = slice.numbers(2) else { return }
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let missing = 1 - power(self.beta2, slice.step + 1)
    rates[0] = self.beta1 * rates[0] + (1 - self.beta1) * slice.rate
    let step = S(rates[0] > 0 ? slice.rate / rates[0] : 0)
    let keep = S(1 - slice.rate * weightDecay)
    let (beta1, intake) = (S(self.beta1), S((1 - self.beta1) * slice.rate))
    let (beta2, fresh2) = (S(self.beta2), S(1 - self.beta2))
    let (correction, inside, epsilon) = (S(1 / missing), S(epsilonInside / missing), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let square = beta2 * v[i] + fresh2 * (g * g)
        let mean = beta1 * m[i] + intake * g / ((correction * square + inside).squareRoot() + epsilon)
        v[i] = square
        m[i] = mean
        w = keep * (w - step * mean)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H: (2 − ηγ)(1 + β₁)/((1 − β₁)(1 − ηγ)·η), as Adam's without decay.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let keep = 1 - learningRate * weightDecay
    return alternatingThreshold(
      response: keep * (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: true)
  }

  /// √((v + ε_in)/(1 − β₂ᵗ)) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { (($0 + epsilonInside) / missing).squareRoot() + epsilon }
  }
}
