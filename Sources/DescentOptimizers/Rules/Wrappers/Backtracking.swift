/// Backtracking line search along another rule's step.
///
/// ```
/// d: the inner rule's step, its learning rate included
/// s ← min(increase·s, maxRate);   while f(w + s·d) > f(w) + s·slope·⟨g, d⟩ : s ← decrease·s
/// w ← w + s·d                                    s = 0 if no finite loss was found
/// ```
/// Source: Armijo, Pacific J. Math. 16 (1966); Nocedal and Wright, Numerical Optimization, algorithm 3.1. As
/// `optax.scale_by_backtracking_linesearch` with its tolerances at 0; `maxRate` bounds s, as max_learning_rate there, and
/// s is 1 before the first step. Every trial is one loss on the step's batch.
public struct Backtracking: WrapperRule {
  public var inner: OptimizerSpec
  /// The largest s, above 0 (default 1).
  public var maxRate = 1.0
  /// What s is multiplied by after a failed trial, 0 ≤ x < 1 (default 0.8).
  public var decrease = 0.8
  /// What s is multiplied by at each step's start, ≥ 1 (default 1.5); infinite: every search starts at `maxRate`.
  public var increase = 1.5
  /// The share of the slope's promise that must come true, 0 … 1 (default 1e-4).
  public var slope = 1e-4
  /// Trials after the first, 0 … 10 000 (default 20); the last is taken if none is good enough.
  public var trials = 20

  public init(
    _ inner: OptimizerSpec = OptimizerSpec(SGD()), maxRate: Double = 1, decrease: Double = 0.8, increase: Double = 1.5,
    slope: Double = 1e-4, trials: Int = 20
  ) {
    self.inner = inner
    self.maxRate = maxRate
    self.decrease = decrease
    self.increase = increase
    self.slope = slope
    self.trials = trials
  }

  public static let settings: [Setting<Backtracking>] = [
    .number("maxRate", \.maxRate, .limit),
    .number("decrease", \.decrease, .decay),
    .number("increase", \.increase, .atLeastOne),
    .number("slope", \.slope, .share),
    .integer("trials", \.trials, 0...10_000),
  ]
  public var scalars: [RuleScalar] { [RuleScalar("step_size", initial: 1)] }
  public var name: String { "backtracking" }
  public var defaultLearningRate: Double { 1 }
  public var needs: StepNeeds { [.loss, .evaluation] }
  public var scratchVectors: Int { 3 }
  public var conflict: String? {
    increase.isInfinite && maxRate.isInfinite ? "of maxRate and increase, one must be finite" : nil
  }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let (before, direction, point) = (step.scratch(0), step.scratch(1), step.scratch(2))
    let (w, all) = (VectorArray(step.parameters), 0..<step.count)
    before.base.update(from: step.parameters, count: step.count)
    try step.runInner()
    for i in VectorPlaces<S>(all) { direction[i] = w[i] - before[i] }
    let gradient = VectorArray(UnsafeMutablePointer(mutating: step.gradient))
    let descent = direction.product(gradient, in: all)
    // A search that ended at 0 begins again.
    var size = step.scalars[0] > 0 ? min(increase * step.scalars[0], maxRate) : min(1, maxRate)
    var excess = Double.infinity
    for trial in 0...trials {
      if trial > 0 { size *= decrease }
      let factor = S(size)
      for i in VectorPlaces<S>(all) { point[i] = before[i] + factor * direction[i] }
      let loss = try step.loss(at: point)
      excess = loss - step.loss - size * slope * descent
      if excess <= 0 { break }
      if excess.isNaN { excess = .infinity }
    }
    if excess == .infinity { size = 0 }
    step.scalars[0] = size
    let factor = S(size)
    for i in VectorPlaces<S>(all) { w[i] = before[i] + factor * direction[i] }
  }

  /// Times s as the last search found it.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    rate.multiplied(by: RateFactor("line search", view.scalars[0]))
  }
}
