internal import CDescentKernels

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

  public func update(_ slice: UpdateSlice<Double>) {
    guard slice.tensor.rank >= 2 else { return plain.inGeneral(slice) }
    guard let m = slice.state(0), let v = slice.state(1), let last = slice.state(2) else { return }
    let pull = pull(slice)
    let (average, change) = (1 + pull, VectorArray(last))
    let norm = slice.sum { i, g, _ in
      let c = average * g + -(pull * change[i])
      return c * c
    }.squareRoot()
    let bound = norm > 1 ? 1 / norm : 1
    slice.numbers(3)?[0] = bound
    let t = slice.step + 1
    let (keep, scale) = (1 - slice.rate * weightDecay, 1 / (1 - power(beta2, t)).squareRoot())
    let rate = rate(slice)
    slice.forEachElement { i, g, w in
      let c = bound * (g + pull * (g - last[i]))
      last[i] = g
      m[i] = beta1 * m[i] + (1 - beta1) * c
      v[i] = beta2 * v[i] + (1 - beta2) * (c * c)
      let u = base == .lion ? DoubleVector(m[i]).sign.v : m[i] / (scale * v[i].squareRoot() + epsilon)
      w = keep * w - rate * u
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard slice.tensor.rank >= 2 else { return plain.update(slice) }
    guard let m = slice.state(0), let v = slice.state(1), let last = slice.state(2) else { return }
    var scalars = dk_mars(
      rate: Float(rate(slice)), keep: Float(1 - slice.rate * weightDecay), pull: Float(pull(slice)), bound: 1,
      beta1: Float(beta1), fresh1: Float(1 - beta1), beta2: Float(beta2), fresh2: Float(1 - beta2),
      scale: Float(1 / (1 - power(beta2, slice.step + 1)).squareRoot()), epsilon: Float(epsilon),
      takes_sign: base == .lion ? 1 : 0)
    withUnsafePointer(to: scalars) { scalars in
      slice.forEachChunk { range, sums in
        sums[0] = dk_mars_squares(slice.path, range.lowerBound, range.upperBound, scalars, slice.gradient, last)
      }
    }
    var squares = 0.0
    for chunk in 0..<UpdateSlice<Float>.chunks(of: slice.count) { squares += slice.sums[2 * chunk] }
    let norm = squares.squareRoot()
    let bound = norm > 1 ? 1 / norm : 1
    slice.numbers(3)?[0] = bound
    scalars.bound = Float(bound)
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_mars(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, m, v, last,
          sums)
      }
    }
  }

  /// κ·β₁/(1 − β₁); 0 in the first step, which knows of no gradient before.
  private func pull<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> Double {
    slice.step == 0 ? 0 : gamma * beta1 / (1 - beta1)
  }

  /// The rate with the average's correction over `adamw`.
  private func rate<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> Double {
    base == .lion ? slice.rate : slice.rate / (1 - power(beta1, slice.step + 1))
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
