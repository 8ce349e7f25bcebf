/// RAdam: Adam that trusts its second moment as far as the number of steps allows.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   m̂ = m/(1 − β₁ᵗ)
/// ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ),   ρ∞ = 2/(1 − β₂) − 1
/// ρ > 5:  w ← w − η·r·m̂·√(1 − β₂ᵗ)/(√v + ε),   r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
/// else:   w ← w − η·m̂                          or not at all
/// ```
/// Source: Liu et al., "On the variance of the adaptive learning rate and beyond", arXiv 1908.03265, in the form of
/// `torch.optim.RAdam`. Optax adds ε after the correction of v (style `optax`); pytorch-optimizer does not move before
/// rectification begins (`unrectified: skip`).
public struct RAdam: SliceRule {
  /// What to do while ρ ≤ 5, about the first five steps.
  public enum Unrectified: String, Sendable, Hashable, Codable, CaseIterable { case momentum, skip }
  /// Where ε stands: added to √v, or to the corrected root.
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable { case torch, optax }

  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// Until ρ > 5 (default `momentum`: steps of plain momentum).
  public var unrectified = Unrectified.momentum
  /// The place of ε (default `torch`).
  public var style = Style.torch
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, unrectified: Unrectified = .momentum,
    style: Style = .torch, weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.unrectified = unrectified
    self.style = style
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<RAdam>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .choice("unrectified", \.unrectified),
    .choice("style", \.style),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "radam" }
  public var defaultLearningRate: Double { 1e-3 }

  /// r; nil while ρ ≤ 5.
  private func rectification(step t: Int) -> Double? {
    let limit = 2 / (1 - beta2) - 1
    let remaining = power(beta2, t)
    let length = limit - 2 * Double(t) * remaining / (1 - remaining)
    guard length > 5 else { return nil }
    return ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
  }

  /// ε as it is added to √v/√(1 − β₂ᵗ).
  private func addend(step t: Int) -> Double {
    style == .torch ? epsilon / (1 - power(beta2, t)).squareRoot() : epsilon
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    let factor = rectification(step: t)
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let corrected = slice.rate / (1 - power(self.beta1, t))
    let rate = S(factor.map { $0 * corrected } ?? (unrectified == .skip ? 0 : corrected))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(addend(step: t)))
    let one = S.Vector(repeating: 1)
    let divides = factor != nil
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (d * d)
        m[i] = mean
        v[i] = square
        w = keep * w - rate * mean / (divides ? scale * square.squareRoot() + epsilon : one)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as Adam's: (1 + a)(1 + β₁)/((1 − β₁)·η) with a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// (1 − β₁ᵗ)·(√v̂ + ε)/r; 1 − β₁ᵗ while ρ ≤ 5, and infinite where it does not move then.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let gathered = 1 - power(beta1, step)
    let missing = 1 - power(beta2, step)
    let addend = addend(step: step)
    guard let factor = rectification(step: step) else {
      return state(1).map { _ in unrectified == .skip ? .infinity : gathered }
    }
    return state(1).map { gathered * (($0 / missing).squareRoot() + addend) / factor }
  }

  /// η·r/(√v̂ + ε); η while ρ ≤ 5.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = 1 - power(beta1, view.step)
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    return RateMultiplier(
      elements: diagonal.map { view.rate * gathered / $0 },
      factors: [
        RateFactor("bias correction", 1 / gathered),
        RateFactor("rectification", rectification(step: view.step) ?? (unrectified == .skip ? 0 : 1)),
      ])
  }
}
