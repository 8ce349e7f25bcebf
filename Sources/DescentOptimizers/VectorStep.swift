internal import CDescentKernels

/// One step of a rule over the whole vector: parameters, gradient, and what the rule may ask for.
public struct VectorStep<Scalar: UpdateScalar> {
  let table: RuleTable
  let memory: RuleMemory<Scalar>
  let input: StepInput<Scalar>

  /// Elements of the vector.
  public var count: Int { memory.count }
  public var parameters: UnsafeMutablePointer<Scalar> { input.parameters }
  /// Scaled and clipped.
  public var gradient: UnsafePointer<Scalar> { input.gradient }
  /// The learning rate of the request; a slice's ``UpdateSlice/rate`` has its group's factors too.
  public var learningRate: Double { input.groupRates[0] * input.rateFactor }
  /// Steps completed before this one.
  public var step: Int { input.step }
  /// The batch's loss at the parameters; there, if the rule's `needs` say so.
  public var loss: Double { input.context.loss ?? .nan }

  /// The rule's numbers, in the order of its `scalars`; kept in checkpoints.
  public var scalars: UnsafeMutablePointer<Double> { memory.numbers }

  /// An array with one element for each parameter, by its index in the rule's `states`.
  public func vectors(_ index: Int) -> VectorArray<Scalar> {
    guard let base = memory.bytes(index)?.baseAddress else {
      preconditionFailure("a rule used an array it does not keep")
    }
    return VectorArray(base.assumingMemoryBound(to: Scalar.self))
  }

  /// An array of numbers in double precision, by its index in the rule's `states`.
  public func numbers(_ index: Int) -> UnsafeMutablePointer<Double> {
    guard let base = memory.bytes(index)?.baseAddress else {
      preconditionFailure("a rule used an array it does not keep")
    }
    return base.assumingMemoryBound(to: Double.self)
  }

  /// A vector of scratch memory as long as the parameters, below the rule's `scratchVectors`; holds anything.
  public func scratch(_ index: Int) -> VectorArray<Scalar> {
    VectorArray(memory.scratch + index * MemoryPlan.scratchStride(count))
  }

  /// Slices that the vector is cut into, by the rule's granularity.
  public var sliceCount: Int { memory.pieces.count }

  public func slice(_ index: Int) -> UpdateSlice<Scalar> { memory.slice(index, input) }

  /// Calls `body` with each slice and the rule with the settings of the slice's group.
  ///
  /// - Parameters:
  ///   - rule: the rule itself.
  ///   - body: called in the order of the vector.
  @inline(__always)
  public func forEachSlice<Rule: VectorRule>(of rule: Rule, _ body: (UpdateSlice<Scalar>, Rule) -> Void) {
    for index in 0..<sliceCount {
      let group = memory.pieces[index].group
      body(slice(index), group < 0 ? rule : table.groups[group] as? Rule ?? rule)
    }
  }

  /// Σ over the whole vector of what `body` gives for each tile, in double precision and a fixed order, as the slices' own.
  @inline(__always)
  public func sum(_ body: (UpdateTile<Scalar>) -> Double) -> Double {
    var total = 0.0
    for index in 0..<sliceCount { total += slice(index).sum(body) }
    return total
  }

  /// Lets the rule inside a wrapper take its step.
  ///
  /// - Parameters:
  ///   - gradient: the step's own by default.
  ///   - rateFactor: multiplies the learning rate.
  public func runInner(
    gradient: UnsafePointer<Scalar>? = nil, rateFactor: Double = 1
  ) throws(OptimizerError) {
    guard let inner = table.inner.first, let innerMemory = memory.inner else { return }
    var changed = input
    if let gradient { changed.gradient = gradient }
    changed.rateFactor *= rateFactor
    try innerMemory.run(inner, changed)
  }

  /// The first array of the innermost rule by one of these names with an element for each parameter; nil if it keeps none.
  public func innerVectors(named names: [String]) -> VectorArray<Scalar>? {
    var innermost = memory
    while let next = innermost.inner { innermost = next }
    guard
      let index = innermost.arrays.firstIndex(where: {
        $0.state.isPerElement && $0.state.element == .scalar && names.contains($0.state.name)
      }), let base = innermost.bytes(index)?.baseAddress
    else { return nil }
    return VectorArray(base.assumingMemoryBound(to: Scalar.self))
  }
  /// The factor that gives a rule inside a wrapper a learning rate of 1, groups' factors apart; 0 where the rate is 0.
  public var unitRateFactor: Double { learningRate > 0 ? 1 / learningRate : 0 }

  /// The loss of the step's batch at `point`.
  public func loss(at point: VectorArray<Scalar>) throws(OptimizerError) -> Double {
    try objective().loss(at: point.base)
  }

  /// Writes the gradient of the step's batch at `point`, scaled and clipped as the step's own, and returns the loss.
  public func gradient(
    at point: VectorArray<Scalar>, into gradient: VectorArray<Scalar>
  ) throws(OptimizerError) -> Double {
    let loss = try objective().gradient(at: point.base, into: gradient.base)
    input.clip(gradient.base, memory)
    return loss
  }

  /// Writes H·`direction` at `point`, for the step's batch and scaled as its gradient.
  public func hessianProduct(
    at point: VectorArray<Scalar>, along direction: VectorArray<Scalar>, into product: VectorArray<Scalar>
  ) throws(OptimizerError) {
    try objective().hessianProduct(at: point.base, along: direction.base, into: product.base)
    let factor = Scalar(input.gradientScale)
    if factor != 1 { for i in 0..<count { product.base[i] *= factor } }
  }

