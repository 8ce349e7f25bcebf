/// LAMB: Adam whose step in each tensor is as long as the tensor, times the rate.
///
/// ```
/// g ← g·min(1, c/‖g‖)  over all tensors, with a `maxGradientNorm` c
/// m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
/// u = m̂/(√v̂ + ε) + γ·w                       m̂, v̂: divided by 1 − βᵗ with bias correction
/// r = ‖w‖/‖u‖ for each tensor, 1 where either norm is 0;  at most 1 with `clip`
/// w ← w − η·r·u
/// ```
/// Source: You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", arXiv 1904.00962,
/// algorithm 2 with φ(z) = z. As `optax.lamb` (whose defaults are these); timm's `Lamb` clips the gradient's norm to 1 by
/// default and leaves out the ratio where there is no decay (`adaptWithoutDecay: false`); `clip` is its LAMBC.
public struct LAMB: VectorRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-6).
  public var epsilon = 1e-6
  /// γ ≥ 0, per parameter unit (default 0); part of what the ratio scales.
  public var weightDecay = 0.0
  /// Divides by what the averages lack for having started at 0 (default true).
  public var biasCorrection = true
  /// c > 0, in gradient units (default infinite: no clipping).
  public var maxGradientNorm = Double.infinity
  /// Bounds the ratio by 1 (default false).
  public var clip = false
  /// Scales by the ratio even without weight decay (default true).
  public var adaptWithoutDecay = true

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double = 0,
    biasCorrection: Bool = true, maxGradientNorm: Double = .infinity, clip: Bool = false,
    adaptWithoutDecay: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.biasCorrection = biasCorrection
    self.maxGradientNorm = maxGradientNorm
    self.clip = clip
    self.adaptWithoutDecay = adaptWithoutDecay
  }

  public static let settings: [Setting<LAMB>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("biasCorrection", \.biasCorrection),
    .number("maxGradientNorm", \.maxGradientNorm, .limit),
    .flag("clip", \.clip),
    .flag("adaptWithoutDecay", \.adaptWithoutDecay),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("trust_ratio", initial: 1)]
  }
  public var name: String { "lamb" }
  public var defaultLearningRate: Double { 1e-3 }
  public var scratchVectors: Int { 1 }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    var factor = 1.0
    if maxGradientNorm.isFinite {
      let norm = step.sum { tile in
        var sum = VectorSum<S>()
        for i in tile {
          let g = tile.gradient[i]
          sum.add(g * g, at: i)
        }
        return sum.value
      }.squareRoot()
      if norm > maxGradientNorm { factor = maxGradientNorm / norm }
    }
    step.forEachSlice(of: self) { slice, rule in rule.update(slice, gradientFactor: factor) }
  }

  private func update<S: UpdateScalar>(_ slice: UpdateSlice<S>, gradientFactor: Double) {
    let m = slice.vectors(0)
    let v = slice.vectors(1)
    let u = VectorArray(slice.scratch)
    let beta1 = S(self.beta1)
    let fresh1 = S((1 - self.beta1) * gradientFactor)
    let beta2 = S(self.beta2)
    let fresh2 = S((1 - self.beta2) * gradientFactor * gradientFactor)
    let (missing1, missing2) = missing(afterStep: slice.step + 1)
    let scale1 = S(1 / missing1)
    let scale2 = S(1 / missing2)
    let epsilon = S(self.epsilon)
    let decay = S(weightDecay)
    let updateNorm = slice.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let g = tile.gradient[i]
        m[i] = beta1 * m[i] + fresh1 * g
        v[i] = beta2 * v[i] + fresh2 * g * g
        u[i] = scale1 * m[i] / ((scale2 * v[i]).squareRoot() + epsilon) + decay * tile.parameters[i]
        sum.add(u[i] * u[i], at: i)
      }
      return sum.value
    }.squareRoot()
    let ratio = ratio(slice.parameterNorm(), updateNorm)
    slice.numbers(2)?[0] = ratio
    let rate = S(slice.rate * ratio)
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = tile.parameters[i] - rate * u[i] }
    }
  }

  private func ratio(_ parameterNorm: Double, _ updateNorm: Double) -> Double {
    guard parameterNorm != 0, updateNorm != 0, weightDecay > 0 || adaptWithoutDecay else { return 1 }
    return clip ? min(1, parameterNorm / updateNorm) : parameterNorm / updateNorm
  }

  private func missing(afterStep t: Int) -> (Double, Double) {
    biasCorrection ? (1 - power(beta1, t), 1 - power(beta2, t)) : (1, 1)
  }

  /// As Adam's, of P⁻¹·H with the live ratios in P.
  public func stabilityThreshold(learningRate: Double) -> Double {
    2 * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// (1 − β₁ᵗ)·(√v̂ + ε)/r.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0, let ratio = state(2).first else { return nil }
    let (missing1, missing2) = missing(afterStep: step)
    return state(1).map { missing1 * (($0 / missing2).squareRoot() + epsilon) / ratio }
  }

  /// η·r/(√v̂ + ε), with r as it was in the last step.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let (missing1, missing2) = missing(afterStep: view.step)
    let gathered = (1 - power(beta1, view.step)) / missing1
    return RateMultiplier(
      elements: view.state(1).map { view.rate * gathered / (($0 / missing2).squareRoot() + epsilon) },
      factors: biasCorrection ? [RateFactor("bias correction", 1 / missing1)] : []
    ).multiplied(by: RateFactor("trust ratio", view.state(2).first ?? 1))
  }
}
