/// Sophia: the average gradient over the average curvature of each element, bounded.
///
/// ```
/// m ← β₁·m + (1 − β₁)·g
/// h ← β₂·h + (1 − β₂)·diag H(w)                every so many steps, from the first
/// w ← (1 − ηγ)·w − η·clip(m/max(λ·h, ε), ±ρ)                  λ: `gamma`
/// ```
/// The diagonal is exact for up to `exactBelow` parameters (a Hessian product along each axis), else Hutchinson's
/// estimate v∘(H·v) with one random v of ±1, unbiased; products are those of the step's own batch.
///
/// Source: Liu et al., "Sophia: a scalable stochastic second-order optimizer for language model pre-training", arXiv
/// 2305.14342, algorithm 3 with the estimator of algorithm 1. pytorch-optimizer's `SophiaH` is gamma 1, clip 0.01, beta1
/// 0.96. `style: optax` divides m by 1 − β₁ᵗ, reads h before the new diagonal enters it, and subtracts the decay with the
/// step (`optax.contrib.sophia`, whose ε is 1e-8). The Gauss–Newton–Bartlett estimator of algorithm 2, which samples
/// labels from the model, is not offered.
public struct Sophia: VectorRule {
  /// Whose order of steps.
  public enum Style: String, CaseIterable, Codable, Sendable { case paper, optax }

  /// β₁, 0 ≤ β₁ < 1 (default 0.965).
  public var beta1 = 0.965
  /// β₂, 0 ≤ β₂ < 1 (default 0.99): of the curvature.
  public var beta2 = 0.99
  /// λ > 0 (default 0.01): scales the curvature; larger takes more care.
  public var gamma = 0.01
  /// ε > 0, in loss per squared parameter unit (default 1e-12).
  public var epsilon = 1e-12
  /// ρ > 0, in parameter units (default 1): the largest step of an element before the rate.
  public var clip = 1.0
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0
  /// Steps from one estimate of curvature to the next, ≥ 1 (default 10).
  public var every = 10
  /// Up to this many parameters the diagonal is exact, ≥ 0 (default 64).
  public var exactBelow = 64
  /// Of the random directions (default 0).
  public var seed = 0
  /// Whose order of steps (default `paper`).
  public var style = Style.paper

  public init(
    beta1: Double = 0.965, beta2: Double = 0.99, gamma: Double = 0.01, epsilon: Double = 1e-12, clip: Double = 1,
    weightDecay: Double = 0, every: Int = 10, exactBelow: Int = 64, seed: Int = 0, style: Style = .paper
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.gamma = gamma
    self.epsilon = epsilon
    self.clip = clip
    self.weightDecay = weightDecay
    self.every = every
    self.exactBelow = exactBelow
    self.seed = seed
    self.style = style
  }

  public static let settings: [Setting<Sophia>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("gamma", \.gamma, .positive),
    .number("epsilon", \.epsilon, .positive),
    .number("clip", \.clip, .limit),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .integer("every", \.every, 1...(.max)),
    .integer("exactBelow", \.exactBelow, 0...(.max)),
    .integer("seed", \.seed, 0...(.max)),
    .choice("style", \.style),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("hessian")] }
  public var name: String { "sophia" }
  public var defaultLearningRate: Double { 1e-3 }
  public var needs: StepNeeds { .hessianProduct }
  public var scratchVectors: Int { 4 }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let refreshes = step.step % every == 0
    let diagonal = step.scratch(0)
    if refreshes { try writeDiagonal(step, into: diagonal) }
    if refreshes && style == .paper { average(step, diagonal) }
    step.forEachSlice(of: self) { slice, rule in rule.update(slice) }
    if refreshes && style == .optax { average(step, diagonal) }
  }

  private func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, h) = (slice.vectors(0), slice.vectors(1))
    let (keep1, fresh1) = (S(beta1), S(1 - beta1))
    let (care, floor) = (S(gamma), S.Vector(repeating: S(epsilon)))
    let (least, most) = (S.Vector(repeating: S(-clip)), S.Vector(repeating: S(clip)))
    let late = style == .optax
    let scale = S(late ? 1 / (1 - power(beta1, slice.step + 1)) : 1)
    let (rate, keep) = (S(slice.rate), S(1 - slice.rate * weightDecay))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        let w = tile.parameters[i]
        let x = keep1 * m[i] + fresh1 * g
        m[i] = x
        let u = scale * x / S.Vector.maximum(care * h[i], floor)
        tile.parameters[i] = keep * w - rate * S.Vector.maximum(least, S.Vector.minimum(u, most))
      }
    }
  }

  private func average<S: UpdateScalar>(_ step: VectorStep<S>, _ diagonal: VectorArray<S>) {
    let h = step.vectors(1)
    let (keep, fresh) = (S(beta2), S(1 - beta2))
    for i in VectorPlaces<S>(0..<step.count) { h[i] = keep * h[i] + fresh * diagonal[i] }
  }

  private func writeDiagonal<S: UpdateScalar>(
    _ step: VectorStep<S>, into diagonal: VectorArray<S>
  ) throws(OptimizerError) {
    let (point, direction, product) = (step.scratch(1), step.scratch(2), step.scratch(3))
    point.base.update(from: step.parameters, count: step.count)
    guard step.count > exactBelow else {
      direction.base.update(repeating: 0, count: step.count)
      for i in 0..<step.count {
        direction.base[i] = 1
        try step.hessianProduct(at: point, along: direction, into: product)
        diagonal.base[i] = product.base[i]
        direction.base[i] = 0
      }
      return
    }
    for i in 0..<step.count { direction.base[i] = S(Self.sign(UInt64(seed), UInt64(step.step), UInt64(i))) }
    try step.hessianProduct(at: point, along: direction, into: product)
    for i in VectorPlaces<S>(0..<step.count) { diagonal[i] = direction[i] * product[i] }
  }

  /// ±1 by a hash of seed, step and index, so that a continued run takes the same directions.
  private static func sign(_ seed: UInt64, _ step: UInt64, _ index: UInt64) -> Double {
    var x = mixed(mixed(seed) ^ step) ^ index
    x = mixed(x)
    return x >> 63 == 0 ? 1 : -1
  }

  // The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  private static func mixed(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Of P⁻¹·H with P = max(λh, ε), where the bound ρ does not bite: (2 − ηγ)(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    (2 - learningRate * weightDecay) * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// max(λh, ε).
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    return state(1).map { max(gamma * $0, epsilon) }
  }

  /// η/max(λh, ε) times what the average has gathered, less where the bound bites: at most η·ρ/|m|.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = style == .optax ? 1 : 1 - power(beta1, view.step)
    let scale = style == .optax ? 1 / (1 - power(beta1, view.step)) : 1
    let (m, h) = (view.state(0), view.state(1))
    return RateMultiplier(
      elements: zip(m, h).map { m, h in
        let divisor = max(gamma * h, epsilon)
        // Of the step u = clip(m/divisor), as if m were `gathered`·g.
        let step = scale * abs(m) / divisor
        return view.rate * gathered / divisor * (step > clip ? clip / step : 1)
      })
  }
}
