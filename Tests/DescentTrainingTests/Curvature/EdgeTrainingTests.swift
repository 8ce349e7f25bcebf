import DescentCore
import DescentCurvature
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

@Suite struct EdgeTrainingTests {
  private func run(
    _ setup: TrainingSetup, rate: Double, steps: Int, _ timing: EdgeTracker<Float>.Timing, eigenvalues: Int = 1
  ) throws -> EdgeResult {
    let rates = try Schedule(.constant()).resolved(peak: rate, horizon: setup.horizon(steps: steps))
    var training = try EdgeTraining(setup, rates: rates, timing: timing, eigenvalues: eigenvalues)
    return try training.run()
  }

  @Test func `measuring leaves the training as it is`() throws {
    let example = try EdgeExample.classifier()
    var specification = example.specification
    specification.batch = "64"
    let setup = try example.setUp(specification)
    var trainee = try setup.source.makeTrainee(seed: 0, batchOrder: 0)
    let losses = try (0..<60).map { _ in try trainee.step(learningRate: 0.4).loss }
    #expect(try run(setup, rate: 0.4, steps: 60, .every(7)).losses == losses)
    #expect(try run(setup, rate: 0.4, steps: 60, .budget(0.2)).losses == losses)
  }

  @Test func `a specification chooses optimizer, batch, accumulation and clipping of an example`() throws {
    let example = try EdgeExample.classifier()
    var specification = example.specification
    (specification.optimizer, specification.batch, specification.accumulate) = ("adam", "50", 2)
    specification.clipNorm = 1e-3
    let setup = try example.setUp(specification)
    let result = try run(setup, rate: 1e-3, steps: 12, .every(4))
    #expect(result.record.measurements.map(\.step) == [4, 8])
    #expect(result.batchSharpness.isEmpty)
    #expect(abs(result.threshold - 38_000) < 1e-6)
    #expect(result.clippedSteps == 12)
    #expect(result.warnings.contains { $0.contains("clipped in 12 of 12 steps") })
    specification.optimizer = "sgd"
    let plain = try run(try example.setUp(specification), rate: 1e-3, steps: 12, .every(4))
    #expect(plain.batchSharpness.map(\.step) == [0, 4, 8])
    specification.batch = "300"
    #expect(throws: TaskError.self) { try example.setUp(specification) }
  }

  @Test func `as many eigenvalues as asked for, the largest first`() throws {
    let example = try EdgeExample.chebyshev()
    let result = try run(try example.setUp(example.specification), rate: 0.4, steps: 21, .every(10), eigenvalues: 3)
    #expect(result.record.measurements.count == 3)
    for measurement in result.record.measurements {
      #expect(measurement.eigenvalues.count == 3)
      #expect(measurement.eigenvalues == measurement.eigenvalues.sorted(by: >))
    }
  }

  @Test func `divergence ends the training and is an outcome`() throws {
    let example = try EdgeExample.chebyshev()
    let result = try run(try example.setUp(example.specification), rate: 3, steps: 500, .every(1))
    let divergence = try #require(result.divergence)
    #expect(result.losses.count == divergence.step + 1)
    #expect(result.threshold == 2.0 / 3)
  }

  @Test func `dropout and batch normalisation are told`() throws {
    var specification = TrainingSpecification()
    (specification.data, specification.model) = ("blobs", "mlp:16,norm=batch,dropout=0.2")
    specification.optimizer = "sgd"
    specification.batch = "32"
    let setup = try specification.setUp()
    let result = try run(setup, rate: 0.05, steps: 5, .every(5))
    #expect(result.warnings.contains { $0.contains("dropout masks") })
    #expect(result.warnings.contains { $0.contains("Batch normalisation") })
  }
}

@Suite struct CatapultTests {
  @Test func `its phases are those of η·λ₀`() throws {
    let start = try Catapult(seed: 0)
    func path(_ multiple: Double) -> CatapultPath {
      start.path(learningRate: multiple / start.sharpness, steps: 300)
    }
    for multiple in [0.5, 1, 1.9] {
      #expect(path(multiple).phase == .lazy && path(multiple).growth == 1)
      #expect(abs(path(multiple).startMultiple - multiple) < 1e-12)
    }
    for multiple in [2.1, 2.5, 3, 3.5, 3.9] {
      #expect(path(multiple).phase == .catapult && path(multiple).growth > 10 && path(multiple).endMultiple < 2)
    }
    for multiple in [4.1, 4.5] { #expect(path(multiple).phase == .diverges) }
  }

  @Test(arguments: [1.0, 2.1, 3.0, 3.9])
  func `real steps follow it`(_ multiple: Double) throws {
    let rate = try multiple / Catapult(seed: 3).sharpness
    #expect(try Catapult.deviation(seed: 3, learningRate: rate, steps: 60) <= 1e-12)
  }

  @Test func `a step by hand`() {
    var state = Catapult(width: 4, output: 2, sharpness: 3)
    state.step(learningRate: 0.5)
    #expect(state.output == 2 * (1 - 1.5 + 0.25 * 4 / 4))
    #expect(state.sharpness == 3 + 0.5 * 4 / 4 * (1.5 - 4))
  }
}
