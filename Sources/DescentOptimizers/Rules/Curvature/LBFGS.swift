/// L-BFGS: Newton's method with an inverse Hessian gathered from the last steps.
///
/// ```
/// y = g − g of the iteration before, s = the step it took; the pair is kept if y·s > 10⁻¹⁰, the last `history` of them
/// d = −H·g by the two loops over the pairs, from (y·s)/(y·y) of the last;   −g in the first iteration
/// t = η by a strong Wolfe search from it, or η itself (`fixed`);   from min(1, 1/‖g‖₁)·η in the first
/// w ← w + t·d                                   `iterations` times in a step, on the same batch
/// ```
/// Source: Liu and Nocedal, Math. Programming 45 (1989); Nocedal and Wright, algorithm 7.5; line search: algorithm 3.5.
/// As `torch.optim.LBFGS` (history_size, max_iter, max_eval, line_search_fn), its iterates and tolerances: a step ends
/// early at a gradient below 10⁻⁷ or a change below 10⁻⁹. `style: optax` is `optax.lbfgs` without a line search: the first
/// direction is divided by max(1, ‖g‖₂), and every pair is kept.
///
/// Group factors on the rate scale the group's part of d. Wants the same batch, or the whole data, in neighbouring
/// steps; a rate of 0 makes no step and learns nothing. Memory: 2·`history` + 2 vectors.
public struct LBFGS: VectorRule {
  /// How far to go along the direction.
  public enum Search: String, CaseIterable, Codable, Sendable { case strongWolfe, fixed }
  /// Whose first direction and pairs.
  public enum Style: String, CaseIterable, Codable, Sendable { case torch, optax }

  /// Pairs that are kept, 1 … 10 000 (default 10).
  public var history = 10
  /// Iterations in a step, ≥ 1 (default 1).
  public var iterations = 1
  /// Losses with gradients in a step, counting the step's own; 0 (the default): 25 in each search.
  public var maxEvaluations = 0
  /// How far to go (default `strongWolfe`).
  public var search = Search.strongWolfe
  /// Whose first direction and pairs (default `torch`).
  public var style = Style.torch

  public init(
    history: Int = 10, iterations: Int = 1, maxEvaluations: Int = 0, search: Search = .strongWolfe,
    style: Style = .torch
  ) {
    self.history = history
    self.iterations = iterations
    self.maxEvaluations = maxEvaluations
    self.search = search
    self.style = style
  }

  public static let settings: [Setting<LBFGS>] = [
    .integer("history", \.history, 1...10_000),
    .integer("iterations", \.iterations, 1...(.max)),
    .integer("maxEvaluations", \.maxEvaluations, 0...(.max)),
    .choice("search", \.search),
    .choice("style", \.style),
  ]
  public var states: [RuleState] {
    let history = history
    return [
      .perElement("d"),
      .perElement("prev_flat_grad"),
      .sized("old_dirs") { history * $0.count },
      .sized("old_stps") { history * $0.count },
      .sized("ro", element: .double) { $0.range.lowerBound == 0 ? history : 0 },
    ]
  }
  /// Iterations so far, the last t, the first diagonal, pairs kept and the place of the oldest.
  public var scalars: [RuleScalar] {
    [
      RuleScalar("n_iter"), RuleScalar("t"), RuleScalar("H_diag", initial: 1), RuleScalar("pairs"),
      RuleScalar("oldest"),
    ]
  }
  public var name: String { "lbfgs" }
  public var defaultLearningRate: Double { 1 }
  public var needs: StepNeeds { search == .fixed && iterations == 1 ? [] : [.loss, .evaluation] }
  /// Where the search started, its trial point, and the gradients.
  public var scratchVectors: Int { 2 + WolfeSearch.places }

