public import DescentCore
internal import DescentData
public import DescentModels

/// The mean loss of a model over some rows as a function of its parameters, by mini-batches.
///
/// Batches are what training would see: of an epoch's shuffled rows, each without replacement, `passes` epochs of them.
/// Losses and products over all rows are those of ``ModelObjective``. One thread calls it at a time.
public struct ModelBatches<Scalar: EngineScalar>: StochasticObjective {
  public let whole: ModelObjective<Scalar>
  /// Rows of a batch.
  public let batchSize: Int
  public let batchCount: Int
  private let batch: ModelObjective<Scalar>
  private let loader: BatchLoader

  /// - Parameters:
  ///   - model: the function to trace.
  ///   - task: its data and loss.
  ///   - rows: which rows of the task's data; at least one.
  ///   - batchSize: rows of a batch, at most all.
  ///   - passes: passes over the rows that the batches make up.
  ///   - mode: as in evaluation by default.
  ///   - kept: what the model keeps besides its parameters; its first values by default.
  ///   - seed: chooses the order of rows.
  ///   - threads: threads the work is divided over.
  /// - Throws: as ``ModelObjective``.
  public init(
    _ model: any Model, task: TrainingTask, rows: [Int32], batchSize: Int, passes: Int = 8,
    mode: ModelMode = .evaluation, kept: [Scalar]? = nil, seed: UInt64 = 0, threads: Int = 1
  ) throws {
    guard batchSize > 0, passes > 0 else { throw TaskError("Batches need at least one row and one pass.") }
    whole = try ModelObjective(model, task: task, rows: rows, mode: mode, kept: kept, threads: threads)
    let order = BatchOrder(rows: rows, batchSize: batchSize, seed: seed)
    self.batchSize = order.batchSize
    batchCount = order.stepsPerEpoch * passes
    batch = try ModelObjective(
      model, task: task, rows: Array(rows.prefix(order.batchSize)), mode: mode, kept: kept, threads: threads)
    loader = BatchLoader(order, data: task.data)
  }

  public var parameterCount: Int { whole.parameterCount }
  public var facts: ObjectiveFacts { whole.facts }

  public func loss(at point: [Scalar]) throws -> Double { try whole.loss(at: point) }

  public func gradient(at point: [Scalar], into gradient: inout [Scalar]) throws -> Double {
    try whole.gradient(at: point, into: &gradient)
  }

  public func linearized(at point: [Scalar]) throws -> any Linearization<Scalar> { try whole.linearized(at: point) }

  public func gradient(ofBatch index: Int, at point: [Scalar], into gradient: inout [Scalar]) throws -> Double {
    loader.load(index, into: batch)
    return try batch.gradient(at: point, into: &gradient)
  }

  /// Products of one batch's loss, good until another batch is asked for.
  public func linearized(batch index: Int, at point: [Scalar]) throws -> any Linearization<Scalar> {
    loader.load(index, into: batch)
    return try batch.linearized(at: point)
  }
}

/// Which batch is in memory.
private final class BatchLoader {
  private var order: BatchOrder
  private let data: Dataset
  private var loaded: Int?

  init(_ order: BatchOrder, data: Dataset) {
    self.order = order
    self.data = data
  }

  func load<Scalar>(_ index: Int, into objective: ModelObjective<Scalar>) {
    guard loaded != index else { return }
    order.withIndices(forStep: index) { objective.load($0, of: data) }
    loaded = index
  }
}
