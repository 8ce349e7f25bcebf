internal import CDescentKernels
public import DescentCore
internal import DescentSpecs

/// Σ over all elements of one step, in double precision and a fixed order.
public struct StepSums: Sendable, Hashable {
  /// Σ g² of the gradient, scaled but not clipped.
  public var gradientSquares: Double
  /// Σ p² after the step.
  public var parameterSquares: Double
  /// The norm of the clipped gradient over that of the one before, 0…1, and 1 where clipping did not bite; nil without
  /// clipping.
  public var clipFactor: Double?
  /// The rate that the rule found itself and used in this step, group factors not included; nil for rules that find
  /// none. See ``Optimizer/foundRate``.
  public var foundRate: Double?

  public init(
    gradientSquares: Double, parameterSquares: Double, clipFactor: Double? = nil, foundRate: Double? = nil
  ) {
    self.gradientSquares = gradientSquares
    self.parameterSquares = parameterSquares
    self.clipFactor = clipFactor
    self.foundRate = foundRate
  }

  /// ‖g‖₂ before clipping.
  public var gradientNorm: Double { gradientSquares.squareRoot() }
  /// ‖p‖₂ after the step.
  public var parameterNorm: Double { parameterSquares.squareRoot() }
}

/// An update rule with the state it has gathered for one flat parameter vector.
///
/// A value: a copy continues from the same state on its own (memory is shared until one of the two steps). `Float`
/// steps run fused kernels, `Double` steps the formulas. A step allocates nothing, unless the request overrides settings.
///
/// ```swift
/// var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: "adam"), parameterCount: weights.count)
/// let sums = try optimizer.step(parameters: &weights, gradient: gradient, request: StepRequest(learningRate: 1e-3))
/// ```
public struct Optimizer<Scalar: UpdateScalar>: Sendable {
  public let spec: OptimizerSpec
  public let parameterCount: Int
  /// The groups; elements in none of them follow the specification itself.
  public let groups: [ParameterGroup]
  /// The tensors of the vector; nil where the optimizer was made without.
  public let layout: ParameterLayout?
  /// Steps made so far.
  public internal(set) var stepCount = 0
  /// Processor path of the Float kernels.
  package var path: UInt32 = dk_best_path().rawValue

  let table: RuleTable
  let cuts: VectorCuts
  var memory: RuleMemory<Scalar>
  // The rates of the last step and the treated gradient.
  private var scratch: StepScratch<Scalar>

  /// An optimizer at step 0 that knows no tensors: what shares its settings counts as one.
  ///
  /// - Throws: ``OptimizerError`` if groups overlap or leave the vector, or override what the rule does not have.
  public init(_ spec: OptimizerSpec, parameterCount: Int, groups: [ParameterGroup]) throws(OptimizerError) {
    if let problem = ParameterGroup.problem(of: groups, count: parameterCount) {
      throw OptimizerError("The parameter groups do not fit: \(problem).")
    }
    var rules: [any UpdateRule] = []
    for group in groups { rules.append(try spec.rule.applying(group.overrides)) }
    self.init(spec: spec, parameterCount: parameterCount, groups: groups, rules: rules, layout: nil)
  }

  /// An optimizer at step 0 for the trainable part of a layout, whose tensors rules may treat by their shapes.
  ///
  /// - Throws: ``OptimizerError`` if groups overlap or leave the vector, override what the rule does not have, or take
  ///   part of a tensor while the rule works on whole tensors.
  public init(_ spec: OptimizerSpec, layout: ParameterLayout, groups: [ParameterGroup] = []) throws(OptimizerError) {
    if let problem = ParameterGroup.problem(of: groups, count: layout.trainableCount) {
      throw OptimizerError("The parameter groups do not fit: \(problem).")
    }
    var rules: [any UpdateRule] = []
    for group in groups { rules.append(try spec.rule.applying(group.overrides)) }
    self.init(spec: spec, parameterCount: layout.trainableCount, groups: groups, rules: rules, layout: layout)
    if table.worksOnTensors, let name = cuts.cutTensor(layout) {
      throw OptimizerError("\(spec) works on whole tensors, but a parameter group takes only part of \(name).")
    }
  }

