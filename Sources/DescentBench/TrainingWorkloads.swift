#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif
internal import DescentCore
internal import DescentData
internal import DescentModels
internal import DescentOptimizers
internal import DescentRandom
internal import DescentSchedules
internal import DescentTraining

/// Rows of normal features and classes that follow no rule: only the time of a step on them matters.
private func randomRows(_ rows: Int, shape: [Int], classes: Int = 10) -> Dataset {
  var random = RandomSequence(seed: 0, stream: .generation)
  let values = (0..<(rows * shape.reduce(1, *))).map { _ in Float(random.normal()) }
  let labels = (0..<rows).map { _ in Int32(random.integer(below: classes)) }
  return Dataset(
    name: "random", featureShape: shape, features: .floats(values),
    targets: .classes(labels, names: (0..<classes).map(String.init)))
}

/// Windows of random letters.
private func randomText(_ rows: Int, context: Int, letters: Int) throws -> Dataset {
  var random = RandomSequence(seed: 0, stream: .generation)
  // Every letter once, so that the vocabulary is whole.
  let text = (0..<(rows * context + 1)).map { $0 < letters ? $0 : random.integer(below: letters) }
  let first = UInt8(ascii: " ")
  return Dataset(
    name: "random", text: try TokenSequence(String(decoding: text.map { first + UInt8($0) }, as: UTF8.self)),
    context: context)
}

/// A model with a resident batch of random rows.
struct BenchModel {
  let model: any Model
  let task: TrainingTask

  init(_ model: any Model, data: Dataset) throws {
    self.model = model
    task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
  }

  static func mlp(_ widths: [Int], rows: Int) throws -> BenchModel {
    try BenchModel(
      MLP(hidden: Array(widths.dropFirst().dropLast()), outputs: widths[widths.count - 1]),
      data: randomRows(rows, shape: [widths[0]]))
  }

  static func cnn() throws -> BenchModel {
    try BenchModel(CNN(outputs: 10), data: randomRows(64, shape: [28, 28]))
  }

  static func gpt() throws -> BenchModel {
    try BenchModel(GPT(vocabulary: 65), data: randomText(16, context: 64, letters: 65))
  }

  /// A trainee whose every step is on all the rows.
  func trainee(optimizer: String, threads: Int) throws -> ModelTrainee {
    let source = try ModelSource(
      CompiledModel(model, task: task, batchSize: task.data.rows), optimizer: OptimizerSpec(parsing: optimizer),
      threads: threads)
    return try source.makeTrainee(seed: 0, batchOrder: 0)
  }
}

extension Workload {
  /// Forward, backward and update on one resident batch.
  static let training: [Workload] = [
    Workload("mlp-digits-b32", "one Adam step of 64-128-128-10, batch 32") {
      try .mlp([64, 128, 128, 10], rows: 32)
    },
    Workload("mlp-mnist-b128", "one Adam step of 784-512-512-10, batch 128") {
      try .mlp([784, 512, 512, 10], rows: 128)
    },
    Workload(
      "mlp-mnist-b128-sgd", "one SGD-momentum step of 784-512-512-10, batch 128", optimizer: "sgd(momentum: 0.9)",
      rate: 0.1
    ) {
      try .mlp([784, 512, 512, 10], rows: 128)
    },
    Workload("cnn-mnist-b64", "one Adam step of conv16-pool-conv32-pool-dense on 28×28 pictures, batch 64") {
      try .cnn()
    },
    Workload("gpt-char-b16", "one Adam step of a transformer, 4 layers, width 128, context 64, batch 16") {
      try .gpt()
    },
  ]

  /// Learning rates from 1e-5 to 1, each its own training, as lanes over the threads.
  static let sweep: [Workload] = [
    Workload("sweep32-digits", "32 learning rates × 500 Adam steps of 64-128-128-10, batch 32") { threads in
      let (rates, steps) = (32, 500)
      let data = Dataset.digits()
      let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
      let model = try CompiledModel(MLP(hidden: [128, 128], outputs: 10), task: task, batchSize: 32)
      let source = try ModelSource(model, optimizer: OptimizerSpec(parsing: "adam"))
      let trainings = try (0..<rates).map { index in
        let rate = pow(10, -5 + 5 * Double(index) / Double(rates - 1))
        let schedule = try Schedule(.constant()).resolved(peak: rate, horizon: Horizon(steps: steps))
        // Every step is made, also of those that diverge.
        return LaneTraining(
          source,
          plan: try TrainingPlan(schedule: schedule, checkpoints: .atEnd, onDivergence: .continue, finalParts: []))
      }
      return { _ = try runTrainings(trainings, threads: threads) }
    }
  ]
}
