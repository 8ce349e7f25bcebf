/// LARS: gradient descent with momentum whose step in each tensor is proportional to the tensor's size.
///
/// ```
/// r = τ·‖w‖/(‖g‖ + γ·‖w‖ + ε) for each tensor, 1 where ‖w‖ or ‖g‖ is 0
/// d = r·(g + γ·w)
/// v ← μ·v + (1 − dampening)·d                  v = d in the first step
/// w ← w − η·v          or, with Nesterov,      w ← w − η·(d + μ·v)
/// ```
/// Source: You, Gitman and Ginsburg, "Large batch training of convolutional networks", arXiv 1708.03888, algorithm 1, in
/// the form of timm's `Lars` with `always_adapt`; `clip` is NVIDIA's LARC (r ← min(r/η, 1)). `style: optax` takes
/// r = τ·‖w‖/(‖g + γ·w‖ + ε) and keeps the rate inside the momentum, so that a changed rate acts slowly (`optax.lars`,
/// with ε = 0). `matricesOnly` leaves tensors of fewer than two dimensions to plain momentum without decay, as
/// pytorch-optimizer does.
public struct LARS: SliceRule {
  /// Whose form of the ratio.
  public enum Style: String, CaseIterable, Codable, Sendable { case paper, optax }

  /// μ, 0 ≤ μ < 1 (default 0.9).
  public var momentum = 0.9
  /// 0 … 1 (default 0).
  public var dampening = 0.0
  /// Looks ahead by one momentum step; wants momentum and no dampening.
  public var nesterov = false
  /// γ ≥ 0, per parameter unit (default 0); part of what the ratio scales.
  public var weightDecay = 0.0
  /// τ > 0 (default 1e-3).
  public var trustCoefficient = 1e-3
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// Bounds the local rate η·r by η: LARC.
  public var clip = false
  /// Adapts only tensors of two dimensions or more.
  public var matricesOnly = false
  /// Whose form (default `paper`).
  public var style = Style.paper

  public init(
    momentum: Double = 0.9, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0,
    trustCoefficient: Double = 1e-3, epsilon: Double = 1e-8, clip: Bool = false, matricesOnly: Bool = false,
    style: Style = .paper
  ) {
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.trustCoefficient = trustCoefficient
    self.epsilon = epsilon
    self.clip = clip
    self.matricesOnly = matricesOnly
    self.style = style
  }

  public static let settings: [Setting<LARS>] = [
    .number("momentum", \.momentum, .decay),
    .number("dampening", \.dampening, .share),
    .flag("nesterov", \.nesterov),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("trustCoefficient", \.trustCoefficient, .positive),
    .number("epsilon", \.epsilon, .nonNegative),
    .flag("clip", \.clip),
    .flag("matricesOnly", \.matricesOnly),
    .choice("style", \.style),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [.perElement("momentum_buffer", if: momentum > 0), .perTensor("trust_ratio", initial: 1)]
  }
  public var name: String { "lars" }
  public var defaultLearningRate: Double { 1 }

  public var conflict: String? {
    nesterov && (momentum == 0 || dampening != 0) ? "nesterov needs momentum above 0 and dampening 0" : nil
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let adapts = !matricesOnly || slice.tensor.rank > 1
    let ratio = adapts ? ratio(slice) : 1
    slice.numbers(1)?[0] = ratio
    // With the rate inside the momentum the buffer is a step, else a gradient.
    let inside = style == .optax
    let scale = S(inside ? slice.rate * ratio : ratio)
    let decay = S(adapts ? weightDecay : 0)
    let rate = S(inside ? 1 : slice.rate)
    guard momentum > 0 else {
      return slice.forEachTile { tile in
        for i in tile {
          tile.parameters[i] = tile.parameters[i] - rate * (scale * (tile.gradient[i] + decay * tile.parameters[i]))
        }
      }
    }
    let v = slice.vectors(0)
    let (momentum, nesterov) = (S(self.momentum), nesterov)
    let intake = S(slice.step == 0 ? 1 : 1 - dampening)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        let w = tile.parameters[i]
        let d = scale * (g + decay * w)
        let x = momentum * v[i] + intake * d
        v[i] = x
        tile.parameters[i] = w - rate * (nesterov ? d + momentum * x : x)
      }
    }
  }

  private func ratio<S: UpdateScalar>(_ slice: UpdateSlice<S>) -> Double {
    let size = slice.parameterNorm()
    let decay = S(weightDecay)
    let slope =
      style == .optax
      ? slice.sum { tile in
        var sum = VectorSum<S>()
        for i in tile {
          let g = tile.gradient[i]
          let w = tile.parameters[i]
          let d = g + decay * w
          sum.add(d * d, at: i)
        }
        return sum.value
      }.squareRoot() : slice.gradientNorm()
    guard size > 0, slope > 0 else { return clip && slice.rate > 0 ? min(1 / slice.rate, 1) : 1 }
    let own = style == .optax ? 0 : weightDecay * size
    let ratio = trustCoefficient * size / (slope + own + epsilon)
    return clip && slice.rate > 0 ? min(ratio / slice.rate, 1) : ratio
  }

  /// Of r·H with the live ratios r: (2 + 2μ)/(c·η) less γ, as gradient descent's.
  public func stabilityThreshold(learningRate: Double) -> Double {
    SGD(momentum: momentum, dampening: dampening, nesterov: nesterov, weightDecay: weightDecay)
      .stabilityThreshold(learningRate: learningRate)
  }

  /// 1/r, with r as it was in the last step.
  public func preconditioner(_ view: RateView) -> [Double]? {
    [1 / (view.state(1).first ?? 1)]
  }

  /// η·r times what momentum has gathered, with r as it was in the last step.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    SGD(momentum: momentum, dampening: dampening, nesterov: nesterov).effectiveRate(view)
      .multiplied(by: RateFactor("trust ratio", view.state(1).first ?? 1))
  }
}
