public import DescentCore
internal import DescentLinearAlgebra
public import DescentOptimizers

/// Makes trainees of one compiled model with one optimizer.
public struct ModelSource: TraineeSource {
  public let model: CompiledModel
  public let optimizer: OptimizerSpec
  public private(set) var groups: [ParameterGroup]
  /// Threads each trainee's kernels may use.
  public var threads: Int
  /// Batches whose mean gradient makes one step; 1 or more, and no more than the training part has.
  public var accumulation = 1
  /// How large a step's gradient may be; nil: as large as it is.
  public var clipping: GradientClipping?
  /// The average that trainees keep of their parameters; nil: none.
  public var averaging: ParameterAveraging?
  /// False leaves the rows in the order of the split in every epoch: a fault, made on purpose to see it found.
  package var shufflesRows = true

  /// - Throws: `OptimizerError` if the groups do not fit the model's parameters.
  public init(
    _ model: CompiledModel, optimizer: OptimizerSpec, groups: [ParameterGroup] = [], threads: Int = 1
  ) throws {
    self.model = model
    self.optimizer = optimizer
    self.groups = groups
    self.threads = threads
    _ = try Optimizer<Float>(optimizer, layout: model.layout, groups: groups)
  }

  /// Has trainees use these groups instead.
  ///
  /// - Throws: `OptimizerError` if they do not fit the model's parameters; nothing has changed then.
  public mutating func setGroups(_ groups: [ParameterGroup]) throws {
    _ = try Optimizer<Float>(optimizer, layout: model.layout, groups: groups)
    self.groups = groups
  }

  public func makeTrainee(seed: UInt64, batchOrder: UInt64) throws -> ModelTrainee {
    try ModelTrainee(self, seed: seed, batchOrder: batchOrder, machine: Machine(threads: threads))
  }
}
