import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Foundation
import Testing

private func digitsSource(
  optimizer: String = "sgd(momentum: 0.9)", batch: Int = 32, threads: Int = 1
) throws -> ModelSource {
  var specification = TrainingSpecification()
  specification.optimizer = optimizer
  specification.batch = String(batch)
  specification.model = "mlp:16"
  return try specification.setUp(threads: threads).source
}

private func losses(_ trainee: inout ModelTrainee, _ count: Int, rate: Double = 0.05) throws -> [Double] {
  try (0..<count).map { _ in try trainee.step(learningRate: rate).loss }
}

private func parameters(_ trainee: ModelTrainee) -> String { parameterHash(trainee.parameters) }

@Suite struct ModelTraineeTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      var activation: String
      var loss: String
      var optimizer: String
      var rate: Double
      var losses: [Double]
    }
    var cases: [Case]
  }

  @Test func `whole trainings agree with PyTorch's`() throws {
    let url = try #require(
      Bundle.module.url(forResource: "mlp-training", withExtension: "json", subdirectory: "Fixtures"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    #expect(fixture.cases.count == 5)
    let (rows, features, outputs) = (24, 12, 5)
    let x = (0..<(rows * features)).map { Float($0 * 31 % 17) / 16 }
    for test in fixture.cases {
      let targets: Dataset.Targets =
        test.loss == "squared"
        ? .values((0..<(rows * outputs)).map { Float(sin(Double($0 / outputs + 2 * ($0 % outputs)))) }, width: outputs)
        : .classes((0..<Int32(rows)).map { $0 * 7 % 5 }, names: ["a", "b", "c", "d", "e"])
      let data = Dataset(name: "formula", featureShape: [features], features: .floats(x), targets: targets)
      let task = try TrainingTask(data: data, split: .all(of: data), loss: Loss(parsing: test.loss))
      let mlp = MLP(hidden: [10, 8], outputs: outputs, activation: try Activation(parsing: test.activation))
      let model = try CompiledModel(mlp, task: task, batchSize: rows)
      var trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: test.optimizer))
        .makeTrainee(seed: 0, batchOrder: 0)
      trainee.parameters = (0..<model.layout.trainableCount).map { Float(0.5 * sin(Double($0 + 1))) }
      let own = try losses(&trainee, test.losses.count, rate: test.rate)
      for (step, (a, b)) in zip(own, test.losses).enumerated() {
        #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "\(test.activation) \(test.optimizer) at step \(step)")
      }
    }
  }

  @Test func `the same seeds give the same numbers, another seed others`() throws {
    let source = try digitsSource()
    var a = try source.makeTrainee(seed: 1, batchOrder: 2)
    var b = try source.makeTrainee(seed: 1, batchOrder: 2)
    let first = try losses(&a, 60)
    #expect(try losses(&b, 60) == first)
    #expect(parameters(a) == parameters(b))
    var otherWeights = try source.makeTrainee(seed: 3, batchOrder: 2)
    var otherOrder = try source.makeTrainee(seed: 1, batchOrder: 3)
    #expect(try losses(&otherWeights, 5) != Array(first.prefix(5)))
    #expect(try losses(&otherOrder, 5) != Array(first.prefix(5)))
  }

  @Test func `a fork continues alike and leaves the original alone`() throws {
    var original = try digitsSource(optimizer: "adam").makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&original, 45)
    var fork = try original.fork()
    let before = parameters(original)
    let ahead = try losses(&fork, 50)
    #expect(parameters(original) == before)
    #expect(try losses(&original, 50) == ahead)
    #expect(parameters(original) == parameters(fork))
  }

  @Test func `a snapshot puts back weights, optimizer and position`() throws {
    var trainee = try digitsSource().makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&trainee, 20)
    let snapshot = trainee.snapshot()
    let first = try losses(&trainee, 30)
    try trainee.restore(snapshot)
    #expect(trainee.completedSteps == 20)
    #expect(try losses(&trainee, 30) == first)
  }

  @Test(arguments: ["sgd(momentum: 0.9)", "adam", "rmsprop", "adagrad", "adamw(weightDecay: 0.1)"])
  func `a checkpoint continues bit for bit in a fresh trainee`(optimizer: String) throws {
    let source = try digitsSource(optimizer: optimizer)
    var trainee = try source.makeTrainee(seed: 4, batchOrder: 5)
    _ = try losses(&trainee, 37)
    let checkpoint = trainee.checkpoint()
    let rest = try losses(&trainee, 40)
    var other = try source.makeTrainee(seed: 4, batchOrder: 5)
    try other.restore(from: checkpoint)
    #expect(try losses(&other, 40) == rest)
    #expect(parameters(other) == parameters(trainee))
  }

  @Test func `a checkpoint of another model, optimizer or seed is refused by name`() throws {
    let checkpoint = try digitsSource().makeTrainee(seed: 0, batchOrder: 0).checkpoint()
    let seed = try digitsSource().makeTrainee(seed: 1, batchOrder: 0)
    #expect(throws: TaskError.self) { try seed.restore(from: checkpoint) }
    let adam = try digitsSource(optimizer: "adam").makeTrainee(seed: 0, batchOrder: 0)
    #expect(throws: OptimizerError.self) { try adam.restore(from: checkpoint) }
    var broken = checkpoint
    broken.tensors.removeAll { $0.name == "layer1.weight" }
    let same = try digitsSource().makeTrainee(seed: 0, batchOrder: 0)
    let error = #expect(throws: TaskError.self) { try same.restore(from: broken) }
    #expect(error?.description.contains("layer1.weight") == true)
  }

  @Test func `a trial step tells the next loss on the batch and changes nothing`() throws {
    var trainee = try digitsSource(batch: 2000).makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&trainee, 3)
    let before = parameters(trainee)
    let trial = try trainee.lossAfterTrialStep(StepRequest(learningRate: 0.05))
    #expect(parameters(trainee) == before && trainee.completedSteps == 3)
    // A full batch is the same at the next step, so the loss there is the trial's.
    let next = try losses(&trainee, 2)
    #expect(abs(next[1] - trial) < 1e-6)
  }

  @Test func `two threads give the numbers of one`() throws {
    var one = try digitsSource(batch: 1000, threads: 1).makeTrainee(seed: 0, batchOrder: 0)
    var two = try digitsSource(batch: 1000, threads: 2).makeTrainee(seed: 0, batchOrder: 0)
    #expect(try losses(&one, 12) == losses(&two, 12))
  }

  @Test func `evaluation counts every row once, however the rows divide into chunks`() throws {
    var trainee = try digitsSource().makeTrainee(seed: 0, batchOrder: 0)
    _ = try losses(&trainee, 150, rate: 0.1)
    let parts = try DataPart.allCases.map { try trainee.evaluate(on: $0) }
    #expect(parts.map(\.rows).reduce(0, +) == 1797)
    for part in parts {
      #expect((part.accuracy ?? 0) > 0.85 && part.loss < 0.6 && part.r2 == nil)
    }
  }

  @Test func `regression is measured in the target's own unit`() throws {
    // y = 3x + 100 exactly: a linear model reaches R² = 1, and predicting the mean gives R² = 0.
    let x = (0..<40).map { Float($0) / 10 }
    let data = Dataset(
      name: "line", featureShape: [1], features: .floats(x), targets: .values(x.map { 3 * $0 + 100 }, width: 1),
      wantsStandardization: true)
    let task = try TrainingTask(data: data, split: .all(of: data), loss: .squared)
    let model = try CompiledModel(MLP(hidden: [], outputs: 1), task: task, batchSize: 40)
    var trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: "sgd")).makeTrainee(seed: 0, batchOrder: 0)
    trainee.parameters = [0, 0]
    let start = try trainee.evaluate(on: .train)
    let deviation = 3 * (x.map { ($0 - 1.95) * ($0 - 1.95) }.reduce(0, +) / 40).squareRoot()
    #expect(abs((start.r2 ?? 9)) < 1e-5 && abs((start.rmse ?? 0) - Double(deviation)) < 1e-4)
    _ = try losses(&trainee, 300, rate: 0.5)
    let end = try trainee.evaluate(on: .train)
    #expect((end.r2 ?? 0) > 0.99999 && (end.rmse ?? 9) < 1e-3)
  }
}
