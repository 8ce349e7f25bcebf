internal import DescentCore
internal import DescentData
internal import DescentModels
internal import DescentTraining

private func digitsObjective(threads: Int) throws -> (ModelObjective<Float>, [Float]) {
  let data = Dataset.digits()
  let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
  let mlp = MLP(hidden: [128, 128], outputs: 10)
  let objective = try ModelObjective<Float>(mlp, task: task, rows: task.split.train, threads: threads)
  let point = try CompiledModel(mlp, task: task, batchSize: 32).initialParameters(seed: 0).map(Float.init)
  return (objective, point)
}

extension Workload {
  /// Gradients and Hessian–vector products over all 1,797 digits.
  static let hessian: [Workload] = [
    Workload("grad-digits-full", "the gradient of 64-128-128-10 over 1,797 digits") { threads in
      let (objective, point) = try digitsObjective(threads: threads)
      var gradient = point
      return { _ = try objective.gradient(at: point, into: &gradient) }
    },
    Workload("hvp-digits-full", "one Hessian–vector product there, alone") { threads in
      let (objective, point) = try digitsObjective(threads: threads)
      let direction = [Float](repeating: 1, count: point.count)
      var product = point
      return {
        var linearization = try objective.linearized(at: point)
        try linearization.hessianProduct(direction, into: &product)
      }
    },
    Workload("hvp8-digits-full", "a product there, eight at one point", parts: 8) { threads in
      let (objective, point) = try digitsObjective(threads: threads)
      let direction = [Float](repeating: 1, count: point.count)
      var product = point
      return {
        var linearization = try objective.linearized(at: point)
        for _ in 0..<8 { try linearization.hessianProduct(direction, into: &product) }
      }
    },
  ]
}
