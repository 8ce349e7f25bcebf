/// MARS: a gradient corrected by its last change, bounded in norm, under AdamW or Lion.
///
/// ```
/// c = g + κ·β₁/(1 − β₁)·(g − g′)               g′ of the step before; c = g in the first step
/// c ← c/max(1, ‖c‖₂)                           over each tensor
/// m ← β₁·m + (1 − β₁)·c,   v ← β₂·v + (1 − β₂)·c²
/// adamw:  w ← (1 − ηγ)·w − η · m/(1 − β₁ᵗ) / (√v/√(1 − β₂ᵗ) + ε)
/// lion:   w ← (1 − ηγ)·w − η·sign(m)
/// ```
/// Source: Yuan et al., "MARS: unleashing the power of variance reduction for training large models", arXiv 2411.10438
/// (the approximate form, with the gradient of the batch before), in the form of timm's `Mars`. Tensors of fewer than two
/// dimensions take plain AdamW with the same constants, as there.
public struct MARS: SliceRule {
  /// The rule under the corrected gradient.
  public enum Base: String, Sendable, Hashable, Codable, CaseIterable { case adamw, lion }

  /// β₁, 0 ≤ β₁ < 1 (default 0.95).
  public var beta1 = 0.95
  /// β₂, 0 ≤ β₂ < 1 (default 0.99).
  public var beta2 = 0.99
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// κ ≥ 0 (default 0.025): what the change counts.
  public var gamma = 0.025
  /// The rule (default `adamw`).
  public var base = Base.adamw
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(
    beta1: Double = 0.95, beta2: Double = 0.99, epsilon: Double = 1e-8, gamma: Double = 0.025, base: Base = .adamw,
    weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.gamma = gamma
    self.base = base
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<MARS>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("gamma", \.gamma, .nonNegative),
    .choice("base", \.base),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [
      .perElement("exp_avg"), .perElement("exp_avg_sq"),
      .sized("last_grad") { $0.rank >= 2 ? $0.count : 0 },
      .perTensor("bound", initial: 1),
    ]
  }
  public var name: String { "mars" }
  public var defaultLearningRate: Double { 3e-3 }

  /// What tensors without a matrix take.
  private var plain: Adam {
    Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, decoupled: true)
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.tensor.rank >= 2 else { return plain.inGeneral(slice) }
    let (m, v, last) = (slice.vectors(0), slice.vectors(1), slice.vectors(2))
    let t = slice.step + 1
    let pull = S(slice.step == 0 ? 0 : gamma * self.beta1 / (1 - self.beta1))
    let norm = slice.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let c = tile.gradient[i] + pull * (tile.gradient[i] - last[i])
        sum.add(c * c, at: i)
      }
      return sum.value
    }.squareRoot()
    slice.numbers(3)?[0] = norm > 1 ? 1 / norm : 1
    let bound = S(norm > 1 ? 1 / norm : 1)
    let keep = S(1 - slice.rate * weightDecay)
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(self.epsilon))
    let takesSign = base == .lion
    let rate = S(takesSign ? slice.rate : slice.rate / (1 - power(self.beta1, t)))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let c = bound * (g + pull * (g - last[i]))
        let mean = beta1 * m[i] + fresh1 * c
        let square = beta2 * v[i] + fresh2 * (c * c)
        last[i] = g
        m[i] = mean
        v[i] = square
        w = keep * w - rate * (takesSign ? mean.sign : mean / (scale * square.squareRoot() + epsilon))
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H on matrices whose corrected gradient is within the bound: (2 − ηγ)/(c·η) with
  /// c = (1 − β₁)/(1 + β₁)·(1 + 2κ·β₁/(1 − β₁)); infinite over `lion`.
  public func stabilityThreshold(learningRate: Double) -> Double {
    guard base == .adamw else { return .infinity }
    let response = (1 - beta1) / (1 + beta1) * (1 + 2 * gamma * beta1 / (1 - beta1))
    return alternatingThreshold(
      response: response, rate: learningRate, weightDecay: weightDecay, decoupled: true)
  }

  /// Adam's, over the bound as it was in the last step; nil over `lion`.
  public func preconditioner(_ view: RateView) -> [Double]? {
    base == .adamw ? diagonal(view, gain: 1 - power(beta1, view.step)) : nil
  }

  /// Adam's on matrices (a gradient that stands still has no change) times the bound as it was in the last step; over
  /// `lion` η·(1 − β₁ᵗ)/|m| times it.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    guard view.tensor.rank >= 2 else { return plain.effectiveRate(view) }
    let bound = RateFactor("bound", view.state(3).first ?? 1)
    guard base == .adamw else {
      let completed = view.rate * (1 - power(beta1, view.step))
      return RateMultiplier(elements: view.state(0).map { completed / abs($0) }).multiplied(by: bound)
    }
    return Adam(beta1: beta1, beta2: beta2, epsilon: epsilon).effectiveRate(view).multiplied(by: bound)
  }
}
