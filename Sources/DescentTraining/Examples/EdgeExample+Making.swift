internal import DescentData
public import DescentOptimizers

extension EdgeExample {
  /// Trainees of this example; its own optimizer by default.
  ///
  /// - Parameters:
  ///   - optimizer: the update rule; nil for the example's.
  ///   - threads: threads each trainee's kernels may use.
  /// - Throws: as `CompiledModel` and ``ModelSource`` do.
  public func makeSource(optimizer: OptimizerSpec? = nil, threads: Int = 1) throws -> ModelSource {
    let compiled = try CompiledModel(model, task: task, batchSize: batchSize ?? task.split.train.count)
    return try ModelSource(compiled, optimizer: optimizer ?? OptimizerSpec(parsing: self.optimizer), threads: threads)
  }

  /// The loss over all rows, whose curvature is measured.
  ///
  /// - Parameters:
  ///   - type: the arithmetic; `Float` is what training uses.
  ///   - threads: threads the work is divided over.
  public func makeObjective<Scalar: EngineScalar>(
    _ type: Scalar.Type = Float.self, threads: Int = 1
  ) throws -> ModelObjective<Scalar> {
    try ModelObjective(model, task: task, rows: task.split.train, threads: threads)
  }

  /// The loss by batches of training size, for Batch Sharpness.
  ///
  /// - Parameters:
  ///   - type: the arithmetic.
  ///   - seed: chooses the order of rows.
  ///   - threads: threads the work is divided over.
  public func makeBatches<Scalar: EngineScalar>(
    _ type: Scalar.Type = Float.self, seed: UInt64 = 0, threads: Int = 1
  ) throws -> ModelBatches<Scalar> {
    try ModelBatches(
      model, task: task, rows: task.split.train, batchSize: batchSize ?? task.split.train.count, seed: seed,
      threads: threads)
  }
}