  /// An optimizer at step 0 whose settings hold for the whole vector, which counts as one tensor.
  public init(_ spec: OptimizerSpec, parameterCount: Int) {
    self.init(spec: spec, parameterCount: parameterCount, groups: [], rules: [], layout: nil)
  }

  private init(
    spec: OptimizerSpec, parameterCount: Int, groups: [ParameterGroup], rules: [any UpdateRule],
    layout: ParameterLayout?
  ) {
    precondition(parameterCount >= 0, "a vector has no negative number of elements")
    self.spec = spec
    self.parameterCount = parameterCount
    self.groups = groups
    self.layout = layout
    table = RuleTable(own: spec.rule, groups: rules)
    cuts = VectorCuts(count: parameterCount, groups: groups, layout: layout)
    memory = RuleMemory(MemoryPlan(table, cuts: cuts), count: parameterCount)
    scratch = StepScratch(groups: groups.count)
  }

  /// What the rule needs of a step besides the gradient.
  public var needs: StepNeeds { table.needs }

  /// Takes one step: parameters and state change, the gradient stays.
  ///
  /// - Parameters:
  ///   - parameters: `parameterCount` elements.
  ///   - gradient: `parameterCount` elements; must not overlap the parameters.
  ///   - request: the learning rate and what is to differ in this step.
  ///   - pass: how the gradient is scaled and clipped, and the average kept beside the parameters.
  ///   - context: the step's loss and its batch's loss as a function, for rules that need them.
  ///   - executor: shares fixed chunks among threads; the result does not depend on it. Nil: this thread.
  /// - Returns: the sums of squares.
  /// - Throws: ``OptimizerError`` if the request names a setting or group that is not there, or drives a setting that
  ///   needs state the optimizer was made without (momentum for `sgd` without one), or the context lacks what the rule
  ///   needs. Nothing has changed then. An objective's own error may leave the step half made.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, request: StepRequest,
    pass: UpdatePass<Scalar> = UpdatePass(), context: StepContext<Scalar> = StepContext(),
    executor: ChunkExecutor? = nil
  ) throws(OptimizerError) -> StepSums {
    var table = table
    if request.changesSettings { table = try changed(for: request) }
    if !request.groupFactors.isEmpty { try checkGroups(request.groupFactors.keys) }
    let missing = table.needs.subtracting(context.offers)
    guard missing.isEmpty else {
      throw OptimizerError("\(spec) needs \(missing.words), which this training loop does not give.")
    }
    if !isKnownUniquelyReferenced(&memory) { memory = memory.copy() }
    if !isKnownUniquelyReferenced(&scratch) { scratch = StepScratch(groups: groups.count) }
    scratch.rates[0] = request.learningRate
    for index in groups.indices { scratch.rates[index + 1] = rate(ofGroup: index, request) }

    var input = StepInput<Scalar>(
      parameters: parameters, gradient: gradient, groupRates: UnsafePointer(scratch.rates), step: stepCount,
      gradientScale: pass.gradientScale,
      clipping: pass.clipping, context: context, path: dk_path(rawValue: path), executor: executor)
    let (treatment, clipFactor) = input.gradientTreatment(memory)
    if table.fusesEverything {
      input.treatment = treatment
      input.average = pass.average
      try memory.run(table, input)
    } else {
      if !treatment.isIdentity {
        let treated = scratch.vector(parameterCount)
        for i in 0..<parameterCount { treated[i] = treatment(gradient[i]) }
        input.gradient = UnsafePointer(treated)
      }
      try memory.run(table, input)
      input.gradient = gradient
      input.average = pass.average
      memory.finish(input)
    }
    stepCount += 1

    let squares = memory.totals
    let scale = pass.gradientScale
    return StepSums(
      gradientSquares: scale * scale * squares.0, parameterSquares: squares.1, clipFactor: clipFactor,
      foundRate: memory.foundRate(table))
  }

  /// The rate that the rule found itself for the last step: d·η for Prodigy and D-Adaptation, the step size of DoG, of
  /// Polyak's rule and of a line search, s·η for Mechanic. Of rules inside one another, the outermost that finds one.
  /// Nil for rules that find none, and before the first step.
  public var foundRate: Double? { stepCount > 0 ? memory.foundRate(table) : nil }

  /// True where the parameters to evaluate and to keep are not those being trained, as in Schedule-Free; never before
  /// the first step.
  public var hasEvaluationView: Bool { stepCount > 0 && table.hasView }

  /// The parameters to evaluate, from those being trained and the live state.
  ///
  /// - Returns: false where they are the trained ones, and nothing was written.
  @discardableResult
  public func writeEvaluationParameters(
    of parameters: UnsafeMutablePointer<Scalar>, to view: UnsafeMutablePointer<Scalar>
  ) -> Bool {
    guard hasEvaluationView else { return false }
    let rates = StepScratch<Scalar>(groups: groups.count)
    return withExtendedLifetime(rates) {
      let input = StepInput<Scalar>(
        parameters: parameters, gradient: UnsafePointer(parameters),
        groupRates: UnsafePointer(rates.rates), step: stepCount, path: dk_path(rawValue: path))
      return memory.writeView(table, input, to: view)
    }
  }

  /// The learning rate of a group, by its index, or of the elements in none (−1).
  func rate(ofGroup index: Int, _ request: StepRequest) -> Double {
    guard index >= 0 else { return request.learningRate }
    let group = groups[index]
    var rate = request.learningRate
    if !request.groupOverrides.isEmpty, let own = request.groupOverrides[group.name]?[.learningRate] { rate = own }
    rate *= group.learningRateFactor
    if !request.groupFactors.isEmpty { rate *= request.groupFactors[group.name] ?? 1 }
    return rate
  }

  /// The rules with the settings a request changes.
  func changed(for request: StepRequest) throws(OptimizerError) -> RuleTable {
    try checkGroups(request.groupOverrides.keys)
    let changed = try table.applying(
      request.overrides,
      groups: groups.map { group in
        (request.groupOverrides[group.name] ?? [:]).filter { $0.key != .learningRate }
      })
    if let name = changed.missingArray(in: memory) {
      throw OptimizerError(
        "\(spec) keeps no \(name), which this step's settings need; give it that setting above 0 from the start.")
    }
    return changed
  }

  private func checkGroups(_ names: some Sequence<String>) throws(OptimizerError) {
    // The first unknown one by the alphabet, so that the complaint does not depend on a dictionary's order.
    let unknown = names.lazy.filter { name in !groups.contains { $0.name == name } }.min()
    if let name = unknown {
      throw OptimizerError(
        "There is no parameter group \"\(name)\"; \(suggestion(for: name, among: groups.map(\.name)))")
    }
  }
}

