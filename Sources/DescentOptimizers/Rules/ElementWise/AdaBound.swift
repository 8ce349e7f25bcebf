internal import CDescentKernels

/// AdaBound: Adam whose rate for each parameter is held between bounds that close in on that of SGD.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   f = η_final·η/η₁
/// w ← w − clamp(η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)/(√(v + ε_in) + ε), f·(1 − 1/(κt + 1)), f·(1 + 1/(κt))) · m
/// ```
/// η₁ is the first rate above 0. Source: Luo et al., "Adaptive gradient methods with dynamic bound of learning rate",
/// arXiv 1902.09843, in the form of the authors' code and pytorch-optimizer's `AdaBound` (final_lr, gamma = κ; ε_in = 1e-15 there).
public struct AdaBound: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ε_in ≥ 0, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// η_final > 0 (default 0.1): what every rate comes to in the end.
  public var finalRate = 0.1
  /// κ > 0, per step (default 1e-3): how fast the bounds close.
  public var gamma = 1e-3
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, epsilonInside: Double = 0,
    finalRate: Double = 0.1, gamma: Double = 1e-3, weightDecay: Double = 0, decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.finalRate = finalRate
    self.gamma = gamma
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<AdaBound>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("finalRate", \.finalRate, .positive),
    .number("gamma", \.gamma, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("base_rate")]
  }
  public var name: String { "adabound" }
  public var defaultLearningRate: Double { 1e-3 }

  /// η·√(1 − β₂ᵗ)/(1 − β₁ᵗ) and the bounds.
  private func bounds(rate: Double, base: Double, step t: Int) -> (step: Double, low: Double, high: Double) {
    let final = base > 0 ? finalRate * rate / base : 0
    let step = rate * (1 - power(beta2, t)).squareRoot() / (1 - power(beta1, t))
    return (step, final * (1 - 1 / (gamma * Double(t) + 1)), final * (1 + 1 / (gamma * Double(t))))
  }

  /// The same for the step of a slice, which notes the first rate above 0.
  private func bounds<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> (step: Double, low: Double, high: Double) {
    let base = slice.numbers(2)
    if let base, base[0] == 0 { base[0] = slice.rate }
    return bounds(rate: slice.rate, base: base?[0] ?? slice.rate, step: slice.step + 1)
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let mean = slice.state(0), let square = slice.state(1) else { return }
    let bounds = bounds(slice)
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_adabound(
      coupled: decay.coupled, keep: decay.keep, beta1: Float(beta1), fresh1: Float(1 - beta1), beta2: Float(beta2),
      fresh2: Float(1 - beta2), inside: Float(epsilonInside), epsilon: Float(epsilon), step: Float(bounds.step),
      low: Float(bounds.low), high: Float(bounds.high))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_adabound(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
          square, sums)
      }
    }
  }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let m = slice.state(0), let v = slice.state(1) else { return }
    let bounds = bounds(slice)
    let decay = WeightDecay<Double>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    slice.forEachElement { i, g, w in
      let d = g + coupled * w
      m[i] = beta1 * m[i] + (1 - beta1) * d
      v[i] = beta2 * v[i] + (1 - beta2) * (d * d)
      // Comparisons that keep a NaN.
      var rate = bounds.step / ((v[i] + epsilonInside).squareRoot() + epsilon)
      if rate < bounds.low { rate = bounds.low }
      if rate > bounds.high { rate = bounds.high }
      w = keep * w - rate * m[i]
    }
  }

  /// Of H itself, where the bounds have closed and η is the first rate: (1 + a)(1 + β₁)/((1 − β₁)·η_final) with a = 1 − ηγ
  /// where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    return (1 + a) * (1 + beta1) / ((1 - beta1) * finalRate) - (decoupled ? 0 : weightDecay)
  }

  /// The bounded rate times 1 − β₁ᵗ.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let bounds = bounds(rate: view.rate, base: view.state(2).first ?? view.rate, step: view.step)
    return RateMultiplier(
      elements: view.state(1).map {
        min(max(bounds.step / (($0 + epsilonInside).squareRoot() + epsilon), bounds.low), bounds.high)
      }
    ).multiplied(by: RateFactor("momentum", 1 - power(beta1, view.step)))
  }
}
