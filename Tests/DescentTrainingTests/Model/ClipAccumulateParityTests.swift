import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Foundation
import Testing

/// Accumulated, clipped and averaged training beside PyTorch's (Scripts/fixtures/clip_accumulate.py).
@Suite struct ClipAccumulateParityTests {
  struct Fixture: Decodable {
    struct Inputs: Decodable { var values: [Float] }
    struct Average: Decodable {
      var kind: String
      var decay: Double?
      var from: Int

      var averaging: ParameterAveraging {
        decay.map { .exponential(decay: $0, start: from - 1) } ?? .mean(start: from - 1)
      }
    }
    struct Case: Decodable, CustomTestStringConvertible {
      var name: String
      var optimizer: String
      var rate: Double
      var batches: [[Int32]]
      var clipNorm: Double?
      var clipValue: Double?
      var average: Average?
      var losses: [Double]
      var norms: [Double]
      var final: [Double]
      var averaged: [Double]?
      var testDescription: String { name }

      var clipping: GradientClipping? { clipNorm.map { .norm($0) } ?? clipValue.map { .value($0) } }
    }
    var widths: [Int]
    var inputs: Inputs
    var labels: [Int32]
    var start: [Double]
    var cases: [Case]

    static let read: Fixture? = Bundle.module.url(
      forResource: "clip-accumulate", withExtension: "json", subdirectory: "Fixtures"
    ).flatMap { try? JSONDecoder().decode(Fixture.self, from: Data(contentsOf: $0)) }

    var model: MLP { MLP(hidden: Array(widths.dropFirst().dropLast()), outputs: widths.last ?? 0) }

    func task() throws -> TrainingTask {
      let data = Dataset(
        name: "fixture", featureShape: [widths[0]], features: .floats(inputs.values),
        targets: .classes(labels, names: (0..<(widths.last ?? 0)).map(String.init)))
      return try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
    }
  }

  private func worst(_ found: some Sequence<Double>, _ expected: some Sequence<Double>) -> Double {
    zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
  }

  @Test func `the fixture is there`() { #expect(Fixture.read?.cases.count == 14) }

  /// Gradients of the batches added up, one optimizer step with their number.
  private func checkOptimizer<Scalar: EngineScalar & UpdateScalar>(
    _ test: Fixture.Case, as type: Scalar.Type, within limit: Double
  ) throws {
    let fixture = try #require(Fixture.read)
    let task = try fixture.task()
    let objectives = try test.batches.map {
      try ModelObjective<Scalar>(fixture.model, task: task, rows: Array($0[0]..<$0[1]))
    }
    var p = fixture.start.map { Scalar($0) }
    var average = p
    var part = p
    var optimizer = Optimizer<Scalar>(try OptimizerSpec(parsing: test.optimizer), parameterCount: p.count)
    var losses: [Double] = []
    var norms: [Double] = []
    for step in test.losses.indices {
      var sum = [Scalar](repeating: 0, count: p.count)
      var loss = 0.0
      for objective in objectives {
        loss += try objective.gradient(at: p, into: &part)
        for i in sum.indices { sum[i] += part[i] }
      }
      var pass = UpdatePass<Scalar>(gradientScale: 1 / Double(objectives.count), clipping: test.clipping)
      let sums = try average.withUnsafeMutableBufferPointer { average in
        let weight = test.average?.averaging.weight(afterStep: step)
        if weight == 1 { average.update(repeating: 0) }
        if let weight, let base = average.baseAddress { pass.average = .init(values: base, weight: weight) }
        return try optimizer.step(
          parameters: &p, gradient: sum, request: StepRequest(learningRate: test.rate), pass: pass)
      }
      losses.append(loss / Double(objectives.count))
      norms.append(sums.gradientNorm)
      let bites = test.norms[step] > test.clipNorm ?? .infinity
      if test.clipNorm != nil { #expect((sums.clipFactor ?? 1 < 1) == bites, "step \(step)") }
    }
    #expect(worst(losses, test.losses) <= limit)
    #expect(worst(norms, test.norms) <= limit)
    #expect(worst(p.map { Double($0) }, test.final) <= limit)
    if let expected = test.averaged { #expect(worst(average.map { Double($0) }, expected) <= limit) }
  }

  @Test(arguments: Fixture.read?.cases ?? [])
  func `Double follows PyTorch to what Float inputs allow`(_ test: Fixture.Case) throws {
    try checkOptimizer(test, as: Double.self, within: 2e-7)
  }

  @Test(arguments: Fixture.read?.cases ?? [])
  func `Float follows PyTorch`(_ test: Fixture.Case) throws { try checkOptimizer(test, as: Float.self, within: 1e-6) }

  /// The cases whose batches are equally long, as a trainee makes them: rows in their own order.
  @Test(arguments: (Fixture.read?.cases ?? []).filter { Set($0.batches.map { $0[1] - $0[0] }).count == 1 })
  func `a trainee follows PyTorch`(_ test: Fixture.Case) throws {
    let fixture = try #require(Fixture.read)
    let task = try fixture.task()
    let size = Int(test.batches[0][1] - test.batches[0][0])
    var source = try ModelSource(
      CompiledModel(fixture.model, task: task, batchSize: size), optimizer: OptimizerSpec(parsing: test.optimizer))
    source.accumulation = test.batches.count
    source.clipping = test.clipping
    source.averaging = test.average?.averaging
    var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    trainee.parameters = fixture.start.map { Float($0) }
    let reports = try test.losses.map { _ in try trainee.step(learningRate: test.rate) }
    #expect(worst(reports.map(\.loss), test.losses) <= 1e-6)
    #expect(worst(reports.compactMap(\.gradientNorm), test.norms) <= 1e-6)
    #expect(worst(trainee.parameters.map { Double($0) }, test.final) <= 1e-6)
    #expect(trainee.hasAverage == (test.averaged != nil))
    if let expected = test.averaged {
      #expect(worst(try #require(trainee.averagedParameters).map { Double($0) }, expected) <= 1e-6)
    }
  }
}
