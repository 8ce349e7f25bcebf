import DescentCore
import DescentSchedules
import DescentTraining
import Testing

/// Controllers that are asked between the gradient and the update, with a built-in model.
@Suite struct GradientControllerTests {
  private func moons(_ controller: String?, optimizer: String = "sgd") throws -> RunSpecification {
    var specification = RunSpecification()
    specification.training.data = "moons"
    specification.training.model = "mlp:8"
    specification.training.optimizer = optimizer
    specification.rate = 0.05
    specification.steps = 40
    specification.controller = try controller.map(Controller.init(parsing:))
    return specification
  }

  private func run(_ specification: RunSpecification) throws -> (memory: RunMemory, parameters: [Float]) {
    var trainer = try TrainingSession(specification).trainer()
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    return (memory, trainer.trainee.parameters)
  }

  @Test func `a hypergradient of 0 changes no bit of the run`() throws {
    let plain = try run(moons(nil, optimizer: "adam"))
    let still = try run(moons("hypergradient(beta: 0)", optimizer: "adam"))
    #expect(still.parameters == plain.parameters)
    #expect(still.memory.rows.map { $0["lr"] } == plain.memory.rows.map { $0["lr"] })
  }

  @Test func `the gradients that are told are those of the updates`() throws {
    var specification = try moons(nil)
    specification.training.accumulate = 2
    let trainee = try TrainingSession(specification).trainer().trainee
    var (before, previous) = (trainee.parameters, nil as [Double]?)
    for _ in 0..<6 {
      var told: GradientFacts?
      let report = try trainee.step { facts in
        told = facts
        return StepRequest(learningRate: 0.5)
      }
      let facts = try #require(told)
      let after = trainee.parameters
      let gradient = zip(before, after).map { (Double($0) - Double($1)) / 0.5 }
      let squared = gradient.reduce(0) { $0 + $1 * $1 }
      #expect(abs(facts.squaredNorm / squared - 1) < 1e-4)
      #expect(abs(facts.squaredNorm.squareRoot() / (report.gradientNorm ?? 0) - 1) < 1e-5)
      let dot = previous.map { zip($0, gradient).reduce(0) { $0 + $1.0 * $1.1 } }
      #expect((facts.dotWithPrevious == nil) == (dot == nil))
      if let dot, let told = facts.dotWithPrevious { #expect(abs(told - dot) < 1e-4 * squared) }
      #expect(report.loss == facts.loss && report.gradientDot == facts.dotWithPrevious)
      (before, previous) = (after, gradient)
    }
  }

  @Test(arguments: [
    "hypergradient(beta: 0.001)", "hypergradient(form: multiplicative, beta: 0.05)", "polyak(max: 30, c: 0.5)",
    "plateau(patience: 0, factor: 0.5, watch: loss)",
  ])
  func `resumed from any step it gives the same numbers`(text: String) throws {
    let session = try TrainingSession(try moons(text))
    let whole = try run(moons(text))
    #expect(Set(whole.memory.rows.map { $0["lr"] }).count > 2)
    for stop in [0, 1, 7, 23, 39] {
      var first = try session.trainer()
      var memory = RunMemory()
      var asked = 0
      _ = try first.run(
        into: &memory,
        shouldStop: {
          asked += 1
          return asked > stop
        })
      var second = try session.trainer(RunDescription(id: "", createdAt: ""), from: memory.lastCheckpoint)
      _ = try second.run(into: &memory)
      #expect(memory.rows == whole.memory.rows, "stopped after \(stop)")
      #expect(second.trainee.parameters == whole.parameters, "stopped after \(stop)")
    }
  }

  @Test func `a rewind takes the controller back with it`() throws {
    var specification = try moons("hypergradient(beta: 0.001)")
    specification.rate = 1e6
    specification.onDivergence = .backoff
    let (memory, _) = try run(specification)
    let changes = memory.events.filter { $0.kind == "change" && $0.message.contains("back to step") }
    #expect(!changes.isEmpty)
    #expect(memory.rows.last?.step == 39)
  }

  @Test func `Polyak's step has a peak of 1 where none is given`() throws {
    var specification = try moons("polyak")
    specification.rate = nil
    #expect(try TrainingSession(specification).defaultRate == 1)
  }

  @Test func `a specification with a controller reads back from its dictionary`() throws {
    let specification = try moons("greedy(patience: 3, watch: loss)")
    #expect(try RunSpecification(dictionary: specification.dictionary) == specification)
  }
}
