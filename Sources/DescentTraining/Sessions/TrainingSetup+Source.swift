public import DescentOptimizers

extension TrainingSetup {
  /// A source of trainees of this model, data and batch under another update rule, with what the specification says of
  /// gradients and averages.
  ///
  /// - Parameters:
  ///   - optimizer: the rule; what is compiled is shared.
  ///   - steps: of a run, by which averages over a share of it begin.
  ///   - threads: threads that each trainee's kernels may use.
  /// - Throws: `OptimizerError` if the rule does not fit the model; ``TaskError`` for an average that is not possible.
  public func source(optimizer: OptimizerSpec, steps: Int, threads: Int = 1) throws -> ModelSource {
    var other = try ModelSource(compiled, optimizer: optimizer, groups: source.groups, threads: threads)
    other.accumulation = source.accumulation
    other.clipping = source.clipping
    other.averaging = try specification.averaging(steps: steps)
    return other
  }
}