  private func objective() throws(OptimizerError) -> any StepObjective<Scalar> {
    guard let objective = input.context.objective else {
      throw OptimizerError("\(table.own.name) evaluates the loss again, which its needs do not say.")
    }
    return objective
  }
}

/// What a step is made with.
struct StepInput<Scalar: UpdateScalar> {
  var parameters: UnsafeMutablePointer<Scalar>
  var gradient: UnsafePointer<Scalar>
  /// Learning rates by group, after that of the elements in none.
  var groupRates: UnsafePointer<Double>
  var rateFactor = 1.0
  var step: Int
  var treatment = GradientTreatment()
  var average: UpdatePass<Scalar>.Average?
  var gradientScale = 1.0
  var clipping: GradientClipping?
  var context = StepContext<Scalar>()
  var path: dk_path
  var executor: ChunkExecutor?

  /// Scales and clips a gradient in place, as the step's own is.
  func clip(_ gradient: UnsafeMutablePointer<Scalar>, _ memory: RuleMemory<Scalar>) {
    var measured = self
    measured.gradient = UnsafePointer(gradient)
    let (treatment, _) = measured.gradientTreatment(memory)
    guard !treatment.isIdentity else { return }
    for i in 0..<memory.count { gradient[i] = treatment(gradient[i]) }
  }

  /// What scaling and clipping make of the gradient, and how much clipping leaves of its norm.
  func gradientTreatment(_ memory: RuleMemory<Scalar>) -> (GradientTreatment, clipFactor: Double?) {
    var treatment = GradientTreatment(factor: gradientScale)
    guard let clipping else { return (treatment, nil) }
    if case .value(let limit) = clipping { treatment.limit = limit }
    var input = self
    input.treatment = treatment
    for index in memory.pieces.indices { Scalar.measureGradient(memory.slice(index, input)) }
    let squares = memory.totals
    let factor = clipping.factor(norm: squares.0.squareRoot(), bounded: squares.1.squareRoot())
    if case .norm = clipping { treatment.factor *= factor }
    return (treatment, factor)
  }
}

extension RuleMemory {
  func slice(_ index: Int, _ input: StepInput<Scalar>) -> UpdateSlice<Scalar> {
    let piece = pieces[index]
    let start = piece.tensor.range.lowerBound
    return UpdateSlice(
      tensor: piece.tensor, parameters: input.parameters + start, gradient: input.gradient + start,
      count: piece.tensor.count, rate: input.rateFactor * input.groupRates[piece.group + 1],
      step: input.step, treatment: input.treatment, scratch: scratch, average: input.average?.from(start),
      states: UnsafePointer(table + index * arrays.count), sums: sums + 2 * piece.chunk, path: input.path,
      executor: input.executor)
  }

  /// The two sums of all chunks, added up in order.
  var totals: (Double, Double) {
    var total = (0.0, 0.0)
    for c in 0..<chunks {
      total.0 += sums[2 * c]
      total.1 += sums[2 * c + 1]
    }
    return total
  }

  /// Takes the step of one rule.
  func run(_ table: RuleTable, _ input: StepInput<Scalar>) throws(OptimizerError) {
    if case .vector(let rule) = table.kind(-1) {
      return try Scalar.update(by: rule, VectorStep(table: table, memory: self, input: input))
    }
    for index in pieces.indices {
      guard case .slice(let rule) = table.kind(pieces[index].group) else { continue }
      Scalar.update(by: rule, slice(index, input))
    }
  }

  /// Sums and average where the rule's own pass does not keep them.
  func finish(_ input: StepInput<Scalar>) {
    for index in pieces.indices {
      let slice = slice(index, input)
      slice.forEachChunk { range, sums in
        (sums[0], sums[1]) = (0, 0)
        Scalar.finish(slice, range, sums)
      }
    }
  }

  /// Writes the parameters to evaluate, where a rule of the table has such a view; false if none has.
  func writeView(_ table: RuleTable, _ input: StepInput<Scalar>, to view: UnsafeMutablePointer<Scalar>) -> Bool {
    switch table.kind(-1) {
    case .vector(let rule):
      if let rule = rule as? any EvaluatedVectorRule {
        Scalar.writeView(by: rule, VectorStep(table: table, memory: self, input: input), to: view)
        return true
      }
      guard let innerTable = table.inner.first, let inner else { return false }
      return inner.writeView(innerTable, input, to: view)
    case .slice(let own):
      guard own is any EvaluatedSliceRule else { return false }
      for index in pieces.indices {
        guard case .slice(let kind) = table.kind(pieces[index].group), let rule = kind as? any EvaluatedSliceRule else {
          continue
        }
        Scalar.writeView(by: rule, slice(index, input), to: view + pieces[index].tensor.range.lowerBound)
      }
      return true
    }
  }
}

extension RuleTable {
  /// True if a rule of the table evaluates at other parameters than it trains.
  var hasView: Bool {
    switch kind(-1) {
    case .vector(let rule): rule is any EvaluatedVectorRule || inner.contains { $0.hasView }
    case .slice(let rule): rule is any EvaluatedSliceRule
    }
  }
}

extension RuleMemory {
  /// The number that holds the rate a rule found for itself.
  func foundRate(_ table: RuleTable) -> Double? {
    if case .vector(let rule) = table.kind(-1), let index = type(of: rule).foundRate { return numbers[index] }
    guard let innerTable = table.inner.first, let inner else { return nil }
    return inner.foundRate(innerTable)
  }
}
