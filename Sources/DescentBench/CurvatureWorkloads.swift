internal import DescentCore
internal import DescentData
internal import DescentModels
internal import DescentTraining

private struct Curvature {
  let objective: ModelObjective<Float>
  let point: [Float]

  init(_ bench: BenchModel, threads: Int) throws {
    objective = try ModelObjective(
      bench.model, task: bench.task, rows: bench.task.split.train, threads: threads)
    point = try CompiledModel(bench.model, task: bench.task, batchSize: 1).initialParameters(seed: 0).map(Float.init)
  }

  static func digits(threads: Int) throws -> Curvature {
    try Curvature(BenchModel(MLP(hidden: [128, 128], outputs: 10), data: .digits()), threads: threads)
  }

  func gradient() -> () throws -> Void {
    var gradient = point
    return { _ = try objective.gradient(at: point, into: &gradient) }
  }

  /// Products along one direction, all at one point that is begun anew each time.
  func products(_ count: Int) -> () throws -> Void {
    let direction = [Float](repeating: 1, count: point.count)
    var product = point
    return {
      var linearization = try objective.linearized(at: point)
      for _ in 0..<count { try linearization.hessianProduct(direction, into: &product) }
    }
  }
}

extension Workload {
  /// Gradients and Hessian–vector products.
  static let hessian: [Workload] = [
    Workload("grad-digits-full", "the gradient of 64-128-128-10 over 1,797 digits") { threads in
      try Curvature.digits(threads: threads).gradient()
    },
    Workload("hvp-digits-full", "one Hessian–vector product there, alone") { threads in
      try Curvature.digits(threads: threads).products(1)
    },
    Workload("hvp8-digits-full", "a product there, eight at one point", parts: 8) { threads in
      try Curvature.digits(threads: threads).products(8)
    },
    Workload("grad-cnn-mnist-b64", "the gradient of cnn-mnist-b64") { threads in
      try Curvature(.cnn(), threads: threads).gradient()
    },
    Workload("hvp8-cnn-mnist-b64", "a product there, eight at one point", parts: 8) { threads in
      try Curvature(.cnn(), threads: threads).products(8)
    },
    Workload("grad-gpt-char-b16", "the gradient of gpt-char-b16") { threads in
      try Curvature(.gpt(), threads: threads).gradient()
    },
    Workload("hvp8-gpt-char-b16", "a product there, eight at one point", parts: 8) { threads in
      try Curvature(.gpt(), threads: threads).products(8)
    },
  ]
}
