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

  public var name: String
  /// Nil for a rule that the registry does not hold.
  public var family: Family?
  /// The specification of the rule inside, of a wrapper.
  public var inner: String?
  public var settings: [SettingDescription]
  /// The rate used when none is given.
  public var defaultLearningRate: Double
  public var rateMeaning: RateMeaning
  /// What it needs of a step besides the gradient, the rule inside included.
  public var needs: StepNeeds
  /// What it does, as a formula, and where it comes from.
  public var rule: RuleSummary
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
      inner: rule.wrapped.map { OptimizerSpec($0).description }, settings: settings,
      defaultLearningRate: defaultLearningRate, rateMeaning: rateMeaning,
      needs: RuleTable(own: rule, groups: []).needs,
      rule: RuleSummary.all["\(type(of: rule))"] ?? RuleSummary(purpose: rule.name, formula: "", source: ""))
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