extension StepRequest {
  fileprivate var changesSettings: Bool { !overrides.isEmpty || !groupOverrides.isEmpty }
}

/// Memory of a step that holds nothing between steps.
final class StepScratch<Scalar: UpdateScalar>: @unchecked Sendable {
  /// By group, after one for the elements in none.
  let rates: UnsafeMutablePointer<Double>
  private var memory: UnsafeMutableRawPointer?

  init(groups: Int) {
    rates = .allocate(capacity: groups + 1)
    rates.initialize(repeating: 1, count: groups + 1)
  }

  /// A vector of `count` elements, made at the first call.
  func vector(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    if memory == nil { memory = dk_allocate(UInt(max(1, count) * MemoryLayout<Scalar>.stride)) }
    guard let memory else { preconditionFailure("no memory for \(count) elements") }
    return memory.assumingMemoryBound(to: Scalar.self)
  }

  deinit {
    rates.deallocate()
    dk_release(memory)
  }
}

extension RuleTable {
  /// True if the rule treats the gradient, keeps the average and gathers the sums in its own pass.
  var fusesEverything: Bool {
    if case .slice(let rule) = kind(-1) { return type(of: rule).granularity == .elements }
    return false
  }

  var worksOnTensors: Bool { own.granularity == .tensors || inner.contains { $0.worksOnTensors } }
}
