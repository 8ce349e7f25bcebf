internal import CDescentKernels
public import DescentCore

/// What really multiplies the gradient of one tensor, at the live state of a rule.
///
/// The multiplier eᵢ of element i is −Δpᵢ/gᵢ for the step the rule would take if every gradient so far had been the
/// present one: averages of gradients (momentum) count as what they would have gathered of it by now, while whatever
/// they are divided by (averages of squares, norms, trust ratios, distances) counts as it stands. Weight decay is left
/// out. Units: parameter units per gradient unit, like the learning rate of plain gradient descent, for which e = η.
///
/// So momentum shows as (1 − μᵗ)/(1 − μ), Adam as η/(√v̂ + ε), and without bias correction what it lacks shows too. For
/// rules that take the sign of an average m with the constant β the multiplier is η·(1 − βᵗ)/|m|. Wrappers and rules over the whole vector multiply by
/// what they add; ``factors`` names such parts.
public struct EffectiveRate: Sendable, Hashable {
  /// The tensor's name; empty without a layout.
  public var tensor: String
  public var shape: [Int]
  /// The learning rate as requested, group factors included.
  public var requested: Double
  /// Over the tensor's elements; all equal where one number multiplies them all.
  public var quantiles: Quantiles
  /// What the multiplier is made of, where the rule can name it: `bias correction`, `momentum`, `trust ratio`, ….
  public var factors: [RateFactor]

  public init(
    tensor: String, shape: [Int], requested: Double, quantiles: Quantiles, factors: [RateFactor] = []
  ) {
    self.tensor = tensor
    self.shape = shape
    self.requested = requested
    self.quantiles = quantiles
    self.factors = factors
  }

  /// Five quantiles, by the nearest rank. Not-a-number if an element is.
  public struct Quantiles: Sendable, Hashable {
    public var minimum: Double
    public var tenth: Double
    public var median: Double
    public var ninetieth: Double
    public var maximum: Double

    /// - Parameter values: at least one.
    public init(of values: [Double]) {
      guard !values.isEmpty, !values.contains(where: \.isNaN) else {
        (minimum, tenth, median, ninetieth, maximum) = (.nan, .nan, .nan, .nan, .nan)
        return
      }
      let sorted = values.sorted()
      func rank(_ share: Double) -> Double { sorted[Int((share * Double(sorted.count - 1)).rounded())] }
      minimum = sorted[0]
      tenth = rank(0.1)
      median = rank(0.5)
      ninetieth = rank(0.9)
      maximum = sorted[sorted.count - 1]
    }
  }
}

/// What multiplies the gradient at one step: of every tensor, and over all elements.
public struct EffectiveRateReport: Sendable, Hashable {
  /// The learning rate as requested, without group factors.
  public var requested: Double
  /// Over every element of the vector.
  public var overall: EffectiveRate.Quantiles
  public var tensors: [EffectiveRate]

  public init(requested: Double, overall: EffectiveRate.Quantiles, tensors: [EffectiveRate]) {
    self.requested = requested
    self.overall = overall
    self.tensors = tensors
  }
}

/// A named part of a multiplier.
public struct RateFactor: Sendable, Hashable {
  public var name: String
  public var value: Double

  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

/// What multiplies the gradient of a tensor: one number, or one for each element.
public struct RateMultiplier: Sendable, Hashable {
  /// One value, or as many as the tensor has elements.
  public var values: [Double]
  public var factors: [RateFactor]

  /// The same for every element.
  public init(_ value: Double, factors: [RateFactor] = []) {
    values = [value]
    self.factors = factors
  }

  public init(elements values: [Double], factors: [RateFactor] = []) {
    self.values = values
    self.factors = factors
  }

  /// All of it multiplied by a named part.
  public func multiplied(by factor: RateFactor) -> RateMultiplier {
    RateMultiplier(elements: values.map { $0 * factor.value }, factors: factors + [factor])
  }
}

/// The live state of one tensor, for asking a rule what multiplies the gradient there.
public struct RateView: Sendable {
  public let tensor: TensorShape
  /// Steps made so far; above 0.
  public let step: Int
  /// The learning rate, group factors included.
  public let rate: Double
  /// The learning rate of the request, without the group's own rate and factors.
  public let requested: Double
  /// The values of an array of the rule's `states` by its index; of a `perElement` array those of this tensor. Empty
  /// where it is not kept.
  public let state: @Sendable (Int) -> [Double]
  /// The rule's numbers, in the order of its `scalars`.
  public let scalars: [Double]
  /// The tensor's parameters, where they are known.
  public let parameters: [Double]?
}

extension Optimizer {
  /// What multiplies the gradient, tensor by tensor, at the live state; empty before the first step.
  ///
  /// Allocates: meant for once in a while, not for every step.
  ///
  /// - Parameters:
  ///   - request: the learning rate, and factors and settings that differ, as for a step.
  ///   - parameters: the vector, for rules whose multiplier depends on it (trust ratios); nil: those leave that out.
  /// - Throws: ``OptimizerError`` if the request does not fit, as for a step.
  public func effectiveRates(
    _ request: StepRequest, parameters: [Scalar]? = nil
  ) throws(OptimizerError) -> [EffectiveRate] {
    try multipliers(request, parameters: parameters).map(\.effectiveRate)
  }

