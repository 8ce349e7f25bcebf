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

  public init(gradientSquares: Double, parameterSquares: Double, clipFactor: Double? = nil) {
    self.gradientSquares = gradientSquares
    self.parameterSquares = parameterSquares
    self.clipFactor = clipFactor
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
  /// Steps made so far.
  public private(set) var stepCount = 0
  /// Processor path of the Float kernels.
  package var path: UInt32 = dk_best_path().rawValue

  /// A stretch of the vector whose elements share a rule; `group` counts from 0, −1: none.
  struct Segment: Sendable {
    var range: Range<Int>
    var group: Int
  }

  let segments: [Segment]
  let groupRules: [any UpdateRule]
  private(set) var storage: StateStorage<Scalar>

  /// An optimizer at step 0.
  ///
  /// - Throws: ``OptimizerError`` if groups overlap or leave the vector, or override what the rule does not have.
  public init(_ spec: OptimizerSpec, parameterCount: Int, groups: [ParameterGroup]) throws(OptimizerError) {
    if let problem = ParameterGroup.problem(of: groups, count: parameterCount) {
      throw OptimizerError("The parameter groups do not fit: \(problem).")
    }
    var rules: [any UpdateRule] = []
    for group in groups { rules.append(try spec.rule.applying(group.overrides)) }
    self.init(spec: spec, parameterCount: parameterCount, groups: groups, rules: rules)
  }

  /// An optimizer at step 0 whose settings hold for the whole vector.
  public init(_ spec: OptimizerSpec, parameterCount: Int) {
    self.init(spec: spec, parameterCount: parameterCount, groups: [], rules: [])
  }

  private init(spec: OptimizerSpec, parameterCount: Int, groups: [ParameterGroup], rules: [any UpdateRule]) {
    precondition(parameterCount >= 0, "a vector has no negative number of elements")
    self.spec = spec
    self.parameterCount = parameterCount
    self.groups = groups
    groupRules = rules
    segments = Self.segments(of: groups, count: parameterCount)
    let slices = spec.rule.stateCount
    let kept = (0..<slices).filter { index in
      spec.rule.uses(state: index) || rules.contains { $0.uses(state: index) }
    }
    let chunks = segments.reduce(0) { $0 + UpdateSlice<Scalar>.chunks(of: $1.range.count) }
    storage = StateStorage(count: parameterCount, slices: slices, kept: kept, chunks: chunks)
    for segment in segments {
      let rule = segment.group < 0 ? spec.rule : rules[segment.group]
      for index in kept {
        let value = Scalar(rule.initialValue(ofState: index))
        guard value != 0, let base = storage.bases[index] else { continue }
        (base + segment.range.lowerBound).update(repeating: value, count: segment.range.count)
      }
    }
  }

  private static func segments(of groups: [ParameterGroup], count: Int) -> [Segment] {
    var taken: [Segment] = []
    for (index, group) in groups.enumerated() {
      for range in group.ranges where !range.isEmpty { taken.append(Segment(range: range, group: index)) }
    }
    taken.sort { $0.range.lowerBound < $1.range.lowerBound }
    var result: [Segment] = []
    var next = 0
    for segment in taken {
      if segment.range.lowerBound > next { result.append(Segment(range: next..<segment.range.lowerBound, group: -1)) }
      result.append(segment)
      next = segment.range.upperBound
    }
    if next < count { result.append(Segment(range: next..<count, group: -1)) }
    return result
  }

  /// Takes one step: parameters and state change, the gradient stays.
  ///
  /// - Parameters:
  ///   - parameters: `parameterCount` elements.
  ///   - gradient: `parameterCount` elements; must not overlap the parameters.
  ///   - request: the learning rate and what is to differ in this step.
  ///   - pass: how the gradient is scaled and clipped, and the average kept beside the parameters.
  ///   - executor: shares fixed chunks among threads; the result does not depend on it. Nil: this thread.
  /// - Returns: the sums of squares, gathered in the same pass.
  /// - Throws: ``OptimizerError`` if the request names a setting or group that is not there, or drives a setting that
  ///   needs state the optimizer was made without (momentum for `sgd` without one). Nothing has changed then.
  @discardableResult
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public mutating func step(
    parameters: UnsafeMutablePointer<Scalar>, gradient: UnsafePointer<Scalar>, request: StepRequest,
    pass: UpdatePass<Scalar> = UpdatePass(), executor: ChunkExecutor? = nil
  ) throws(OptimizerError) -> StepSums {
    var ownRule = spec.rule
    var rules = groupRules
    if !request.overrides.isEmpty {
      ownRule = try overriding(ownRule, request.overrides)
      for i in rules.indices { rules[i] = try overriding(rules[i], request.overrides) }
    }
    if !request.groupFactors.isEmpty { try checkGroups(request.groupFactors.keys) }
    if !request.groupOverrides.isEmpty {
      try checkGroups(request.groupOverrides.keys)
      for i in rules.indices {
        guard var own = request.groupOverrides[groups[i].name] else { continue }
        own[.learningRate] = nil
        if !own.isEmpty { rules[i] = try overriding(rules[i], own) }
      }
    }
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }

    func slice(_ segment: Segment, rate: Double, _ treatment: GradientTreatment, chunk: Int) -> UpdateSlice<Scalar> {
      let start = segment.range.lowerBound
      return UpdateSlice(
        parameters: parameters + start, gradient: gradient + start, count: segment.range.count, rate: rate,
        step: stepCount, treatment: treatment, average: pass.average?.from(start),
        states: UnsafePointer(storage.bases), offset: start, sums: storage.sums + 2 * chunk,
        path: dk_path(rawValue: path), executor: executor)
    }

    var treatment = GradientTreatment(factor: pass.gradientScale)
    var clipFactor: Double?
    if let clipping = pass.clipping {
      if case .value(let limit) = clipping { treatment.limit = limit }
      var chunks = 0
      for segment in segments {
        Scalar.measureGradient(slice(segment, rate: 0, treatment, chunk: chunks))
        chunks += UpdateSlice<Scalar>.chunks(of: segment.range.count)
      }
      let squares = totals(ofChunks: chunks)
      let factor = clipping.factor(norm: squares.0.squareRoot(), bounded: squares.1.squareRoot())
      if case .norm = clipping { treatment.factor *= factor }
      clipFactor = factor
    }

    var chunk = 0
    for segment in segments {
      var rate = request.learningRate
      if segment.group >= 0 {
        if !request.groupOverrides.isEmpty,
          let own = request.groupOverrides[groups[segment.group].name]?[.learningRate]
        {
          rate = own
        }
        rate *= groups[segment.group].learningRateFactor
        if !request.groupFactors.isEmpty { rate *= request.groupFactors[groups[segment.group].name] ?? 1 }
      }
      Scalar.update(
        by: segment.group < 0 ? ownRule : rules[segment.group], slice(segment, rate: rate, treatment, chunk: chunk))
      chunk += UpdateSlice<Scalar>.chunks(of: segment.range.count)
    }
    stepCount += 1

    let squares = totals(ofChunks: chunk)
    let scale = pass.gradientScale
    return StepSums(gradientSquares: scale * scale * squares.0, parameterSquares: squares.1, clipFactor: clipFactor)
  }

  /// The two sums of the first chunks, added up in order.
  private func totals(ofChunks count: Int) -> (Double, Double) {
    var sums = (0.0, 0.0)
    for c in 0..<count {
      sums.0 += storage.sums[2 * c]
      sums.1 += storage.sums[2 * c + 1]
    }
    return sums
  }

  private func overriding(
    _ rule: any UpdateRule, _ overrides: [Hyperparameter: Double]
  ) throws(OptimizerError) -> any UpdateRule {
    let changed = try rule.applying(overrides)
    for index in 0..<changed.stateCount where changed.uses(state: index) && storage.bases[index] == nil {
      throw OptimizerError(
        "\(spec) keeps no \(changed.stateName(index)), which this step's settings need; give it that setting above 0 "
          + "from the start.")
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

  /// Puts back a step count and state slices read from a checkpoint.
  mutating func restore(step: Int, slices: [(index: Int, values: [Scalar])]) {
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    stepCount = step
    for slice in slices {
      guard let base = storage.bases[slice.index] else { continue }
      for (i, value) in slice.values.enumerated() { base[i] = value }
    }
  }
}

extension UpdateRule {
  var stateCount: Int { Self.stateNames.count }
  func stateName(_ index: Int) -> String { Self.stateNames[index] }
}
