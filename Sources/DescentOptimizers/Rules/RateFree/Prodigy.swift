/// Prodigy: Adam with a rate that follows the distance from the start.
///
/// ```
/// λ = d·η (·√(1 − β₂ᵗ)/(1 − β₁ᵗ) with bias correction)
/// m ← β₁·m + (1 − β₁)·d·g,   v ← β₂·v + (1 − β₂)·d²·g²
/// r ← β₃·r + (d/d₀)·λ·⟨g, w₀ − w⟩,   s ← β₃·s + (d/d₀)·λ·g            (d in place of λ there with the safeguard)
/// d̂ = c·r/‖s‖₁;   d ← max(d, d̂), growing at most by the growth rate
/// w ← (1 − λγ)·w − λ·m/(√v + d·ε)                                      λ with the d before, ε with the d after
/// ```
/// Source: Mishchenko and Defazio, "Prodigy: an expeditiously adaptive parameter-free learner", arXiv 2306.06101, in the
/// form of its authors' `prodigyopt` (betas, beta3, d0, d_coef, growth_rate, decouple, use_bias_correction,
/// safeguard_warmup), which is also `optax.contrib.prodigy` with bias correction. η stays 1, or follows a schedule from 1.
/// All groups share one d; a group whose rate is 0 has no part in it.
public struct Prodigy: VectorRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// β₃, 0 ≤ β₃ < 1; 0, the default, is for √β₂.
  public var beta3 = 0.0
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient (default true).
  public var decoupled = true
  /// Multiplies λ by Adam's correction (default false).
  public var biasCorrection = false
  /// d₀ > 0, in parameter units (default 1e-6): less than any distance worth going.
  public var d0 = 1e-6
  /// c > 0 (default 1): scales the estimate.
  public var coefficient = 1.0
  /// ≥ 1 (default infinite): d grows by at most this factor in a step.
  public var growthRate = Double.infinity
  /// Keeps the rate out of the weights of s, for schedules with a long warm-up (default false).
  public var safeguardWarmup = false

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, beta3: Double = 0, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = true, biasCorrection: Bool = false, d0: Double = 1e-6, coefficient: Double = 1,
    growthRate: Double = .infinity,
    safeguardWarmup: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.biasCorrection = biasCorrection
    self.d0 = d0
    self.coefficient = coefficient
    self.growthRate = growthRate
    self.safeguardWarmup = safeguardWarmup
  }

  public static let settings: [Setting<Prodigy>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("beta3", \.beta3, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
    .flag("biasCorrection", \.biasCorrection),
    .number("d0", \.d0, .positive),
    .number("coefficient", \.coefficient, .positive),
    .number("growthRate", \.growthRate, .atLeastOne),
    .flag("safeguardWarmup", \.safeguardWarmup),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perElement("s"), .perElement("p0")]
  }
  /// d, the largest d̂ so far, r, and the last λ.
  public var scalars: [RuleScalar] {
    [
      RuleScalar("d", initial: d0), RuleScalar("d_max", initial: d0), RuleScalar("d_numerator"),
      RuleScalar("rate", initial: d0),
    ]
  }
  public static var foundRate: Int? { 3 }
  public var name: String { "prodigy" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    if step.step == 0 { step.keepParameters(in: step.vectors(3)) }
    let d = step.scalars[0]
    let beta3 = self.beta3 > 0 ? self.beta3 : beta2.squareRoot()
    var numerator = 0.0
    var denominator = 0.0
    step.forEachSlice(of: self) { slice, rule in
      guard slice.rate > 0 else { return }
      let scaled = rule.scaledRate(slice.rate, d: d, step: slice.step)
      let (m, v, s, start) = (slice.vectors(0), slice.vectors(1), slice.vectors(2), slice.vectors(3))
      let coupled = S(rule.decoupled ? 0 : rule.weightDecay)
      let beta1 = S(rule.beta1)
      let beta2 = S(rule.beta2)
      let fresh1 = S(d * (1 - rule.beta1))
      let fresh2 = S(d * d * (1 - rule.beta2))
      let keep = S(beta3)
      let weight = S(d / d0 * (safeguardWarmup ? d : scaled))
      let found = slice.sums { i, g, w in
        let g = g + coupled * w
        m[i] = beta1 * m[i] + fresh1 * g
        v[i] = beta2 * v[i] + fresh2 * g * g
        s[i] = keep * s[i] + weight * g
        return (g * (start[i] - w), s[i].magnitude)
      }
      numerator += d / d0 * scaled * found.0
      denominator += found.1
    }
    // A gradient of nothing but zeros so far says nothing.
    guard denominator != 0 else { return }
    step.scalars[2] = beta3 * step.scalars[2] + numerator
    let estimate = coefficient * step.scalars[2] / denominator
    let present = d == d0 ? max(d, estimate) : d
    step.scalars[1] = max(step.scalars[1], estimate)
    step.scalars[0] = min(step.scalars[1], present * growthRate)
    step.scalars[3] = scaledRate(step.learningRate, d: d, step: step.step)

    let floor = step.scalars[0]
    step.forEachSlice(of: self) { slice, rule in
      let scaled = rule.scaledRate(slice.rate, d: d, step: slice.step)
      let (m, v) = (slice.vectors(0), slice.vectors(1))
      let rate = S(scaled)
      // Taken off rather than multiplied by 1 − λγ, which would round: the distance from w₀ is small at first.
      let decay = S(rule.decoupled ? scaled * rule.weightDecay : 0)
      let epsilon = S(floor * rule.epsilon)
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = w - decay * w - rate * m[i] / (v[i].squareRoot() + epsilon)
          tile.parameters[i] = w
        }
      }
    }
  }

  /// λ.
  private func scaledRate(_ rate: Double, d: Double, step: Int) -> Double {
    guard biasCorrection else { return d * rate }
    return d * rate * (1 - power(beta2, step + 1)).squareRoot() / (1 - power(beta1, step + 1))
  }

  /// As Adam's, of P⁻¹·H with d in P: 2(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    2 * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// (√v + d·ε)/d², over the bias correction if there is one.
  public func preconditioner(_ view: RateView) -> [Double]? {
    diagonal(view, gain: 1 - power(beta1, view.step))
  }

  /// η·d·(1 − β₁ᵗ)·d/(√v + d·ε), times the bias correction if there is one.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let d = view.scalars[0]
    let gathered = 1 - power(beta1, view.step)
    let rate = RateMultiplier(
      elements: view.state(1).map { view.rate * d * gathered / ($0.squareRoot() + d * epsilon) }
    ).multiplied(by: RateFactor("d", d))
    guard biasCorrection else { return rate }
    return rate.multiplied(
      by: RateFactor("bias correction", (1 - power(beta2, view.step)).squareRoot() / gathered))
  }
}
