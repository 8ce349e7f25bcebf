public import DescentCore

extension Optimizer: StabilityModel, Preconditioner {
  /// The threshold of the specification's own settings (groups that override momentum or decay have another).
  public func stabilityThreshold(learningRate: Double) -> Double {
    spec.stabilityThreshold(learningRate: learningRate)
  }

  /// The diagonal P of the live state; a group's learning-rate factor f counts as P/f. Nil if the rule rescales nothing,
  /// and before the first step.
  public func preconditioner() -> [Double]? {
    let values = { (index: Int) in storage.values(index).map { Double($0) } }
    let own = spec.rule.preconditioner(step: stepCount, state: values)
    guard own != nil || groups.contains(where: { $0.learningRateFactor != 1 }) else { return nil }
    var result = own ?? [Double](repeating: 1, count: parameterCount)
    for (group, rule) in zip(groups, groupRules) {
      let diagonal = rule.preconditioner(step: stepCount, state: values)
      for range in group.ranges {
        for i in range { result[i] = (diagonal?[i] ?? 1) / group.learningRateFactor }
      }
    }
    return result
  }
}
