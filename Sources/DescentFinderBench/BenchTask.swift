import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentRandom
import DescentTraining

/// One learning problem of the benchmark: data, model, batch; small enough for half a millisecond a step.
struct BenchTask: Sendable {
  var name: String
  /// True for the tasks that finders were designed on; the others only judge them.
  var isForDesign: Bool
  /// True for the tasks whose runs are also made ten times as long.
  var hasLongRuns = false
  var makeTask: @Sendable () throws -> TrainingTask
  var model: any Model
  var batch: Int
  /// What training begins from; nil: fresh weights.
  var pretraining: Pretraining?

  /// A short run on other data, whose weights the task goes on from.
  struct Pretraining: Sendable {
    var makeTask: @Sendable () throws -> TrainingTask
    var steps: Int
    var rate: Double
  }

  /// Compiles the model for one optimizer.
  func source(optimizer: String) throws -> BenchSource {
    let compiled = try CompiledModel(model, task: makeTask(), batchSize: batch)
    let base = try ModelSource(compiled, optimizer: OptimizerSpec(parsing: optimizer))
    guard let pretraining else { return BenchSource(base: base, start: nil) }
    let earlier = try CompiledModel(model, task: pretraining.makeTask(), batchSize: batch)
    var trainee = try ModelSource(earlier, optimizer: OptimizerSpec(parsing: "adam")).makeTrainee(
      seed: 1, batchOrder: 1)
    for _ in 0..<pretraining.steps { _ = try trainee.step(learningRate: pretraining.rate) }
    return BenchSource(base: base, start: trainee.checkpoint())
  }
}

/// Makes trainees of a task, from fresh or from pretrained weights.
struct BenchSource: TraineeSource {
  var base: ModelSource
  /// Whose parameters replace the fresh ones.
  var start: Checkpoint?

  func makeTrainee(seed: UInt64, batchOrder: UInt64) throws -> ModelTrainee {
    let trainee = try base.makeTrainee(seed: seed, batchOrder: batchOrder)
    guard let start else { return trainee }
    var checkpoint = trainee.checkpoint()
    let layout = base.model.layout
    let names = Set((layout.trainable + layout.buffers).map(\.name))
    checkpoint.tensors = checkpoint.tensors.map { tensor in
      names.contains(tensor.name) ? start[tensor.name] ?? tensor : tensor
    }
    try trainee.restore(from: checkpoint)
    return trainee
  }
}
