import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Testing

/// Dropout's masks in training.
@Suite struct DropoutTrainingTests {
  private func trainee(_ model: String, batch: String, threads: Int = 1, seed: UInt64 = 0) throws -> ModelTrainee {
    var specification = TrainingSpecification()
    specification.model = model
    specification.batch = batch
    specification.optimizer = "sgd(momentum: 0.9)"
    return try specification.setUp(threads: threads).source.makeTrainee(seed: seed, batchOrder: 0)
  }

  private func losses(_ trainee: ModelTrainee, _ count: Int, rate: Double) throws -> [Double] {
    var trainee = trainee
    return try (0..<count).map { _ in try trainee.step(learningRate: rate).loss }
  }

  @Test(arguments: [
    // Enough elements that masks, chains and products are shared.
    ("mlp:200,dropout=0.3", "1000"), ("cnn:channels=8,dropout=0.5", "400"),
  ])
  func `masks and losses are the same for any number of threads`(model: String, batch: String) throws {
    let one = try trainee(model, batch: batch)
    let expected = try losses(one, 4, rate: 0.05)
    for threads in [2, 3] {
      let other = try trainee(model, batch: batch, threads: threads)
      #expect(try losses(other, 4, rate: 0.05) == expected)
      #expect(parameterHash(other.parameters) == parameterHash(one.parameters))
    }
  }

  @Test func `every step and every seed has masks of its own`() throws {
    // The whole part at rate 0: only the masks change from step to step.
    let steps = try losses(trainee("mlp:16,dropout=0.3", batch: "full"), 5, rate: 0)
    #expect(Set(steps).count == 5)
    #expect(try losses(trainee("mlp:16,dropout=0.3", batch: "full"), 5, rate: 0) == steps)
    let plain = try losses(trainee("mlp:16", batch: "full"), 5, rate: 0)
    #expect(Set(plain).count == 1)
    // With the same weights another seed draws other masks.
    let (first, other) = try (
      trainee("mlp:16,dropout=0.3", batch: "full"), trainee("mlp:16,dropout=0.3", batch: "full", seed: 1)
    )
    other.parameters = first.parameters
    #expect(try Set(losses(other, 5, rate: 0)).isDisjoint(with: steps))
  }

  @Test func `on average the masks leave a linear model's outputs as they are`() throws {
    let data = Dataset(
      name: "ones", featureShape: [1], features: .floats([Float](repeating: 1, count: 64)),
      targets: .values([Float](repeating: 0, count: 64), width: 1))
    let task = try TrainingTask(data: data, split: .all(of: data), loss: .squared)
    let mlp = MLP(hidden: [100], outputs: 1, activation: .linear, bias: false, dropout: 0.4)
    let model = try CompiledModel(mlp, task: task, batchSize: 64)
    let trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: "sgd")).makeTrainee(seed: 3, batchOrder: 0)
    trainee.parameters = [Float](repeating: 1, count: 100) + [Float](repeating: 0.01, count: 100)
    // Each output is 1 + ε with variance 0.01²·100·(0.4/0.6), so the loss is ½·(1 + that) on average.
    let variance = 0.01 * 0.4 / 0.6
    let steps = 40
    let mean = try losses(trainee, steps, rate: 0).reduce(0, +) / Double(steps)
    let error = (variance / Double(64 * steps)).squareRoot()
    #expect(abs(mean - 0.5 * (1 + variance)) < 4 * error)
    #expect(abs(mean - 0.5) > 2 * error)
  }

  @Test func `evaluation draws no masks`() throws {
    let (dropping, plain) = try (trainee("mlp:16,dropout=0.9", batch: "32"), trainee("mlp:16", batch: "32"))
    #expect(dropping.parameters == plain.parameters)
    #expect(try dropping.evaluate(on: .test) == plain.evaluate(on: .test))
  }

  @Test func `what a step depends on besides parameters and rows is told`() throws {
    func conditions(_ model: String) throws -> [String] { try trainee(model, batch: "32").source.model.conditions }
    let dropout = "dropout is on, each step's mask following from the seed"
    let norm = "batch normalisation uses each batch's own statistics"
    #expect(try conditions("mlp:16,norm=layer") == [])
    #expect(try conditions("mlp:16,dropout=0.1") == [dropout])
    #expect(try conditions("cnn:channels=2,norm=batch") == [norm])
    #expect(try conditions("mlp:16,norm=batch,dropout=0.1") == [dropout, norm])
  }
}
