import DescentCore
import DescentOptimizers
import DescentTraining
import Testing

struct HealthMeterTests {
  private func session(_ change: (inout RunSpecification) -> Void = { _ in }) throws -> TrainingSession {
    var specification = RunSpecification()
    specification.training.model = "mlp:16-12"
    specification.training.optimizer = "sgd"
    specification.rate = 0.1
    specification.steps = 130
    change(&specification)
    return try TrainingSession(specification)
  }

  @Test func `Every twentieth step has the update before and its product with the gradient`() throws {
    var trainer = try session().trainer()
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    let measured = memory.rows.filter { $0["updateNorm"] != nil }
    #expect(measured.map(\.step) == [7, 27, 47, 67, 87, 107, 127])
    for row in measured {
      // Plain SGD: ‖Δθ‖ = η‖g‖ of the step before.
      let before = try #require(memory.rows[row.step - 1]["gradNorm"])
      let norm = try #require(row["updateNorm"])
      #expect(abs(norm / (0.1 * before) - 1) < 1e-3)
      let dot = try #require(row["updateDot"])
      #expect(abs(dot) <= norm * (row["gradNorm"] ?? 0) * 1.0001)
      #expect(row["gradNormFirst"] != nil && row["gradNormLast"] != nil && row["paramNorm"] != nil)
    }
  }

  @Test func `The product is that of the gradients where the update is one`() throws {
    let source = try session().setup.source
    let trainee = try source.makeTrainee(seed: 3, batchOrder: 3)
    for _ in 0..<6 { _ = try trainee.step(StepRequest(learningRate: 0.1)) }
    let before = trainee.parameters
    _ = try trainee.step(StepRequest(learningRate: 0.1))
    let after = trainee.parameters
    // A step at a rate of almost 0 leaves (θ − θ')/η, the gradient.
    let rate = 1e-2
    let report = try trainee.step(StepRequest(learningRate: rate))
    let end = trainee.parameters
    var dot = 0.0
    for i in before.indices {
      dot += Double(after[i] - before[i]) * Double(after[i] - end[i]) / rate
    }
    let measured = try #require(report.health?.updateDot)
    #expect(abs(measured - dot) < 2e-3 * abs(dot) + 1e-6)
  }

  @Test func `Units that are switched off are silent, the others are not`() throws {
    let source = try session().setup.source
    let trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    let bias = try #require(source.model.layout.trainable.first { $0.shape == [16] })
    var parameters = trainee.parameters
    for index in bias.range.prefix(8) { parameters[index] = -100 }
    trainee.parameters = parameters
    var last: StepHealth?
    for _ in 0..<130 { last = try trainee.step(StepRequest(learningRate: 0.01)).health ?? last }
    let share = try #require(last?.silentUnits)
    #expect(share >= 0.5 && share < 0.8)
  }

  @Test func `A run resumed between the two steps of a measurement measures the same`() throws {
    let session = try session()
    var whole = try session.trainer()
    var memory = RunMemory()
    _ = try whole.run(into: &memory)
    var first = try session.trainer()
    var part = RunMemory()
    var made = 0
    _ = try first.run(into: &part, observe: { _ in made += 1 }, shouldStop: { made == 47 })
    var second = try session.trainer()
    try second.resume(from: try #require(part.lastCheckpoint))
    var rest = RunMemory()
    _ = try second.run(into: &rest)
    #expect(part.rows.count == 47 && rest.rows.first?.step == 47)
    #expect(part.rows + rest.rows == memory.rows)
  }

  @Test func `Of a large model the update before is estimated from a sample`() throws {
    let source = try session { $0.training.model = "mlp:256-128" }.setup.source
    let trainee = try source.makeTrainee(seed: 1, batchOrder: 1)
    for _ in 0..<6 { _ = try trainee.step(StepRequest(learningRate: 0.1)) }
    let before = try trainee.step(StepRequest(learningRate: 0.1))
    let report = try trainee.step(StepRequest(learningRate: 0.1))
    #expect(trainee.parameters.count > 40_000)
    let exact = 0.1 * (try #require(before.gradientNorm))
    let measured = try #require(report.health?.updateNorm)
    // Six of seven blocks are not looked at.
    #expect(abs(measured / exact - 1) < 0.25 && measured != exact)
  }
}
