/// NAdam: Adam with Nesterov's momentum; NAdamW where the weight decay is decoupled.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d,   v ← β₂·v + (1 − β₂)·d²,   P = √(v/(1 − β₂ᵗ)) + ε
/// torch:   μₜ = β₁·(1 − ½·0.96^(ψt)),   Mₜ = μ₁ … μₜ
///          w ← w − η·(μₜ₊₁·m/(1 − Mₜ₊₁) + (1 − μₜ)·d/(1 − Mₜ))/P
/// optax:   w ← w − η·(β₁·m/(1 − β₁ᵗ⁺¹) + (1 − β₁)·d/(1 − β₁ᵗ))/P
/// timm:    w ← w − η·(β₁·m + (1 − β₁)·d)/(1 − β₁ᵗ)/P
/// ```
/// Source: Dozat, ICLR 2016 workshop, in the form of `torch.optim.NAdam` (momentum_decay = ψ), with the schedule of the
/// paper. Optax's `nadam` has none; timm's `NAdamW`, the baseline of the AlgoPerf competition, corrects both parts alike,
/// so that its first step is 1.9 times Adam's.
public struct NAdam: SliceRule {
  /// Whose corrections.
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable { case torch, optax, timm }

  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ψ ≥ 0 (default 0.004): how fast the momentum rises from β₁/2 to β₁; of the style `torch` alone.
  public var momentumDecay = 4e-3
  /// The form (default `torch`).
  public var style = Style.torch
  /// γ ≥ 0, per parameter unit (default 0; 0.01 for `nadamw`).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters: NAdamW.
  public var decoupled = false

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, momentumDecay: Double = 4e-3,
    style: Style = .torch, weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.style = style
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<NAdam>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("momentumDecay", \.momentumDecay, .nonNegative),
    .choice("style", \.style),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]

  /// NAdamW with a weight decay of 0.01.
  public static let nAdamW = NAdam(weightDecay: 0.01, decoupled: true)

  public var states: [RuleState] {
    [
      .perElement("exp_avg"), .perElement("exp_avg_sq"),
      .perTensor("mu_product", initial: 1, if: style == .torch),
    ]
  }
  public var name: String { decoupled ? "nadamw" : "nadam" }
  public var defaultLearningRate: Double { style == .torch && !decoupled ? 2e-3 : 1e-3 }

  /// What multiplies m and d in step t, M being the product of the momenta up to it.
  private func weights(step t: Int, product: Double) -> (average: Double, plain: Double) {
    switch style {
    case .torch:
      let next = momentum(step: t + 1)
      return (next / (1 - product * next), (1 - momentum(step: t)) / (1 - product))
    case .optax: return (beta1 / (1 - power(beta1, t + 1)), (1 - beta1) / (1 - power(beta1, t)))
    case .timm:
      let missing = 1 - power(beta1, t)
      return (beta1 / missing, (1 - beta1) / missing)
    }
  }

  /// μₜ.
  private func momentum(step t: Int) -> Double {
    beta1 * (1 - 0.5 * power(0.96, Double(t) * momentumDecay))
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    var product = 1.0
    if let products = slice.numbers(2), style == .torch {
      products[0] *= momentum(step: t)
      product = products[0]
    }
    let (average, plain) = weights(step: t, product: product)
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let (ofAverage, ofGradient) = (S(slice.rate * average), S(slice.rate * plain))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon) = (S(1 / (1 - power(self.beta2, t)).squareRoot()), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (d * d)
        m[i] = mean
        v[i] = square
        w = keep * w - (ofAverage * mean + ofGradient * d) / (scale * square.squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, once the momentum has reached β₁: (1 + a)(1 + β₁)/((1 − β₁)(1 + 2β₁)·η) with a = 1 − ηγ where decoupled;
  /// less γ where coupled. 13.6/η at β₁ = 0.9.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) * (1 + 2 * beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay,
      decoupled: decoupled)
  }

  /// √(v/(1 − β₂ᵗ)) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { ($0 / missing).squareRoot() + epsilon }
  }

  /// η/P times what the two parts make of a gradient that stands still.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    let (average, plain) = weights(step: view.step, product: view.state(2).first ?? 1)
    return RateMultiplier(elements: diagonal.map { view.rate / $0 })
      .multiplied(by: RateFactor("momentum", average * (1 - power(beta1, view.step)) + plain))
  }
}
