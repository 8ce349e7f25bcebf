import DescentCore
import DescentCurvature
import DescentData
import DescentModels
import DescentTraining
import Foundation
import Testing

private struct CurvatureFixture: Decodable {
  let loss: Double
  let largest: [Double]
  let smallest: [Double]
  let trace: Double
  let gaussNewton: [Double]
  let blocks: [Double]

  static func load() throws -> CurvatureFixture {
    let url = try #require(
      Bundle.module.url(forResource: "curvature", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(CurvatureFixture.self, from: Data(contentsOf: url))
  }
}

/// What `Scripts/fixtures/curvature.py` measures.
private func values(_ count: Int, _ phase: Int) -> [Double] {
  (0..<count).map { Double(($0 * 37 + phase) % 257 - 128) / 128 }
}

private let model = MLP(hidden: [64], outputs: 3, activation: .tanh)
private let parameterCount = 6 * 64 + 64 + 64 * 3 + 3

private func task() throws -> TrainingTask {
  let data = Dataset(
    name: "formula", featureShape: [6], features: .floats(values(240, 11).map { Float($0) }),
    targets: .values(values(120, 53).map { Float($0) }, width: 3))
  return try TrainingTask(data: data, split: .all(of: data), loss: .squared)
}

private func objective<Scalar: EngineScalar>(
  _ type: Scalar.Type, rows: Int = 40, chunkSize: Int? = nil
) throws -> ModelObjective<Scalar> {
  try ModelObjective(model, task: task(), rows: (0..<Int32(rows)).map { $0 }, chunkSize: chunkSize)
}

private func point<Scalar: EngineScalar>(_ type: Scalar.Type) -> [Scalar] {
  values(parameterCount, 5).map { Scalar(0.5 * $0) }
}

/// Against PyTorch's double backward in float64.
@Suite struct ModelCurvatureTests {
  @Test(arguments: [nil, 7])
  func `eigenvalues are PyTorch's`(_ chunkSize: Int?) throws {
    let fixture = try CurvatureFixture.load()
    var hessian = try HessianOperator(objective(Double.self, chunkSize: chunkSize), at: point(Double.self))
    #expect(abs(hessian.loss - fixture.loss) < 1e-12)
    var top = Lanczos<Double>(.init(count: 4, tolerance: 1e-7))
    for (value, right) in zip(try top.solve(&hessian).values, fixture.largest) {
      #expect(abs(value / right - 1) < 1e-10)
    }
    var bottom = Lanczos<Double>(.init(count: 2, end: .smallest, tolerance: 1e-7))
    for (value, right) in zip(try bottom.solve(&hessian).values, fixture.smallest) {
      #expect(abs(value / right - 1) < 1e-10)
    }
  }

  @Test func `single precision agrees to 1e-5`() throws {
    let fixture = try CurvatureFixture.load()
    var hessian = try HessianOperator(objective(Float.self), at: point(Float.self))
    var lanczos = Lanczos<Float>(.init(tolerance: 1e-4))
    let pairs = try lanczos.solve(&hessian)
    #expect(abs(pairs.values[0] / fixture.largest[0] - 1) < 1e-5)
  }

  @Test func `Gauss–Newton eigenvalues are PyTorch's`() throws {
    let fixture = try CurvatureFixture.load()
    for chunkSize in [nil, 7] {
      var matrix = try GaussNewtonOperator(objective(Double.self, chunkSize: chunkSize), at: point(Double.self))
      var lanczos = Lanczos<Double>(.init(count: 3, tolerance: 1e-7))
      let pairs = try lanczos.solve(&matrix)
      for (value, right) in zip(pairs.values, fixture.gaussNewton) { #expect(abs(value / right - 1) < 1e-10) }
    }
  }

  @Test func `blocks of layers and the trace are PyTorch's`() throws {
    let fixture = try CurvatureFixture.load()
    let compiled = try CompiledModel(model, task: task(), batchSize: 40)
    let layers = try LayerCurvature.measure(
      objective(Double.self), at: point(Double.self), layout: compiled.layout, tolerance: 1e-7)
    #expect(layers.map(\.name) == ["layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias"])
    for (layer, right) in zip(layers, fixture.blocks) { #expect(abs(layer.sharpness / right - 1) < 1e-9) }
    var hessian = try HessianOperator(objective(Double.self), at: point(Double.self))
    let trace = try hessian.hutchPlusPlus(products: 600)
    let error = try #require(trace.standardError)
    #expect(abs(trace.value - fixture.trace) < 4 * error)
  }

  @Test func `products by differences of a closure's gradients give the same sharpness`() throws {
    let fixture = try CurvatureFixture.load()
    let exact = try objective(Double.self)
    let closure = ClosureObjective<Double>(parameterCount: exact.parameterCount) { point, gradient in
      try exact.gradient(at: point, into: &gradient)
    }
    var meter = SharpnessMeter<Double>(.init(tolerance: 1e-5))
    let measured = try meter.measure(closure, at: point(Double.self))
    #expect(abs(measured.sharpness / fixture.largest[0] - 1) < 1e-6)
    #expect(measured.warnings.isEmpty)
  }

  @Test func `an objective over part of the training rows says so`() throws {
    var meter = SharpnessMeter<Float>()
    let part = try objective(Float.self, rows: 10)
    #expect(part.facts == ObjectiveFacts(rows: 10, rowsInAll: 40))
    #expect(try meter.measure(part, at: point(Float.self)).warnings == [.miniBatch(rows: 10, of: 40)])
  }

  @Test func `batch normalisation in training mode says so`() throws {
    let normalized = MLP(hidden: [8], outputs: 3, activation: .tanh, normalization: .batch)
    let rows = (0..<40).map { Int32($0) }
    func facts(_ mode: ModelMode) throws -> ObjectiveFacts {
      try ModelObjective<Float>(normalized, task: task(), rows: rows, mode: mode).facts
    }
    #expect(try facts(.training).usesBatchStatistics)
    #expect(try !facts(.evaluation).usesBatchStatistics)
  }

  @Test func `batches are parts of the whole`() throws {
    let task = try task()
    let batches = try ModelBatches<Double>(model, task: task, rows: task.split.train, batchSize: 8, passes: 2)
    let point = point(Double.self)
    #expect(batches.batchCount == 10)
    var (whole, part, sum) = (point, point, [Double](repeating: 0, count: parameterCount))
    let loss = try batches.gradient(at: point, into: &whole)
    var losses = 0.0
    // One pass: each row once.
    for index in 0..<5 {
      losses += try batches.gradient(ofBatch: index, at: point, into: &part) / 5
      for i in sum.indices { sum[i] += part[i] / 5 }
    }
    #expect(abs(losses - loss) < 1e-12)
    #expect(zip(sum, whole).allSatisfy { abs($0 - $1) < 1e-12 })
    // A batch's exact products against differences of its gradients.
    let direction = values(parameterCount, 99)
    var (exact, plus, minus) = (point, point, point)
    var linearization = try batches.linearized(batch: 3, at: point)
    try linearization.hessianProduct(direction, into: &exact)
    _ = try batches.gradient(ofBatch: 3, at: zip(point, direction).map { $0 + 1e-5 * $1 }, into: &plus)
    _ = try batches.gradient(ofBatch: 3, at: zip(point, direction).map { $0 - 1e-5 * $1 }, into: &minus)
    for i in exact.indices { #expect(abs(exact[i] - (plus[i] - minus[i]) / 2e-5) < 1e-6) }
  }
}