  private static let flatGradient = 1e-7
  private static let smallChange = 1e-9

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    // Nothing to search for, and nothing to learn from standing still.
    guard step.learningRate != 0 else { return }
    let gradient = step.scratch(2)
    gradient.base.update(from: step.gradient, count: step.count)
    guard !(Self.largest(gradient, step.count) <= Self.flatGradient) || style == .optax else { return }
    var loss = step.loss
    var evaluations = 1
    for iteration in 1...iterations {
      let isFirst = step.scalars[0] == 0
      step.scalars[0] += 1
      if !isFirst { remember(step, gradient) }
      let d = direction(step, gradient, isFirst: isFirst)
      scaleGroups(of: d, step)
      step.vectors(1).base.update(from: gradient.base, count: step.count)
      let previousLoss = loss
      var t = step.learningRate * (isFirst ? firstFactor(gradient, step.count) : 1)
      let slope = gradient.product(d, in: 0..<step.count)
      if style == .torch && slope > -Self.smallChange { break }
      if search == .strongWolfe {
        let found = try searchAlong(step, d, first: t, loss: loss, slope: slope, evaluations: evaluations)
        t = found.t
        loss = found.loss
        evaluations += found.evaluations
      } else {
        advance(step, along: d, by: t)
        if iteration < iterations {
          loss = try evaluate(step, at: VectorArray(step.parameters), into: gradient)
          evaluations += 1
        }
      }
      step.scalars[1] = t
      if iteration == iterations || (maxEvaluations > 0 && evaluations >= maxEvaluations) { break }
      if Self.largest(gradient, step.count) <= Self.flatGradient { break }
      if Self.largest(d, step.count) * abs(t) <= Self.smallChange || abs(loss - previousLoss) < Self.smallChange {
        break
      }
    }
  }

  private func firstFactor<S: UpdateScalar>(_ gradient: VectorArray<S>, _ count: Int) -> Double {
    guard style == .torch else { return 1 }
    var sum = 0.0
    for i in 0..<count { sum += Double(abs(gradient.base[i])) }
    return min(1, 1 / sum)
  }

  /// Takes the last iteration's pair in.
  private func remember<S: UpdateScalar>(_ step: VectorStep<S>, _ gradient: VectorArray<S>) {
    let (d, before, all) = (step.vectors(0), step.vectors(1), 0..<step.count)
    let (pairs, oldest) = (Int(step.scalars[3]), Int(step.scalars[4]))
    let place = pairs < history ? (oldest + pairs) % history : oldest
    let spare = step.scratch(0)
    let t = S(step.scalars[1])
    // The pair is made outside the history, which a refused one must not change.
    let change = step.scratch(1)
    for i in VectorPlaces<S>(all) {
      change[i] = gradient[i] - before[i]
      spare[i] = t * d[i]
    }
    let ys = change.product(spare, in: all)
    guard style == .optax || ys > 1e-10 else { return }
    let y = VectorArray(step.vectors(2).base + place * step.count)
    let s = VectorArray(step.vectors(3).base + place * step.count)
    y.base.update(from: change.base, count: step.count)
    s.base.update(from: spare.base, count: step.count)
    step.numbers(4)[place] = ys == 0 ? 0 : 1 / ys
    if pairs < history { step.scalars[3] += 1 } else { step.scalars[4] = Double((oldest + 1) % history) }
    let yy = y.squares(in: all)
    step.scalars[2] = yy > 0 ? ys / yy : 1
  }

  /// −H·g.
  private func direction<S: UpdateScalar>(
    _ step: VectorStep<S>, _ gradient: VectorArray<S>, isFirst: Bool
  ) -> VectorArray<S> {
    let (d, all) = (step.vectors(0), 0..<step.count)
    for i in VectorPlaces<S>(all) { d[i] = -gradient[i] }
    if isFirst {
      guard style == .optax else { return d }
      let shrink = S(min(1, 1 / gradient.squares(in: all).squareRoot()))
      for i in VectorPlaces<S>(all) { d[i] = shrink * d[i] }
      return d
    }
    let (pairs, oldest) = (Int(step.scalars[3]), Int(step.scalars[4]))
    let rho = step.numbers(4)
    let diagonal = S(step.scalars[2])
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, pairs)) { alpha in
      for pair in (0..<pairs).reversed() {
        let place = (oldest + pair) % history
        let (y, s) = (row(step, 2, place), row(step, 3, place))
        alpha[pair] = s.product(d, in: all) * rho[place]
        let factor = S(alpha[pair])
        for i in VectorPlaces<S>(all) { d[i] = d[i] - factor * y[i] }
      }
      for i in VectorPlaces<S>(all) { d[i] = diagonal * d[i] }
      for pair in 0..<pairs {
        let place = (oldest + pair) % history
        let (y, s) = (row(step, 2, place), row(step, 3, place))
        let factor = S(alpha[pair] - y.product(d, in: all) * rho[place])
        for i in VectorPlaces<S>(all) { d[i] = d[i] + factor * s[i] }
      }
    }
    return d
  }

  /// Factors of groups on the rate scale their part of the direction; a group with none stands still.
  private func scaleGroups<S: UpdateScalar>(of d: VectorArray<S>, _ step: VectorStep<S>) {
    guard step.learningRate != 0 else { return }
    step.forEachSlice(of: self) { slice, _ in
      let factor = S(slice.rate / step.learningRate)
      guard factor != 1 else { return }
      for i in VectorPlaces<S>(slice.tensor.range) { d[i] = factor * d[i] }
    }
  }

  private func row<S: UpdateScalar>(_ step: VectorStep<S>, _ state: Int, _ place: Int) -> VectorArray<S> {
    VectorArray(step.vectors(state).base + place * step.count)
  }

  private func searchAlong<S: UpdateScalar>(
    _ step: VectorStep<S>, _ d: VectorArray<S>, first: Double, loss: Double, slope: Double, evaluations: Int
  ) throws(OptimizerError) -> (t: Double, loss: Double, evaluations: Int) {
    let (point, w, all) = (step.scratch(0), VectorArray(step.parameters), 0..<step.count)
    let start = WolfeSearch.Trial(t: 0, loss: loss, slope: slope, place: 0)
    let left = maxEvaluations > 0 ? maxEvaluations - evaluations : 25
    let found = try WolfeSearch.search(
      from: start, first: first, largest: Self.largest(d, step.count), evaluations: left
    ) { t, place throws(OptimizerError) in
      let factor = S(t)
      for i in VectorPlaces<S>(all) { point[i] = w[i] + factor * d[i] }
      let gradient = step.scratch(2 + place)
      let loss = try evaluate(step, at: point, into: gradient)
      return (loss, gradient.product(d, in: all))
    }
    if found.best.place > 0 {
      step.scratch(2).base.update(from: step.scratch(2 + found.best.place).base, count: step.count)
    }
    advance(step, along: d, by: found.best.t)
    return (found.best.t, found.best.loss, found.evaluations)
  }

  private func evaluate<S: UpdateScalar>(
    _ step: VectorStep<S>, at point: VectorArray<S>, into gradient: VectorArray<S>
  ) throws(OptimizerError) -> Double {
    try step.gradient(at: point, into: gradient)
  }

  private func advance<S: UpdateScalar>(_ step: VectorStep<S>, along d: VectorArray<S>, by t: Double) {
    let (w, factor) = (VectorArray(step.parameters), S(t))
    for i in VectorPlaces<S>(0..<step.count) { w[i] = w[i] + factor * d[i] }
  }

  private static func largest<S: UpdateScalar>(_ x: VectorArray<S>, _ count: Int) -> Double {
    var largest = S(0)
    for i in 0..<count {
      let magnitude = abs(x.base[i])
      if !(magnitude <= largest) { largest = magnitude }
      if largest.isNaN { return .nan }
    }
    return Double(largest)
  }

  /// Of H_k·H, H_k being the gathered inverse: 2/η for a fixed step; a search chooses its own.
  public func stabilityThreshold(learningRate: Double) -> Double {
    search == .fixed ? 2 / learningRate : .infinity
  }

  /// The last t times the scale of the gathered inverse Hessian.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(view.scalars[1]).multiplied(by: RateFactor("inverse curvature", view.scalars[2]))
  }
}
