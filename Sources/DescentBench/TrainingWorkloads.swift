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
internal import DescentTraining

/// Rows of normal features and classes that follow no rule: only the time of a step on them matters.
func randomRows(_ rows: Int, features: Int, classes: Int = 10) -> Dataset {
  var random = RandomSequence(seed: 0, stream: .generation)
  let values = (0..<(rows * features)).map { _ in Float(random.normal()) }
  let labels = (0..<rows).map { _ in Int32(random.integer(below: classes)) }
  return Dataset(
    name: "random", featureShape: [features], features: .floats(values),
    targets: .classes(labels, names: (0..<classes).map(String.init)))
}

private func step(
  rows: Int, widths: [Int], optimizer: String, rate: Double, threads: Int
) throws -> () throws -> Void {
  let data = randomRows(rows, features: widths[0])
  let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
  let mlp = MLP(hidden: Array(widths.dropFirst().dropLast()), outputs: widths[widths.count - 1])
  let source = try ModelSource(
    CompiledModel(mlp, task: task, batchSize: rows), optimizer: OptimizerSpec(parsing: optimizer), threads: threads)
  let trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
  let request = StepRequest(learningRate: rate)
  return { _ = try trainee.step(request) }
}

extension Workload {
  /// Forward, backward and update on one resident batch.
  static let training: [Workload] = [
    Workload("mlp-digits-b32", "one Adam step of 64-128-128-10, batch 32") { threads in
      try step(rows: 32, widths: [64, 128, 128, 10], optimizer: "adam", rate: 1e-3, threads: threads)
    },
    Workload("mlp-mnist-b128", "one Adam step of 784-512-512-10, batch 128") { threads in
      try step(rows: 128, widths: [784, 512, 512, 10], optimizer: "adam", rate: 1e-3, threads: threads)
    },
    Workload("mlp-mnist-b128-sgd", "one SGD-momentum step of 784-512-512-10, batch 128") { threads in
      try step(rows: 128, widths: [784, 512, 512, 10], optimizer: "sgd(momentum: 0.9)", rate: 0.1, threads: threads)
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
      return {
        _ = try runLanes(rates, threads: threads) { lane in
          var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
          let rate = pow(10, -5 + 5 * Double(lane) / Double(rates - 1))
          var loss = 0.0
          for _ in 0..<steps { loss = try trainee.step(learningRate: rate).loss }
          return loss
        }
      }
    }
  ]
}
