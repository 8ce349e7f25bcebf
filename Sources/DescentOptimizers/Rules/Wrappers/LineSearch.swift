/// Stochastic line search: the largest step along the inner rule's direction that lowers the batch's loss enough.
///
/// ```
/// u: the inner rule's step with a rate of 1;   α = min(increase·α before, η)
/// while f(w − α·u) > f(w) − c·α·⟨g, u⟩:   α ← decrease·α          at most `trials` times
/// w ← w − α·u
/// ```
/// Source: Vaswani et al., "Painless stochastic gradient", arXiv 1905.09997, algorithm 1 (Armijo) with the reset of
/// section 6: each search begins a little above the step before. As `optax.scale_by_backtracking_linesearch` (slope_rtol
/// = c, decrease_factor, increase_factor, max_learning_rate = η, max_backtracking_steps = trials); a search that only
/// meets losses that are not finite makes no step, and the next begins from the smallest α tried. The authors' reset,
/// γ^(batch/rows) with γ = 2, is an increase of 2^(1/steps per epoch). The same batch is evaluated once or more in each
/// step. The learning rate is the largest step allowed.
public struct LineSearch: WrapperRule {
  public var inner: OptimizerSpec
  /// c, 0 … 1 (default 0.1): the share of the foretold decrease that must come true.
  public var slope = 0.1
  /// 0 < decrease < 1 (default 0.9).
  public var decrease = 0.9
  /// ≥ 1 (default 1.1).
  public var increase = 1.1
  /// What stands for the step before the first, > 0; 0, the default, is for the learning rate.
  public var initial = 0.0
  /// The most steps back in a search (default 100).
  public var trials = 100

  public init(
    _ inner: OptimizerSpec = OptimizerSpec(SGD()), slope: Double = 0.1, decrease: Double = 0.9,
    increase: Double = 1.1, initial: Double = 0, trials: Int = 100
  ) {
    self.inner = inner
    self.slope = slope
    self.decrease = decrease
    self.increase = increase
    self.initial = initial
    self.trials = trials
  }

  public static let settings: [Setting<LineSearch>] = [
    .number("slope", \.slope, .share),
    .number("decrease", \.decrease, .decay),
    .number("increase", \.increase, .atLeastOne),
    .number("initial", \.initial, .nonNegative),
    .integer("trials", \.trials, 0...10_000),
  ]
  /// The last step size, what the next search begins from, and the evaluations of the last search.
  public var scalars: [RuleScalar] {
    [RuleScalar("rate"), RuleScalar("reached", initial: initial), RuleScalar("evaluations")]
  }
  public static var foundRate: Int? { 0 }
  public var needs: StepNeeds { [.loss, .evaluation] }
  public var scratchVectors: Int { 2 }
  public var name: String { "lineSearch" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .bound }
  public var conflict: String? { decrease == 0 ? "decrease must be above 0" : nil }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let (before, direction) = (step.scratch(0), step.scratch(1))
    let point = VectorArray(step.parameters)
    step.keepParameters(in: before)
    try step.runInner(rateFactor: step.unitRateFactor)
    let downhill = step.sum { slice, i, g, w in
      let u = slice.part(of: before)[i] - w
      slice.part(of: direction)[i] = u
      return g * u
    }
    var size = step.learningRate
    let reached = step.scalars[1]
    if reached > 0 { size = min(size, increase * reached) }
    var accepted = 0.0
    var tried = 0
    while true {
      let along = S(size)
      for i in VectorPlaces<S>(0..<step.count) { point[i] = before[i] - along * direction[i] }
      let loss = try step.loss(at: point)
      tried += 1
      accepted = loss.isFinite ? size : 0
      // The comparison is false for a loss that is no number.
      if loss <= step.loss - slope * size * downhill || tried > trials { break }
      size *= decrease
    }
    if accepted == 0 { point.base.update(from: before.base, count: step.count) }
    step.scalars[0] = accepted
    step.scalars[1] = size
    step.scalars[2] = Double(tried)
  }

  /// The inner rule's, with the step found in place of the rate.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    guard view.requested > 0 else { return rate }
    return rate.multiplied(by: RateFactor("line search", view.scalars[0] / view.requested))
  }
}
