/// AdaBelief: Adam that divides by how far gradients stray from their average, not by how large they are.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d
/// s ← β₂·s + (1 − β₂)·(d − m)² + ε
/// w ← w − η · m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
/// ```
/// Source: Zhuang et al., arXiv 2010.07468, in the form of the authors' `AdaBelief` without rectification: ε is added to the
/// stored variance in every step, and to the root. Optax and pytorch-optimizer take the same steps.
public struct AdaBelief: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0 (default 1e-16).
  public var epsilon = 1e-16
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-16, weightDecay: Double = 0, decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<AdaBelief>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_var")] }
  public var name: String { "adabelief" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, s) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let rate = S(slice.rate / (1 - power(self.beta1, t)))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let stray = d - mean
        let variance = beta2 * s[i] + fresh2 * (stray * stray) + epsilon
        m[i] = mean
        s[i] = variance
        w = keep * w - rate * mean / (scale * variance.squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as Adam's: (1 + a)(1 + β₁)/((1 − β₁)·η) with a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// (1 − β₁ᵗ)·(√(s/(1 − β₂ᵗ)) + ε).
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let (gathered, missing) = (1 - power(beta1, step), 1 - power(beta2, step))
    return state(1).map { gathered * (($0 / missing).squareRoot() + epsilon) }
  }

  /// η/(√ŝ + ε): bias correction completes the average of gradients.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = 1 - power(beta1, view.step)
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    return RateMultiplier(
      elements: diagonal.map { view.rate * gathered / $0 }, factors: [RateFactor("bias correction", 1 / gathered)])
  }
}
