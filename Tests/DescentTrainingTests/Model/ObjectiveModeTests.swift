import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Testing

/// A model with both layers that have two faces, and rows for it.
private struct TwoFacedModel: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var model: any Model
  /// Whether it reads windows of text, not pictures.
  var isText = false

  static let mlp = TwoFacedModel(
    testDescription: "mlp",
    model: MLP(hidden: [6, 5], outputs: 10, activation: .tanh, normalization: .batch, dropout: 0.3))
  static let cnn = TwoFacedModel(
    testDescription: "cnn",
    model: CNN(channels: [3], outputs: 10, activation: .geluTanh, normalizes: true, dropout: 0.4))
  static let gpt = TwoFacedModel(
    testDescription: "gpt", model: GPT(vocabulary: 9, layers: 1, width: 8, heads: 2, dropout: 0.2), isText: true)
  static let all = [mlp, cnn, gpt]

  func task(rows: Int = 24) throws -> TrainingTask {
    // Pictures without two equal pixels side by side, so that no maximum under a window has a kink.
    var data = Dataset(
      name: "pictures", featureShape: [6, 6],
      features: .floats((0..<(rows * 36)).map { Float($0 * 7919 % 1009) / 1009 }),
      targets: .classes((0..<Int32(rows)).map { $0 * $0 % 11 % 10 }, names: (0..<10).map(String.init)))
    if isText {
      // Every letter once, then in no simple order.
      let letters = Array("abcdefghi")
      let text = String((0..<(rows * 6 + 1)).map { i in letters[i < 9 ? i : i * i % 31 % 9] })
      data = Dataset(name: "letters", text: try TokenSequence(text), context: 6)
    }
    return try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
  }

  func objective<Scalar: EngineScalar>(
    _ type: Scalar.Type, mode: ModelMode, kept: [Scalar]? = nil, rows: Int = 24, chunkSize: Int? = nil,
    threads: Int = 1, maskSeed: UInt64 = 3
  ) throws -> ModelObjective<Scalar> {
    let task = try task(rows: rows)
    return try ModelObjective(
      model, task: task, rows: task.split.train, mode: mode, kept: kept, maskSeed: maskSeed, chunkSize: chunkSize,
      threads: threads)
  }

  /// Running statistics that are not those it begins with, and all above 0.
  var kept: [Double] {
    get throws {
      let count = try CompiledModel(model, task: task(), batchSize: 2).layout.bufferCount
      return (0..<count).map { 0.3 + Double($0 * 5 % 7) / 7 }
    }
  }
}

/// Every mode for a perceptron; for the others those that both their layers play a part in.
private let modes: [(TwoFacedModel, ModelMode)] = [
  (.mlp, .training), (.mlp, .evaluation), (.mlp, ModelMode(batchStatistics: .running, dropsOut: true)),
  (.mlp, ModelMode(batchStatistics: .batch, dropsOut: false)), (.cnn, .training), (.cnn, .evaluation),
  (.gpt, .training), (.gpt, .evaluation),
]

