public import DescentOptimizers

extension TrainingSetup {
  /// The same model, data and batch under another update rule; what is compiled is shared.
  ///
  /// - Parameters:
  ///   - optimizer: the rule.
  ///   - steps: of a run, by which averages over a share of it begin.
  /// - Throws: `OptimizerError` if the rule does not fit the model; ``TaskError`` for an average that is not possible.
  public func with(optimizer: OptimizerSpec, steps: Int) throws -> TrainingSetup {
    var specification = specification
    specification.optimizer = optimizer.description
    var other = try ModelSource(compiled, optimizer: optimizer, groups: source.groups, threads: source.threads)
    other.accumulation = source.accumulation
    other.clipping = source.clipping
    other.averaging = try specification.averaging(steps: steps)
    return TrainingSetup(specification: specification, model: model, source: other)
  }
}
