/// AdamG: Adam whose step follows a power of the gradients met so far.
///
/// ```
/// v ← β₂·v + (1 − β₂)·g²,   r ← β₃·r + (1 − β₃)·p·v^q,   m ← β₁·m + (1 − β₁)·r·g
/// w ← w − min(η, 1/√t)·m/(1 − β₁ᵗ)/(√(v/(1 − β₂ᵗ)) + ε)
/// ```
/// Source: Pan, Lu and others, "Towards stability of parameter-free optimization", arXiv 2405.04376, algorithm 1, in the form
/// of pytorch-optimizer's `AdamG` (betas, p, q, eps). η stays 1.
public struct AdamG: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.95).
  public var beta1 = 0.95
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// β₃, 0 ≤ β₃ < 1 (default 0.95).
  public var beta3 = 0.95
  /// p > 0 (default 0.2): the scale of the numerator.
  public var p = 0.2
  /// q > 0 (default 0.24): its power; below ½, or it would undo Adam's division.
  public var q = 0.24
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    beta1: Double = 0.95, beta2: Double = 0.999, beta3: Double = 0.95, p: Double = 0.2, q: Double = 0.24,
    epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.p = p
    self.q = q
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<AdamG>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("beta3", \.beta3, .decay),
    .number("p", \.p, .positive),
    .number("q", \.q, .positive),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("m"), .perElement("v"), .perElement("r")] }
  public var name: String { "adamg" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let t = slice.step + 1
    let (m, v, r) = (slice.vectors(0), slice.vectors(1), slice.vectors(2))
    let coupled = S(decoupled ? 0 : weightDecay)
    let keep = S(decoupled ? 1 - slice.rate * weightDecay : 1)
    let (past1, fresh1) = (S(beta1), S(1 - beta1))
    let (past2, fresh2) = (S(beta2), S(1 - beta2))
    let (past3, fresh3) = (S(beta3), S((1 - beta3) * p))
    let exponent = S(q)
    let rate = S(size(slice.rate, step: t) / (1 - power(beta1, t)))
    let scale = S(1 / (1 - power(beta2, t)))
    let epsilon = S(self.epsilon)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        v[i] = past2 * v[i] + fresh2 * d * d
        r[i] = past3 * r[i] + fresh3 * v[i].raised(to: exponent)
        m[i] = past1 * m[i] + fresh1 * r[i] * d
        w = keep * w - rate * m[i] / ((scale * v[i]).squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  private func size(_ rate: Double, step: Int) -> Double { min(rate, 1 / Double(step).squareRoot()) }

  /// As Adam's, of P⁻¹·H with r in P.
  public func stabilityThreshold(learningRate: Double) -> Double { 2 * (1 + beta1) / ((1 - beta1) * learningRate) }

  /// (√v̂ + ε)/r.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return zip(state(1), state(2)).map { (($0 / missing).squareRoot() + epsilon) / $1 }
  }

  /// min(η, 1/√t)·r/(√v̂ + ε).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let missing = 1 - power(beta2, view.step)
    return RateMultiplier(
      elements: zip(view.state(1), view.state(2)).map { v, r in
        size(view.rate, step: view.step) * r / ((v / missing).squareRoot() + epsilon)
      })
  }
}