  /// The same with all tensors together besides, whose quantiles are over every element of the vector; nil before the
  /// first step.
  ///
  /// - Parameters:
  ///   - request: as in ``effectiveRates(_:parameters:)``.
  ///   - parameters: the same.
  /// - Throws: ``OptimizerError`` if the request does not fit, as for a step.
  public func effectiveRateReport(
    _ request: StepRequest, parameters: [Scalar]? = nil
  ) throws(OptimizerError) -> EffectiveRateReport? {
    let all = try multipliers(request, parameters: parameters)
    guard !all.isEmpty else { return nil }
    var values: [Double] = []
    values.reserveCapacity(parameterCount)
    for one in all {
      let own = one.multiplier.values
      values += own.count == 1 ? [Double](repeating: own[0], count: one.tensor.count) : own
    }
    return EffectiveRateReport(
      requested: request.learningRate, overall: EffectiveRate.Quantiles(of: values),
      tensors: all.map(\.effectiveRate))
  }

  private func multipliers(
    _ request: StepRequest, parameters: [Scalar]?
  ) throws(OptimizerError) -> [MultipliedPiece] {
    guard stepCount > 0 else { return [] }
    let table = try changed(for: request)
    return cuts.tensors.map { piece in
      let rate = rate(ofGroup: piece.group, request)
      return MultipliedPiece(
        tensor: piece.tensor, rate: rate,
        multiplier: memory.multiplier(
          table, of: piece, rate: rate, requested: request.learningRate, step: stepCount, parameters: parameters))
    }
  }
}

private struct MultipliedPiece {
  let tensor: TensorShape
  let rate: Double
  let multiplier: RateMultiplier

  var effectiveRate: EffectiveRate {
    EffectiveRate(
      tensor: tensor.name, shape: tensor.dimensions, requested: rate,
      quantiles: EffectiveRate.Quantiles(of: multiplier.values), factors: multiplier.factors)
  }
}

extension RuleMemory {
  fileprivate func multiplier(
    _ table: RuleTable, of piece: Piece, rate: Double, requested: Double, step: Int, parameters: [Scalar]?
  ) -> RateMultiplier {
    let rule = piece.group < 0 ? table.own : table.groups[piece.group]
    let view = RateView(
      tensor: piece.tensor, step: step, rate: rate, requested: requested,
      state: { self.values(ofArray: $0, for: piece.tensor) },
      scalars: scalars.indices.map { numbers[$0] },
      parameters: parameters.map { $0[piece.tensor.range].map { Double($0) } })
    guard let wrapper = rule as? any WrapperRule, let innerTable = table.inner.first, let inner else {
      return rule.effectiveRate(view)
    }
    return wrapper.passingOn(
      inner.multiplier(
        innerTable, of: piece, rate: rate, requested: requested, step: step, parameters: parameters), view)
  }

  /// An array's values for a tensor that lies within one of the pieces.
  func values(ofArray index: Int, for tensor: TensorShape) -> [Double] {
    guard
      let place = pieces.firstIndex(where: {
        $0.tensor.range.lowerBound <= tensor.range.lowerBound && tensor.range.upperBound <= $0.tensor.range.upperBound
      }), let base = self.table[place * arrays.count + index]
    else { return [] }
    let state = arrays[index].state
    let start = state.isPerElement ? tensor.range.lowerBound - pieces[place].tensor.range.lowerBound : 0
    let count = state.isPerElement ? tensor.count : elements(ofArray: index, piece: place)
    switch state.element {
    case .scalar:
      let values = base.assumingMemoryBound(to: Scalar.self) + start
      return (0..<count).map { Double(values[$0]) }
    case .double:
      let values = base.assumingMemoryBound(to: Double.self) + start
      return (0..<count).map { values[$0] }
    case .bfloat16:
      let values = base.assumingMemoryBound(to: UInt16.self) + start
      return (0..<count).map { Double(Float(bitPattern: UInt32(values[$0]) << 16)) }
    case .byte:
      let values = base.assumingMemoryBound(to: UInt8.self) + start
      guard let code = state.code, let scales = self.table[place * arrays.count + code.scales] else {
        return (0..<count).map { Double(values[$0]) }
      }
      let scale = scales.assumingMemoryBound(to: Scalar.self)
      return (0..<count).map {
        Double(scale[(start + $0) / Moments.block]) * dk_dynamic8_value(Int32(values[$0]), code.isSigned ? 1 : 0)
      }
    }
  }
}
