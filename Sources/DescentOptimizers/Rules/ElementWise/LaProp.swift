internal import CDescentKernels

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

  /// η/n with the average of the rates n that the step brings; 0 while all rates were 0.
  private func rateShare<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> Double {
    guard let rates = slice.numbers(2) else { return 1 }
    rates[0] = beta1 * rates[0] + (1 - beta1) * slice.rate
    return rates[0] > 0 ? slice.rate / rates[0] : 0
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let mean = slice.state(0), let square = slice.state(1) else { return }
    let missing = 1 - power(beta2, slice.step + 1)
    let scalars = dk_laprop(
      step: Float(rateShare(slice)), keep: Float(1 - slice.rate * weightDecay), beta1: Float(beta1),
      intake: Float((1 - beta1) * slice.rate), fresh2: Float(1 - beta2), correction: Float(1 / missing),
      inside: Float(epsilonInside / missing), epsilon: Float(epsilon))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_laprop(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
          square, sums)
      }
    }
  }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let m = slice.state(0), let v = slice.state(1) else { return }
    let missing = 1 - power(beta2, slice.step + 1)
    let (step, keep) = (rateShare(slice), 1 - slice.rate * weightDecay)
    slice.forEachElement { i, g, w in
      v[i] = beta2 * v[i] + (1 - beta2) * (g * g)
      let u = g / (((v[i] + epsilonInside) / missing).squareRoot() + epsilon)
      m[i] = beta1 * m[i] + (1 - beta1) * slice.rate * u
      w = keep * (w - step * m[i])
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
