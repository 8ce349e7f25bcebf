/// LAMB: Adam whose step in each tensor is as long as the tensor, times the rate.
///
/// ```
/// m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
/// u = m̂/(√v̂ + ε) + γ·w                       m̂, v̂: divided by 1 − βᵗ with bias correction
/// r = ‖w‖/‖u‖ for each tensor, 1 where either norm is 0
/// w ← w − η·r·u
/// ```
/// Source: You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", arXiv 1904.00962,
/// algorithm 2 with φ(z) = z. As `optax.lamb` (whose defaults are these).
public struct LAMB: SliceRule {
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

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double = 0,
    biasCorrection: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.biasCorrection = biasCorrection
  }

  public static let settings: [Setting<LAMB>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("biasCorrection", \.biasCorrection),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("trust_ratio", initial: 1)]
  }
  public var name: String { "lamb" }
  public var defaultLearningRate: Double { 1e-3 }
  public func scratchCount(for tensor: TensorShape) -> Int { tensor.count }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let m = slice.vectors(0)
    let v = slice.vectors(1)
    let u = VectorArray(slice.scratch)
    let beta1 = S(self.beta1)
    let fresh1 = S(1 - self.beta1)
    let beta2 = S(self.beta2)
    let fresh2 = S(1 - self.beta2)
    let (missing1, missing2) = missing(afterStep: slice.step + 1)
    let scale1 = S(1 / missing1)
    let scale2 = S(1 / missing2)
    let epsilon = S(self.epsilon)
    let decay = S(weightDecay)
    let updateNorm = slice.sum { i, g, w in
      m[i] = beta1 * m[i] + fresh1 * g
      v[i] = beta2 * v[i] + fresh2 * g * g
      u[i] = scale1 * m[i] / ((scale2 * v[i]).squareRoot() + epsilon) + decay * w
      return u[i] * u[i]
    }.squareRoot()
    let ratio = Self.ratio(slice.parameterNorm(), updateNorm)
    slice.numbers(2)?[0] = ratio
    let rate = S(slice.rate * ratio)
    slice.forEachVector { i, _, w in w = w - rate * u[i] }
  }

  private static func ratio(_ parameterNorm: Double, _ updateNorm: Double) -> Double {
    parameterNorm == 0 || updateNorm == 0 ? 1 : parameterNorm / updateNorm
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
