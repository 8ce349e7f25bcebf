import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

struct PlanTrainingTests {
  private func moons(_ plan: String?, optimizer: String = "adamw", steps: Int = 30) throws -> RunSpecification {
    var specification = RunSpecification()
    specification.training.data = "moons"
    specification.training.model = "mlp:8-8"
    specification.training.optimizer = optimizer
    specification.schedule = try Schedule(parsing: "warmup 10% -> cosine")
    specification.rate = 0.02
    specification.steps = steps
    specification.plan = try plan.map(Plan.init(parsing:))
    return specification
  }

  private func run(_ specification: RunSpecification) throws -> (memory: RunMemory, trainee: ModelTrainee) {
    var trainer = try TrainingSession(specification).trainer()
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    return (memory, trainer.trainee)
  }

  @Test func `a plan that says what holds anyway changes no bit`() throws {
    let plain = try run(moons(nil))
    let same = try run(moons("rate x1; weightDecay = 0.01; beta1 = 0.9"))
    #expect(same.trainee.parameters == plain.trainee.parameters)
    #expect(same.memory.rows == plain.memory.rows)
    let other = try run(moons("weightDecay = 0.5"))
    #expect(other.trainee.parameters != plain.trainee.parameters)
  }

  @Test func `each group moves at its own rate, and a rate of 0 keeps it where it was`() throws {
    let specification = try moons("layer0.* rate x0; layer2.bias rate: 0.5: linear to 0")
    let session = try TrainingSession(specification)
    let start = try session.trainer().trainee.parameters
    let (memory, trainee) = try run(specification)
    for slice in session.setup.compiled.layout.trainable {
      let moved = trainee.parameters[slice.range] != start[slice.range]
      #expect(moved == !slice.name.hasPrefix("layer0."), "\(slice.name)")
    }
    let schedule = try specification.schedule.resolved(peak: 0.02, horizon: Horizon(steps: 30))
    for row in memory.rows {
      #expect(row["lr"] == schedule.rate(at: row.step))
      #expect(row["lr/layer0.*"] == 0)
      #expect(row["lr/layer2.bias"] == 0.5 * (1 - Double(row.step) / 30))
    }
  }

  @Test func `weight decay spares the vectors, as a plain loop over two optimizers has it`() throws {
    // With no gradient but the decay's own, a rate of 0.1 and a decay of 0.5 leave 0.95 of the weights after a step.
    var optimizer = try Optimizer<Double>(
      OptimizerSpec(parsing: "adamw"), parameterCount: 6,
      groups: PlannedSteps(
        Plan(parsing: "weightDecay = 0.5; [ndim<2] weightDecay = 0").resolved(
          [PlanParameter("a.weight", shape: [2, 2]), PlanParameter("a.bias", shape: [2])], horizon: Horizon(steps: 1),
          peak: 0.1)
      ).parameterGroups(layout))
    var p = [Double](repeating: 1, count: 6)
    try optimizer.step(parameters: &p, gradient: [0, 0, 0, 0, 0, 0], request: StepRequest(learningRate: 0.1))
    #expect(p == [0.95, 0.95, 0.95, 0.95, 1, 1])
  }

  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.addTrainable("a.weight", shape: [2, 2])
    layout.addTrainable("a.bias", shape: [2])
    return layout
  }

  @Test(arguments: [
    ("adamw", "rate depth x0.7; [ndim<2] weightDecay = 0; weightDecay ~ rate; beta1 inverse 0.95..0.85"),
    ("sgd", "momentum inverse 0.95..0.5; layer1.* rate: 0.1: linear to 0; rate batch linear 64"),
  ])
  func `a run with a plan resumes bit for bit`(optimizer: String, plan: String) throws {
    let specification = try moons(plan, optimizer: optimizer, steps: 40)
    let session = try TrainingSession(specification)
    var whole = try session.trainer()
    var wholeMemory = RunMemory()
    _ = try whole.run(into: &wholeMemory)

    var first = try session.trainer()
    var memory = RunMemory()
    var asked = 0
    _ = try first.run(
      into: &memory,
      shouldStop: {
        asked += 1
        return asked > 17
      })
    #expect(first.position == 17)
    var second = try session.trainer(RunDescription(id: "", createdAt: ""), from: memory.lastCheckpoint)
    _ = try second.run(into: &memory)
    #expect(second.trainee.parameters == whole.trainee.parameters)
    #expect(memory.rows.map { $0["loss"] } == wholeMemory.rows.map { $0["loss"] })
    #expect(memory.rows.map { $0["lr"] } == wholeMemory.rows.map { $0["lr"] })
  }

  @Test func `a backoff halves every group's rate`() throws {
    var specification = try moons("layer0.* rate x10", optimizer: "sgd", steps: 60)
    specification.schedule = Schedule(.constant())
    specification.rate = 1e4
    specification.onDivergence = .backoff
    let (memory, _) = try run(specification)
    let last = try #require(memory.rows.last)
    let rate = try #require(last["lr"])
    #expect(rate < 1e4)
    #expect(last["lr/layer0.*"] == 10 * rate)
  }

  @Test func `a specification with a plan reads back, and a default rate is used only where it is needed`() throws {
    var specification = try moons("rate = 0.1; [ndim<2] weightDecay = 0")
    #expect(try RunSpecification(dictionary: specification.dictionary) == specification)
    #expect(throws: ScheduleError.self) { try TrainingSession(specification) }
    specification.rate = nil
    #expect(try TrainingSession(specification).defaultRate == nil)
    specification.plan = try Plan(parsing: "[ndim<2] rate = 0.1")
    let session = try TrainingSession(specification)
    #expect(session.defaultRate == 1e-3)
    #expect(try TrainingSession(session.specification).specification == session.specification)
  }

  @Test func `a setting the optimizer lacks is refused before anything is trained`() throws {
    let error = #expect(throws: ScheduleError.self) { try TrainingSession(moons("momentum = 0.9")) }
    #expect(error?.description.contains("has no hyper-parameter \"momentum\"") == true)
    // In range for a plan, not for the rule.
    #expect(throws: OptimizerError.self) { try TrainingSession(moons("beta1 = 1")) }
  }
}
