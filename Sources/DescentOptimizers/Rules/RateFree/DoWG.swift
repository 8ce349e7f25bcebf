/// DoWG: distance over weighted gradients; gradients met far from the start count for more.
///
/// ```
/// d = g + γ·w
/// r² = the largest ‖w − w₀‖² so far, from r₀² on;   V ← V + r²·‖d‖²
/// w ← w − η·r²/(√V + ε)·d
/// ```
/// Source: Khaled, Mishchenko and Jin, "DoWG unleashed", arXiv 2305.16284, algorithm 1, in the form of
/// `optax.contrib.dowg` (init_estim_sq_dist, eps). η stays 1. One distance over all groups.
public struct DoWG: VectorRule {
  /// r₀² > 0, in squared parameter units (default 1e-4, Optax's eps).
  public var initialSquaredDistance = 1e-4
  /// ε ≥ 0 (default 1e-4), in parameter times gradient units.
  public var epsilon = 1e-4
  /// γ ≥ 0, per parameter unit (default 0); added to the gradient.
  public var weightDecay = 0.0

  public init(initialSquaredDistance: Double = 1e-4, epsilon: Double = 1e-4, weightDecay: Double = 0) {
    self.initialSquaredDistance = initialSquaredDistance
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<DoWG>] = [
    .number("initialSquaredDistance", \.initialSquaredDistance, .positive),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] { [.perElement("init")] }
  public var scalars: [RuleScalar] {
    [RuleScalar("squared_distance", initial: initialSquaredDistance), RuleScalar("weighted"), RuleScalar("rate")]
  }
  public static var foundRate: Int? { 2 }
  public var name: String { "dowg" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    if step.step == 0 { step.keepParameters(in: step.vectors(0)) }
    var (squares, moved) = (0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      let start = slice.vectors(0)
      let decay = S(rule.weightDecay)
      let sums = slice.sums { i, g, w in
        let d = g + decay * w
        let distance = w - start[i]
        return (d * d, distance * distance)
      }
      squares += sums.0
      moved += sums.1
    }
    step.scalars[0] = max(step.scalars[0], moved)
    step.scalars[1] += step.scalars[0] * squares
    let divisor = step.scalars[1].squareRoot() + epsilon
    let found = divisor > 0 ? step.scalars[0] / divisor : 0
    step.scalars[2] = step.learningRate * found
    step.forEachSlice(of: self) { slice, rule in
      let rate = S(slice.rate * found)
      let decay = S(rule.weightDecay)
      slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          w = w - rate * (g + decay * w)
          tile.parameters[i] = w
        }
      }
    }
  }

  /// Infinite: the rate falls by itself once the gradients grow.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// η·r²/(√V + ε).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(view.rate)
      .multiplied(by: RateFactor("squared distance", view.scalars[0]))
      .multiplied(by: RateFactor("1/√V", 1 / (view.scalars[1].squareRoot() + epsilon)))
  }
}
