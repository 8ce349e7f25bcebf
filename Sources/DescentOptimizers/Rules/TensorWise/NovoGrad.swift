/// NovoGrad: momentum over gradients divided by one running norm for each tensor.
///
/// ```
/// v ← β₂·v + (1 − β₂)·‖g‖²  for each tensor             v = ‖g‖² in the first step
/// m ← β₁·m + g/(√v + ε) + γ·w                           times 1 − β₁ with `averaging`
/// w ← w − η·m
/// ```
/// Source: Ginsburg et al., "Stochastic gradient methods with layer-wise adaptive moments", arXiv 1905.11286, algorithm
/// 1. As timm's `NvNovoGrad` and pytorch-optimizer's (betas 0.95, 0.98); `optax.novograd` has 0.9, 0.25 and ε = 1e-6.
public struct NovoGrad: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.95).
  public var beta1 = 0.95
  /// β₂, 0 ≤ β₂ < 1 (default 0.98).
  public var beta2 = 0.98
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0); goes into the average, undivided.
  public var weightDecay = 0.0
  /// Takes 1 − β₁ of what enters the average (default false).
  public var averaging = false

  public init(
    beta1: Double = 0.95, beta2: Double = 0.98, epsilon: Double = 1e-8, weightDecay: Double = 0, averaging: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.averaging = averaging
  }

  public static let settings: [Setting<NovoGrad>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("averaging", \.averaging),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] { [.perElement("exp_avg"), .perTensor("exp_avg_sq")] }
  public var name: String { "novograd" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard let v = slice.numbers(1) else { return }
    let squares = slice.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let g = tile.gradient[i]
        sum.add(g * g, at: i)
      }
      return sum.value
    }
    v[0] = v[0] == 0 ? squares : beta2 * v[0] + (1 - beta2) * squares
    let m = slice.vectors(0)
    let (beta1, intake) = (S(self.beta1), S(averaging ? 1 - self.beta1 : 1))
    let (scale, decay, rate) = (S(1 / (v[0].squareRoot() + epsilon)), S(weightDecay), S(slice.rate))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        let w = tile.parameters[i]
        let x = beta1 * m[i] + intake * (scale * g + decay * w)
        m[i] = x
        tile.parameters[i] = w - rate * x
      }
    }
  }

  /// Of H/(√v + ε): (2 + 2β₁)/η, (2 + 2β₁)/((1 − β₁)·η) with `averaging`.
  public func stabilityThreshold(learningRate: Double) -> Double {
    2 * (1 + beta1) / ((averaging ? 1 - beta1 : 1) * learningRate)
  }

  /// √v + ε.
  public func preconditioner(_ view: RateView) -> [Double]? {
    [(view.state(1).first ?? 0).squareRoot() + epsilon]
  }

  /// η/(√v + ε) times what the average has gathered.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = 1 - power(beta1, view.step)
    return RateMultiplier(view.rate)
      .multiplied(by: RateFactor("momentum", averaging ? gathered : gathered / (1 - beta1)))
      .multiplied(by: RateFactor("1/norm", 1 / ((view.state(1).first ?? 0).squareRoot() + epsilon)))
  }
}
