internal import DescentCore
internal import DescentCurvature
internal import DescentData
internal import DescentModels
internal import DescentTraining

private struct Curvature {
  let objective: ModelObjective<Float>
  private(set) var point: [Float]

  init(_ bench: BenchModel, threads: Int) throws {
    objective = try ModelObjective(
      bench.model, task: bench.task, rows: bench.task.split.train, threads: threads)
    point = try CompiledModel(bench.model, task: bench.task, batchSize: 1).initialParameters(seed: 0).map(Float.init)
  }

  static func digits(threads: Int) throws -> Curvature {
    try Curvature(BenchModel(MLP(hidden: [128, 128], outputs: 10), data: .digits()), threads: threads)
  }

  /// After some steps of gradient descent from there.
  func descended(steps: Int, rate: Float) throws -> Curvature {
    var moved = self
    var gradient = point
    for _ in 0..<steps {
      _ = try objective.gradient(at: moved.point, into: &gradient)
      for i in gradient.indices { moved.point[i] -= rate * gradient[i] }
    }
    return moved
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

extension Curvature {
  /// The largest eigenvalue of the Hessian, by a solve that begins from nothing.
  func sharpness() throws -> Double {
    var solver = Lanczos<Float>()
    return try sharpness(&solver)
  }

  /// The same by a solver that may have solved elsewhere before.
  func sharpness(_ solver: inout Lanczos<Float>) throws -> Double {
    var hessian = try HessianOperator(objective, at: point)
    return try solver.solve(&hessian).values[0]
  }
}

extension Workload {
  /// Solves for eigenvalues.
  static let eigenvalues: [Workload] = [
    sharpness("sharpness-digits-full", "the largest eigenvalue of the Hessian there") {
      try Curvature.digits(threads: $0)
    },
    sharpness("sharpness-digits-trained", "the same after 100 steps of gradient descent at 0.1") {
      try Curvature.digits(threads: $0).descended(steps: 100, rate: 0.1)
    },
    nextSharpness,
  ]

  /// What a measurement in the course of a training costs.
  private static let nextSharpness: Workload = {
    @Sendable func solve(_ threads: Int) throws -> () throws -> Double {
      let earlier = try Curvature.digits(threads: threads).descended(steps: 90, rate: 0.1)
      let later = try earlier.descended(steps: 10, rate: 0.1)
      var solver = Lanczos<Float>(Lanczos.Settings(tolerance: 3e-3))
      _ = try earlier.sharpness(&solver)
      let start = solver.start
      return {
        solver.start = start
        return try later.sharpness(&solver)
      }
    }
    var workload = Workload(
      "sharpness-digits-tracked", "the same there, ten steps after it was measured before"
    ) { threads in
      let next = try solve(threads)
      return { _ = try next() }
    }
    workload.value = { try solve($0)() }
    return workload
  }()

  private static func sharpness(
    _ name: String, _ summary: String, at place: @escaping @Sendable (_ threads: Int) throws -> Curvature
  ) -> Workload {
    var workload = Workload(name, summary) { threads in
      let curvature = try place(threads)
      return { _ = try curvature.sharpness() }
    }
    workload.value = { try place($0).sharpness() }
    return workload
  }

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
