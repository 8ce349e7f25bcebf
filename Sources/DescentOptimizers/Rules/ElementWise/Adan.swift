/// Adan: Nesterov's momentum from differences of gradients, in Adam's manner.
///
/// ```
/// δ = g − g′                                   g′ of the step before; 0 in the first step
/// m ← β₁·m + (1 − β₁)·g
/// v ← β₂·v + (1 − β₂)·δ
/// n ← β₃·n + (1 − β₃)·(g + κ·δ)²,   P = √(n/(1 − β₃ᵗ) + ε_in) + ε
/// w ← (w − η·(m/(1 − β₁ᵗ) + κ·v/(1 − β₂ᵗ))/P)/(1 + ηγ)
/// ```
/// κ = β₂. Source: Xie et al., arXiv 2208.06677, in the form of the authors' code, timm and pytorch-optimizer, whose betas are 1
/// minus the paper's. `optax.adan` averages with β₂ = 0.92 but takes κ = 1 − β₂ = 0.08, which is another rule
/// (`style: optax`, with its decay by γ·w instead of the proximal one).
public struct Adan: SliceRule {
  /// What the difference counts: κ = β₂, or κ = 1 − β₂.
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable { case authors, optax }

  /// β₁, 0 ≤ β₁ < 1 (default 0.98).
  public var beta1 = 0.98
  /// β₂, 0 ≤ β₂ < 1 (default 0.92).
  public var beta2 = 0.92
  /// β₃, 0 ≤ β₃ < 1 (default 0.99).
  public var beta3 = 0.99
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ε_in ≥ 0, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// The form (default `authors`).
  public var style = Style.authors
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Decays by 1/(1 + ηγ) after the step (default true) instead of by 1 − ηγ before it.
  public var proximal = true

  public init(
    beta1: Double = 0.98, beta2: Double = 0.92, beta3: Double = 0.99, epsilon: Double = 1e-8, epsilonInside: Double = 0,
    style: Style = .authors, weightDecay: Double = 0, proximal: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.style = style
    self.weightDecay = weightDecay
    self.proximal = proximal
  }

  public static let settings: [Setting<Adan>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("beta3", \.beta3, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .choice("style", \.style),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("proximal", \.proximal),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_diff"), .perElement("exp_avg_sq"), .perElement("previous_grad")]
  }
  public var name: String { "adan" }
  public var defaultLearningRate: Double { 1e-3 }

  private var difference: Double { style == .authors ? beta2 : 1 - beta2 }
  private var decaysAfter: Bool { proximal && style == .authors }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v, n, last) = (slice.vectors(0), slice.vectors(1), slice.vectors(2), slice.vectors(3))
    let t = slice.step + 1
    let before = S(decaysAfter ? 1 : 1 - slice.rate * weightDecay)
    let after = S(decaysAfter ? 1 / (1 + slice.rate * weightDecay) : 1)
    let rate1 = S(slice.rate / (1 - power(self.beta1, t)))
    let rate2 = S(slice.rate * difference / (1 - power(self.beta2, t)))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (beta3, fresh3, share) = (S(self.beta3), S(1 - self.beta3), S(difference))
    let correction = S(1 / (1 - power(self.beta3, t)))
    let (inside, epsilon) = (S(epsilonInside), S(self.epsilon))
    let change = S(slice.step == 0 ? 0 : 1)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let delta = change * (g - last[i])
        let mean = beta1 * m[i] + fresh1 * g
        let drift = beta2 * v[i] + fresh2 * delta
        let ahead = g + share * delta
        let square = beta3 * n[i] + fresh3 * (ahead * ahead)
        last[i] = g
        m[i] = mean
        v[i] = drift
        n[i] = square
        let root = (correction * square + inside).squareRoot() + epsilon
        w = after * (before * w - (rate1 * mean + rate2 * drift) / root)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H: (1 + a)/(c·η) with c = (1 − β₁)/(1 + β₁) + 2κ·(1 − β₂)/(1 + β₂); 1 + a is 2 + ηγ for the proximal decay,
  /// 2 − ηγ for the other.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let response = (1 - beta1) / (1 + beta1) + 2 * difference * (1 - beta2) / (1 + beta2)
    return alternatingThreshold(
      response: response, rate: learningRate, weightDecay: decaysAfter ? -weightDecay : weightDecay, decoupled: true)
  }

  /// √(n/(1 − β₃ᵗ) + ε_in) + ε. Corrections make the averages of a gradient that stands still complete.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta3, step)
    return state(2).map { ($0 / missing + epsilonInside).squareRoot() + epsilon }
  }
}
