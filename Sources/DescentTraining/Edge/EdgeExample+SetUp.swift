internal import DescentData
internal import DescentModels
internal import DescentOptimizers

extension EdgeExample {
  /// What is trained, in the words of a specification: this example's optimizer and batch.
  public var specification: TrainingSpecification {
    var result = TrainingSpecification()
    result.data = task.data.name
    result.loss = task.loss.description
    result.optimizer = optimizer
    result.batch = batchSize.map(String.init) ?? "full"
    return result
  }

  /// This example's data and model, made ready for a training.
  ///
  /// - Parameters:
  ///   - specification: its optimizer, batch, accumulation and clipping are used; data, model and loss are the example's.
  ///   - threads: threads that each trainee's kernels may use.
  /// - Throws: `SpecError` for an optimizer that does not read; ``TaskError`` for batches or limits that do not fit.
  public func setUp(_ specification: TrainingSpecification, threads: Int = 1) throws -> TrainingSetup {
    let optimizer = try OptimizerSpec(parsing: specification.optimizer)
    let batchSize = try specification.parsedBatch()
    let clipping = try specification.clipping
    let rows = task.split.train.count
    try specification.checkAccumulation(batchSize: batchSize, rows: rows)
    let compiled = try CompiledModel(model, task: task, batchSize: min(batchSize ?? rows, rows))
    var source = try ModelSource(compiled, optimizer: optimizer, threads: threads)
    source.accumulation = specification.accumulate
    source.clipping = clipping
    var resolved = specification
    resolved.optimizer = optimizer.description
    return TrainingSetup(specification: resolved, model: model, source: source)
  }
}
