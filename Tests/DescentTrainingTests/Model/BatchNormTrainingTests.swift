import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Testing

/// What batch normalisation keeps from step to step.
@Suite struct BatchNormTrainingTests {
  private static let models = ["mlp:12,norm=batch,dropout=0.2", "cnn:channels=3-4,norm=batch"]

  private func source(
    _ model: String, batch: String = "32", optimizer: String = "adam", threads: Int = 1
  ) throws -> ModelSource {
    var specification = TrainingSpecification()
    specification.model = model
    specification.batch = batch
    specification.optimizer = optimizer
    return try specification.setUp(threads: threads).source
  }

  private func losses(_ trainee: inout ModelTrainee, _ count: Int) throws -> [Double] {
    try (0..<count).map { _ in try trainee.step(learningRate: 0.01).loss }
  }

  private func kept(_ trainee: ModelTrainee) -> [Float] {
    Array(trainee.wholeState[trainee.source.model.layout.trainableCount...])
  }

  @Test func `running statistics are a tenth the batch's, with the unbiased variance, after every step`() throws {
    let (rows, features, width) = (7, 3, 2)
    let x = (0..<(rows * features)).map { Float($0 * 31 % 17) / 8 - 1 }
    let data = Dataset(
      name: "formula", featureShape: [features], features: .floats(x),
      targets: .classes((0..<Int32(rows)).map { $0 % 2 }, names: ["a", "b"]))
    let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
    let mlp = MLP(hidden: [width], outputs: 2, normalization: .batch)
    let model = try CompiledModel(mlp, task: task, batchSize: rows)
    #expect(model.layout.buffers.map(\.name) == ["norm0.running_mean", "norm0.running_var"])
    var trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: "sgd")).makeTrainee(seed: 1, batchOrder: 0)
    #expect(kept(trainee) == [0, 0, 1, 1])
    var (means, variances) = ([0.0, 0], [1.0, 1])
    for _ in 0..<3 {
      let weights = trainee.parameters.map { Double($0) }
      for j in 0..<width {
        let values = (0..<rows).map { r in
          (0..<features).reduce(weights[features * width + j]) {
            $0 + Double(x[r * features + $1]) * weights[$1 * width + j]
          }
        }
        let mean = values.reduce(0, +) / Double(rows)
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        means[j] = 0.9 * means[j] + 0.1 * mean
        variances[j] = 0.9 * variances[j] + 0.1 * spread / Double(rows - 1)
      }
      _ = try trainee.step(learningRate: 0.5)
      #expect(zip(kept(trainee), means + variances).allSatisfy { abs(Double($0) - $1) < 2e-6 })
    }
    #expect(abs(means[0]) > 0.01 && abs(variances[0] - 1) > 0.01)
  }

  @Test(arguments: models)
  func `checkpoints, snapshots and forks keep them, and go on bit for bit`(model: String) throws {
    let source = try source(model)
    var trainee = try source.makeTrainee(seed: 4, batchOrder: 5)
    _ = try losses(&trainee, 7)
    let (checkpoint, snapshot, state) = (trainee.checkpoint(), trainee.snapshot(), trainee.wholeState)
    var fork = try trainee.fork()
    #expect(fork.wholeState == state)
    let layout = source.model.layout
    #expect(layout.buffers.count >= 2)
    for slice in layout.buffers {
      #expect(checkpoint[slice.name]?.floats == Array(state[slice.range]))
      #expect(checkpoint[slice.name]?.shape == slice.shape)
    }
    let rest = try losses(&trainee, 8)
    let (end, evaluation) = (trainee.wholeState, try trainee.evaluate(on: .test))
    #expect(kept(trainee) != Array(state[layout.trainableCount...]))
    #expect(try losses(&fork, 8) == rest)
    var restored = try source.makeTrainee(seed: 4, batchOrder: 5)
    try restored.restore(from: checkpoint)
    #expect(restored.wholeState == state)
    #expect(try losses(&restored, 8) == rest)
    try trainee.restore(snapshot)
    #expect(trainee.wholeState == state)
    #expect(try losses(&trainee, 8) == rest)
    for other in [fork, restored, trainee] {
      #expect(other.wholeState == end)
      #expect(try other.evaluate(on: .test) == evaluation)
    }
  }

  @Test func `a checkpoint without them is refused by name`() throws {
    let trainee = try source(Self.models[0]).makeTrainee(seed: 0, batchOrder: 0)
    var checkpoint = trainee.checkpoint()
    checkpoint.tensors.removeAll { $0.name == "norm0.running_var" }
    let error = #expect(throws: TaskError.self) { try trainee.restore(from: checkpoint) }
    #expect(error?.description == "The checkpoint holds no norm0.running_var [12]; it is of another model.")
  }

  @Test(arguments: models)
  func `evaluation uses them, whatever the batches, and leaves them alone`(model: String) throws {
    var trainee = try source(model).makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&trainee, 20)
    let state = trainee.wholeState
    let evaluation = try trainee.evaluate(on: .validation)
    #expect(trainee.wholeState == state)
    let other = try source(model, batch: "5").makeTrainee(seed: 9, batchOrder: 9)
    other.wholeState = state
    #expect(try other.evaluate(on: .validation) == evaluation)
    other.wholeState = Array(state.dropLast(1)) + [2]
    #expect(try other.evaluate(on: .validation) != evaluation)
  }

  @Test func `each row is evaluated as if it were alone`() throws {
    var trainee = try source(Self.models[0]).makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&trainee, 20)
    let task = trainee.source.model.task
    let (mlp, _) = try ModelSpec(parsing: Self.models[0]).model(for: .numbers(shape: [8, 8]), outputs: 10)
    func loss(of rows: [Int32]) throws -> Double {
      let part = try TrainingTask(
        data: task.data, split: DataSplit(train: task.split.train, test: rows), loss: .crossEntropy)
      let model = try CompiledModel(mlp, task: part, batchSize: 2)
      let other = try ModelSource(model, optimizer: OptimizerSpec(parsing: "sgd")).makeTrainee(seed: 0, batchOrder: 0)
      other.wholeState = trainee.wholeState
      return try other.evaluate(on: .test).loss
    }
    let rows = Array(task.split.test.prefix(5))
    let alone = try rows.map { try loss(of: [$0]) }
    #expect(try abs(loss(of: rows) - alone.reduce(0, +) / 5) < 1e-6)
    #expect(Set(alone).count == 5)
  }

  @Test(arguments: models)
  func `a trial step changes neither them nor anything else`(model: String) throws {
    let source = try source(model)
    var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    var undisturbed = try source.makeTrainee(seed: 0, batchOrder: 0)
    #expect(try losses(&trainee, 3) == losses(&undisturbed, 3))
    let state = trainee.wholeState
    let trials = try [0, 0.1, 0].map { try trainee.lossAfterTrialStep(StepRequest(learningRate: $0)) }
    #expect(trainee.wholeState == state && trainee.completedSteps == 3)
    #expect(trials[0] == trials[2] && trials[0] != trials[1])
    // Without a step the loss is the coming step's, masks and all.
    let next = try trainee.step(learningRate: 0.01)
    #expect(next.loss == trials[0])
    #expect(try undisturbed.step(learningRate: 0.01) == next)
    #expect(undisturbed.wholeState == trainee.wholeState)
  }
}
