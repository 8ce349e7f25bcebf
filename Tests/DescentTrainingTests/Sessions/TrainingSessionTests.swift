import DescentCore
import DescentData
import DescentSchedules
import DescentTraining
import Testing

struct TrainingSessionTests {
  private func small() -> RunSpecification {
    var specification = RunSpecification()
    specification.training.data = "moons"
    specification.training.model = "mlp:8"
    specification.rate = 0.02
    specification.steps = 40
    return specification
  }

  @Test func `A specification reads back from its dictionary`() throws {
    var specification = small()
    specification.schedule = try Schedule(parsing: "warmup 5% -> cosine")
    specification.onDivergence = .backoff
    specification.training.loss = "squared"
    specification.training.splitSeed = 9
    #expect(try RunSpecification(dictionary: specification.dictionary) == specification)
  }

  @Test func `What was left open is filled in, and gives the same session again`() throws {
    var specification = small()
    specification.rate = nil
    specification.steps = nil
    specification.epochs = 2
    let session = try TrainingSession(specification)
    #expect(session.defaultRate == 1e-3)
    #expect(session.specification.rate == 1e-3)
    #expect(session.specification.training.model == "mlp:2-8-2")
    #expect(session.plan.steps == 2 * session.setup.stepsPerEpoch)
    let again = try TrainingSession(session.specification)
    #expect(again.specification == session.specification)
    #expect(again.defaultRate == nil)
  }

  @Test func `A schedule's own peak needs no rate`() throws {
    var specification = small()
    specification.schedule = try Schedule(parsing: "0.5: linear to 0")
    #expect(throws: ScheduleError.self) { try TrainingSession(specification) }
    specification.rate = nil
    #expect(try TrainingSession(specification).plan.schedule.rate(at: 0) == 0.5)
  }

  @Test func `A checkpoint's evaluation is that of the run`() throws {
    let session = try TrainingSession(small())
    var trainer = try session.trainer()
    var memory = RunMemory()
    let result = try trainer.run(into: &memory)
    let checkpoint = try #require(memory.lastCheckpoint)
    let scores = try CheckpointEvaluation(of: checkpoint, specification: session.specification.training)
    #expect(scores.test == result.test && scores.train == result.train)
    #expect(scores.parameterHash == parameterHash(trainer.trainee.parameters))
    // All 1000 rows of the set, at another noise, by what the checkpoint keeps.
    let other = try CheckpointEvaluation(
      of: checkpoint, specification: session.specification.training, data: "moons(noise: 0)")
    #expect(other.train == nil)
    #expect((other.test?.rows ?? 0) > result.test?.rows ?? 0)
  }

  @Test func `Facts of the data survive the checkpoint, and other data is refused`() throws {
    let session = try TrainingSession(small())
    let checkpoint = try session.trainer().checkpoint()
    #expect(DataFacts(checkpoint) == DataFacts(session.setup.task))
    var other = small()
    other.training.data = "blobs"
    let error = #expect(throws: TrainingError.self) {
      try TrainingSession(other).trainer(RunDescription(id: "", createdAt: ""), from: checkpoint)
    }
    #expect(error?.code == .checkpoint)
    #expect(throws: TaskError.self) {
      try CheckpointEvaluation(of: checkpoint, specification: session.specification.training, data: "digits")
    }
  }
}
