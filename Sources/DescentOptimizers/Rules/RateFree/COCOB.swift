/// COCOB: each parameter bets what it has won so far on the sign of its next gradient; there is no rate.
///
/// ```
/// c = η·(g + γ·w)
/// L ← max(L, |c|),   G ← G + |c|,   R ← max(R − c·(w − w₀), 0),   θ ← θ − c
/// w ← w₀ + θ/(L·max(G + L, α·L))·(L + R)
/// ```
/// Source: Orabona and Tommasi, "Training deep networks without learning rates through coin betting", arXiv 1705.07795,
/// algorithm 2, in the form of `optax.contrib.cocob` (alpha, eps). η = 1 means nothing more than no factor: the steps
/// are the same for every η but for the ε that L starts from.
public struct COCOB: SliceRule {
  /// α > 0 (default 100): what bounds the first bets.
  public var alpha = 100.0
  /// What L starts from, > 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0); added to the gradient.
  public var weightDecay = 0.0

  public init(alpha: Double = 100, epsilon: Double = 1e-8, weightDecay: Double = 0) {
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<COCOB>] = [
    .number("alpha", \.alpha, .positive),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] {
    [
      .perElement("init"), .perElement("cumulative"), .perElement("scale", initial: epsilon),
      .perElement("subgradients"), .perElement("reward"),
    ]
  }
  public var name: String { "cocob" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (start, total, scale) = (slice.vectors(0), slice.vectors(1), slice.vectors(2))
    let (sum, reward) = (slice.vectors(3), slice.vectors(4))
    if slice.step == 0 { start.base.update(from: slice.parameters, count: slice.count) }
    let (rate, decay, alpha) = (S(slice.rate), S(weightDecay), S(self.alpha))
    let zero = S.Vector(repeating: 0)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let c = rate * (g + decay * w)
        let most = S.Vector.maximum(scale[i], c.magnitude)
        let met = sum[i] + c.magnitude
        let won = S.Vector.maximum(reward[i] - c * (w - start[i]), zero)
        let theta = total[i] - c
        (scale[i], sum[i], reward[i], total[i]) = (most, met, won, theta)
        w = start[i] + theta / (most * S.Vector.maximum(met + most, alpha * most)) * (most + won)
        tile.parameters[i] = w
      }
    }
  }

  /// Infinite: a bet is bounded by what was won.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// What multiplies the sum of gradients: η·(L + R)/(L·max(G + L, α·L)).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let (scale, sum, reward) = (view.state(2), view.state(3), view.state(4))
    return RateMultiplier(
      elements: scale.indices.map { i in
        view.rate * (scale[i] + reward[i]) / (scale[i] * max(sum[i] + scale[i], alpha * scale[i]))
      })
  }
}
