/// AdEMAMix: Adam with a second, very slow average of gradients.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d,   s ← β₃·s + (1 − β₃)·d,   v ← β₂·v + (1 − β₂)·d²
/// w ← w − η · (m/(1 − β₁ᵗ) + α·s) / (√(v/(1 − β₂ᵗ)) + ε)
/// ```
/// With a warm-up of T steps α rises in proportion, min(α, α·t/T), and β₃ from β₁ so that its half-life does,
/// min(β₃, exp(ln β₁·ln β₃/((1 − t/T)·ln β₃ + t/T·ln β₁))). Source: Pagliardini, Ablin and Grangier, "The AdEMAMix optimizer:
/// better, faster, older", arXiv 2409.03137; pytorch-optimizer (t_alpha_beta3 = T) and Optax take the same steps.
public struct AdEMAMix: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9); above 0 with a warm-up.
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// β₃, 0 ≤ β₃ < 1 (default 0.9999).
  public var beta3 = 0.9999
  /// α ≥ 0 (default 5): what the slow average counts.
  public var alpha = 5.0
  /// T ≥ 0, in steps (default 0: none). The paper takes the whole run.
  public var warmup = 0
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, beta3: Double = 0.9999, alpha: Double = 5, warmup: Int = 0,
    epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.alpha = alpha
    self.warmup = warmup
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<AdEMAMix>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("beta3", \.beta3, .decay),
    .number("alpha", \.alpha, .nonNegative),
    .integer("warmup", \.warmup, 0...(.max)),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perElement("exp_avg_slow")]
  }
  public var name: String { "ademamix" }
  public var defaultLearningRate: Double { 1e-3 }
  public var conflict: String? {
    warmup > 0 && (beta1 == 0 || beta3 == 0) ? "a warm-up needs beta1 and beta3 above 0" : nil
  }

  /// α and β₃ of step t.
  private func slow(step t: Int) -> (alpha: Double, beta3: Double) {
    guard warmup > 0, t < warmup else { return (alpha, beta3) }
    let share = Double(t) / Double(warmup)
    let (low, high) = (logarithm(beta1), logarithm(beta3))
    let risen = exponential(low * high / ((1 - share) * high + share * low))
    return (share * alpha, min(risen, beta3))
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v, s) = (slice.vectors(0), slice.vectors(1), slice.vectors(2))
    let t = slice.step + 1
    let now = slow(step: t)
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let rate = S(slice.rate / (1 - power(self.beta1, t)))
    let slowRate = S(slice.rate * now.alpha)
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (beta3, fresh3) = (S(now.beta3), S(1 - now.beta3))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (d * d)
        let old = beta3 * s[i] + fresh3 * d
        m[i] = mean
        v[i] = square
        s[i] = old
        w = keep * w - (rate * mean + slowRate * old) / (scale * square.squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, after the warm-up: (1 + a)/(c·η) with c = (1 − β₁)/(1 + β₁) + α·(1 − β₃)/(1 + β₃), a = 1 − ηγ where
  /// decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) / (1 + beta1) + alpha * (1 - beta3) / (1 + beta3), rate: learningRate,
      weightDecay: weightDecay, decoupled: decoupled)
  }

  /// √(v/(1 − β₂ᵗ)) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }

  /// η·(1 + α·(1 − β₃ᵗ))/P, with α and β₃ as they are now.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let now = slow(step: view.step)
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    return RateMultiplier(elements: diagonal.map { view.rate / $0 })
      .multiplied(by: RateFactor("momentum", 1 + now.alpha * (1 - power(now.beta3, view.step))))
  }
}
