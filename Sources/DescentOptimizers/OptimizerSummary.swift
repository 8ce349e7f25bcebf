public import DescentCore

/// What can be told of an optimizer without running it: see ``OptimizerSpec/summary``.
public struct OptimizerSummary: Sendable, Hashable {
  /// The kind of rule, as the registry is ordered.
  public enum Family: String, Sendable, Hashable, CaseIterable {
    case elementWise = "element-wise"
    case tensorWise = "tensor-wise"
    case curvature
    case rateFree = "rate-free"
    case wrapper
  }

  /// A setting, as a specification writes it.
  public struct Setting: Sendable, Hashable {
    public var name: String
    public var value: String
    /// What values make sense, in words: `at least 0 and below 1`, `true or false`, `paper, optax`.
    public var range: String
  }

  public var name: String
  /// Nil for a rule that the registry does not hold.
  public var family: Family?
  /// The specification of the rule inside, of a wrapper.
  public var inner: String?
  public var settings: [Setting]
  /// The rate used when none is given.
  public var defaultLearningRate: Double
  public var rateMeaning: RateMeaning
  /// What it needs of a step besides the gradient, the rule inside included.
  public var needs: StepNeeds
}

extension OptimizerSpec {
  /// Name, family, settings with their values and ranges, and what the rate means.
  public var summary: OptimizerSummary {
    let families: [(OptimizerSummary.Family, [any UpdateRule])] = [
      (.elementWise, Self.elementWise), (.tensorWise, Self.tensorWise), (.curvature, Self.curvature),
      (.rateFree, Self.rateFree), (.wrapper, Self.wrappers),
    ]
    return OptimizerSummary(
      name: name, family: families.first { $0.1.contains { $0.name == name } }?.0,
      inner: rule.wrapped.map { OptimizerSpec($0).description }, settings: rule.settingSummaries,
      defaultLearningRate: defaultLearningRate, rateMeaning: rateMeaning,
      needs: RuleTable(own: rule, groups: []).needs)
  }

  /// Memory that the optimizer keeps between steps for parameters of the given layout, in bytes, without scratch memory.
  ///
  /// - Parameters:
  ///   - layout: the tensors.
  ///   - type: what parameters and most arrays consist of.
  public func stateBytes<Scalar: UpdateScalar>(_ layout: ParameterLayout, as type: Scalar.Type = Float.self) -> Int {
    let count = layout.trainable.reduce(0) { $0 + $1.count }
    return MemoryPlan(
      RuleTable(own: rule, groups: []), cuts: VectorCuts(count: count, groups: [], layout: layout)
    ).byteCount(type)
  }
}

extension MemoryPlan {
  fileprivate func byteCount<Scalar: UpdateScalar>(_ type: Scalar.Type) -> Int {
    let own = states.indices.reduce(0) { sum, index in
      sum + counts.reduce(0) { $0 + $1[index] } * states[index].element.size(type)
    }
    return own + 8 * scalars.count + inner.reduce(0) { $0 + $1.byteCount(type) }
  }
}

extension UpdateRule {
  fileprivate var settingSummaries: [OptimizerSummary.Setting] {
    Self.settings.map { OptimizerSummary.Setting(name: $0.name, value: $0.text(in: self), range: $0.range) }
  }
}

extension Setting {
  fileprivate var range: String {
    switch place {
    case .number(_, let bounds): bounds.words
    case .integer(_, let bounds):
      bounds.upperBound == .max
        ? "a whole number of at least \(bounds.lowerBound)" : "\(bounds.lowerBound) to \(bounds.upperBound)"
    case .flag: "true or false"
    case .choice(let names, _, _): names.joined(separator: ", ")
    }
  }
}
