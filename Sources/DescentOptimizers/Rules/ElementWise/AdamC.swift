/// AdamC: AdamW whose weight decay falls with the square of the rate.
///
/// ```
/// m ← β₁·m + (1 − β₁)·g,   v ← β₂·v + (1 − β₂)·g²
/// w ← (1 − γ·η²/η_max)·w − η · m/(1 − β₁ᵗ) · √(1 − β₂ᵗ)/(√(v + ε_in) + ε)
/// ```
/// Source: Defazio, "Why gradients rapidly increase near the end of training", arXiv 2506.02285. η_max is the largest rate
/// so far, or `peakRate` where a warm-up is still to reach it. As in pytorch-optimizer's `AdamC` (whence the
/// place of ε), where this decay is only for groups marked as followed by a normalisation, the paper's case, and others
/// are AdamW.
public struct AdamC: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ε_in ≥ 0, in squared gradient units (default 1e-15).
  public var epsilonInside = 1e-15
  /// γ ≥ 0, per parameter unit (default 0.01).
  public var weightDecay = 0.01
  /// η_max; 0 (default): the largest rate so far.
  public var peakRate = 0.0

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, epsilonInside: Double = 1e-15,
    weightDecay: Double = 0.01, peakRate: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.weightDecay = weightDecay
    self.peakRate = peakRate
  }

  public static let settings: [Setting<AdamC>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("peakRate", \.peakRate, .nonNegative),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("max_rate")]
  }
  public var name: String { "adamc" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard let largest = slice.numbers(2) else { return }
    largest[0] = max(largest[0], slice.rate)
    let peak = peakRate > 0 ? peakRate : largest[0]
    // AdamW with the decay that makes η·γ′ = γ·η²/η_max.
    var adam = adam(afterStep: slice.step + 1)
    adam.weightDecay = peak > 0 ? weightDecay * slice.rate / peak : 0
    adam.inGeneral(slice)
  }

  /// Of P⁻¹·H, as AdamW's at the largest rate: (2 − ηγ)(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    let decay = peakRate > 0 ? weightDecay * learningRate / peakRate : weightDecay
    return alternatingThreshold(
      response: (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: decay, decoupled: true)
  }

  private func adam(afterStep t: Int) -> Adam {
    let missing = 1 - power(beta2, t)
    return Adam(
      beta1: beta1, beta2: beta2, epsilon: epsilon / missing.squareRoot(), decoupled: true,
      epsilonInside: epsilonInside / missing)
  }

  /// Adam's.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    adam(afterStep: step).preconditioner(step: step, state: state)
  }

  /// Adam's.
  public func effectiveRate(_ view: RateView) -> RateMultiplier { adam(afterStep: view.step).effectiveRate(view) }
}
