import DescentCore
import DescentData
import DescentModels
import DescentTraining
import Testing

private func objective<Scalar: EngineScalar>(
  _ type: Scalar.Type, chunkSize: Int = 2048, threads: Int = 1
) throws -> ModelObjective<Scalar> {
  let data = try loadDataset("digits", seed: 0)
  let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
  return try ModelObjective(
    MLP(hidden: [8], outputs: 10, activation: .tanh), task: task, rows: Array(task.split.train.prefix(150)),
    chunkSize: chunkSize, threads: threads)
}

private func vector(_ count: Int, _ phase: Double) -> [Double] {
  (0..<count).map { Double(($0 * 7919 + Int(phase * 131)) % 211) / 211 - 0.5 }
}

@Suite struct ModelObjectiveTests {
  @Test func `the gradient agrees with differences of the loss`() throws {
    let objective = try objective(Double.self)
    let point = vector(objective.parameterCount, 1)
    var gradient = point
    let loss = try objective.gradient(at: point, into: &gradient)
    #expect(try abs(objective.loss(at: point) - loss) < 1e-14)
    for i in stride(from: 0, to: point.count, by: 53) {
      var (up, down) = (point, point)
      up[i] += 1e-5
      down[i] -= 1e-5
      #expect(try abs((objective.loss(at: up) - objective.loss(at: down)) / 2e-5 - gradient[i]) < 1e-9)
    }
  }

  @Test func `exact Hessian products agree with differences of gradients and are symmetric`() throws {
    let objective = try objective(Double.self)
    let point = vector(objective.parameterCount, 1)
    let (u, v) = (vector(point.count, 2), vector(point.count, 3))
    var exact = try objective.linearized(at: point)
    var (hu, hv, differences) = (u, v, v)
    try exact.hessianProduct(u, into: &hu)
    try exact.hessianProduct(v, into: &hv)
    var central = try CentralDifferenceLinearization(of: objective, at: point)
    try central.hessianProduct(v, into: &differences)
    #expect(zip(hv, differences).allSatisfy { abs($0 - $1) < 1e-7 })
    let uHv = zip(u, hv).map(*).reduce(0, +)
    let vHu = zip(v, hu).map(*).reduce(0, +)
    #expect(abs(uHv - vHu) < 1e-10 * max(1, abs(uHv)))
    #expect(try abs(exact.loss - objective.loss(at: point)) < 1e-14)
  }

  @Test func `chunks and threads do not change the function`() throws {
    let whole = try objective(Double.self)
    let point = vector(whole.parameterCount, 4)
    var expected = point
    let loss = try whole.gradient(at: point, into: &expected)
    for chunkSize in [1, 64, 150] {
      let chunked = try objective(Double.self, chunkSize: chunkSize, threads: 2)
      var gradient = point
      #expect(try abs(chunked.gradient(at: point, into: &gradient) - loss) < 1e-13)
      #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-14 })
    }
  }

  @Test func `single precision is close to double`() throws {
    let (single, double) = (try objective(Float.self), try objective(Double.self))
    let point = vector(double.parameterCount, 5)
    var (g32, g64) = (point.map(Float.init), point)
    let l32 = try single.gradient(at: point.map(Float.init), into: &g32)
    let l64 = try double.gradient(at: point, into: &g64)
    #expect(abs(l32 - l64) < 1e-6)
    #expect(zip(g32, g64).allSatisfy { abs(Double($0) - $1) < 1e-6 })
  }

  @Test func `a vector of the wrong length is refused`() throws {
    let objective = try objective(Double.self)
    #expect(throws: TaskError.self) { try objective.loss(at: [1, 2, 3]) }
  }
}