private func vector(_ count: Int, _ phase: Int) -> [Double] {
  (0..<count).map { Double(($0 * 7919 + phase * 131) % 211) / 211 - 0.5 }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

@Suite struct ObjectiveModeTests {
  @Test(arguments: modes)
  private func `the gradient agrees with differences of the loss in every mode`(
    _ test: TwoFacedModel, _ mode: ModelMode
  ) throws {
    let objective = try test.objective(Double.self, mode: mode, kept: test.kept)
    let point = vector(objective.parameterCount, 1)
    var gradient = point
    let loss = try objective.gradient(at: point, into: &gradient)
    #expect(try abs(objective.loss(at: point) - loss) < 1e-14)
    // Along single parameters of every slice, and along all at once.
    let directions =
      stride(from: 0, to: point.count, by: max(1, point.count / 17)).map { i in
        point.indices.map { $0 == i ? 1.0 : 0 }
      } + [vector(point.count, 2)]
    for direction in directions {
      let ends = try [1e-5, -1e-5].map { h in try objective.loss(at: zip(point, direction).map { $0 + h * $1 }) }
      #expect(abs((ends[0] - ends[1]) / 2e-5 - dot(gradient, direction)) < 2e-8)
    }
  }

  @Test(arguments: modes)
  private func `Hessian products are symmetric and differences of gradients in every mode`(
    _ test: TwoFacedModel, _ mode: ModelMode
  ) throws {
    let objective = try test.objective(Double.self, mode: mode, kept: test.kept)
    let point = vector(objective.parameterCount, 1)
    let (u, v) = (vector(point.count, 2), vector(point.count, 3))
    var exact = try objective.linearized(at: point)
    var (hu, hv, differences) = (u, v, v)
    try exact.hessianProduct(u, into: &hu)
    try exact.hessianProduct(v, into: &hv)
    let (uHv, vHu) = (dot(u, hv), dot(v, hu))
    #expect(abs(uHv - vHu) < 1e-11 * max(1, abs(uHv)))
    var central = try CentralDifferenceLinearization(of: objective, at: point)
    try central.hessianProduct(v, into: &differences)
    let size = hv.reduce(0) { max($0, abs($1)) }
    #expect(zip(hv, differences).allSatisfy { abs($0 - $1) < 2e-7 * max(1, size) } && size > 0.01)
    #expect(try abs(exact.loss - objective.loss(at: point)) < 1e-14)
  }

  @Test(arguments: TwoFacedModel.all)
  private func `with frozen masks it is a function: the same bits at every call, other masks for another seed`(
    _ test: TwoFacedModel
  ) throws {
    func numbers(_ objective: ModelObjective<Float>) throws -> [[Float]] {
      let point = vector(objective.parameterCount, 1).map(Float.init)
      var (gradient, product) = (point, point)
      let loss = try objective.gradient(at: point, into: &gradient)
      let direct = try objective.loss(at: point)
      var linearization = try objective.linearized(at: point)
      try linearization.hessianProduct(gradient, into: &product)
      return [[Float(loss), Float(direct), Float(linearization.loss)], gradient, product]
    }
    let objective = try test.objective(Float.self, mode: .training, chunkSize: 5)
    let first = try numbers(objective)
    #expect(first[0][0] == first[0][1] && first[0][0] == first[0][2])
    #expect(try numbers(objective) == first)
    #expect(try numbers(test.objective(Float.self, mode: .training, chunkSize: 5, threads: 2)) == first)
    #expect(try numbers(test.objective(Float.self, mode: .training, chunkSize: 5, maskSeed: 4))[0] != first[0])
  }

  @Test(arguments: TwoFacedModel.all)
  private func `where rows are independent the size of chunks changes the loss by rounding only`(
    _ test: TwoFacedModel
  ) throws {
    let kept = try test.kept
    let whole = try test.objective(Double.self, mode: .evaluation, kept: kept)
    let point = vector(whole.parameterCount, 4)
    var expected = point
    let loss = try whole.gradient(at: point, into: &expected)
    for chunkSize in [1, 5, 24] {
      let chunked = try test.objective(Double.self, mode: .evaluation, kept: kept, chunkSize: chunkSize, threads: 2)
      var gradient = point
      #expect(try abs(chunked.gradient(at: point, into: &gradient) - loss) < 1e-13)
      #expect(zip(gradient, expected).allSatisfy { abs($0 - $1) < 1e-13 })
    }
    // With statistics of the batch a chunk is a batch.
    guard !test.isText else { return }
    let batches = try [24, 12].map {
      try test.objective(Double.self, mode: ModelMode(batchStatistics: .batch, dropsOut: false), chunkSize: $0).loss(
        at: point)
    }
    #expect(abs(batches[0] - batches[1]) > 1e-6)
  }

  @Test func `its conditions say what is frozen and whose statistics are used`() throws {
    func conditions(
      _ test: TwoFacedModel, _ mode: ModelMode, chunkSize: Int? = nil
    ) throws -> [String] { try test.objective(Double.self, mode: mode, chunkSize: chunkSize).conditions }
    let masks = "dropout masks frozen"
    let all = "batch normalisation with the statistics of all 24 rows"
    let running = "batch normalisation with running statistics"
    #expect(try conditions(.mlp, .training) == [masks, all])
    #expect(
      try conditions(.mlp, .training, chunkSize: 12) == [
        masks, "batch normalisation with the statistics of each 12 rows",
      ])
    #expect(try conditions(.cnn, .evaluation) == [running])
    #expect(try conditions(.cnn, ModelMode(batchStatistics: .running, dropsOut: true)) == [masks, running])
    #expect(try conditions(.gpt, .training) == [masks])
    #expect(try conditions(.gpt, .evaluation) == [])
  }

  @Test func `values to keep of another number are refused`() throws {
    let error = #expect(throws: TaskError.self) {
      try TwoFacedModel.mlp.objective(Double.self, mode: .evaluation, kept: [1, 2, 3])
    }
    #expect(error?.description == "The model keeps 22 values besides its parameters, not 3.")
  }

  @Test(arguments: TwoFacedModel.all)
  private func `in evaluation mode, with what training kept, it is the loss that evaluation measures`(
    _ test: TwoFacedModel
  ) throws {
    let model = try CompiledModel(test.model, task: test.task(), batchSize: 12)
    var trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: "adam")).makeTrainee(seed: 0, batchOrder: 0)
    for _ in 0..<6 { _ = try trainee.step(learningRate: 0.02) }
    let kept = Array(trainee.wholeState[model.layout.trainableCount...])
    let objective = try test.objective(Float.self, mode: .evaluation, kept: kept, chunkSize: 7)
    let loss = try objective.loss(at: trainee.parameters)
    #expect(try abs(loss - trainee.evaluate(on: .train).loss) < 1e-6)
    guard !kept.isEmpty else { return }
    let fresh = try test.objective(Float.self, mode: .evaluation)
    #expect(try abs(fresh.loss(at: trainee.parameters) - loss) > 1e-3)
  }

  @Test(arguments: TwoFacedModel.all)
  private func `it agrees with a training step on the same rows, masks and statistics`(_ test: TwoFacedModel) throws {
    let task = try test.task()
    let model = try CompiledModel(test.model, task: task, batchSize: 24)
    var trainee = try ModelSource(model, optimizer: OptimizerSpec(parsing: "sgd")).makeTrainee(seed: 3, batchOrder: 0)
    let point = trainee.parameters
    let report = try trainee.step(learningRate: 1)
    // The first batch's masks follow from the seed and 0, as those of the objective's first chunk.
    let objective = try test.objective(Double.self, mode: .training, chunkSize: 24, maskSeed: 3)
    let start = point.map { Double($0) }
    var gradient = start
    let loss = try objective.gradient(at: start, into: &gradient)
    #expect(abs(loss - report.loss) < 2e-6)
    #expect(abs(dot(gradient, gradient).squareRoot() - (report.gradientNorm ?? 0)) < 1e-5)
    let moves = zip(point, trainee.parameters).map { Double($0) - Double($1) }
    #expect(zip(moves, gradient).allSatisfy { abs($0 - $1) < 2e-6 })
    // Other masks give another loss.
    let other = try test.objective(Double.self, mode: .training, chunkSize: 24, maskSeed: 4)
    #expect(try abs(other.loss(at: start) - report.loss) > 1e-4)
  }
}
