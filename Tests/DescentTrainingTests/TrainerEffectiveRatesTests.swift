import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

/// Tells its weights' magnitudes as what the gradient is multiplied by: any numbers that follow from its state will do.
extension Line: ReportsEffectiveRates {
  func effectiveRateReport(_ request: StepRequest) -> EffectiveRateReport? {
    let quantiles = EffectiveRate.Quantiles(of: theta.map(abs))
    return EffectiveRateReport(
      requested: request.learningRate, overall: quantiles,
      tensors: [
        EffectiveRate(
          tensor: "theta", shape: [3], requested: request.learningRate, quantiles: quantiles,
          factors: [RateFactor("a", 2), RateFactor("a", 3)])
      ])
  }
}

@Suite struct TrainerEffectiveRatesTests {
  private func plan(
    _ spec: String = "0.2: warmup 5 -> cosine", steps: Int = 40, every: Int?, on policy: DivergencePolicy = .stop
  ) throws -> TrainingPlan {
    try TrainingPlan(
      schedule: Schedule(parsing: spec).resolved(horizon: Horizon(steps: steps)), steps: steps, checkpoints: .atEnd,
      onDivergence: policy, rewindEvery: 8, effectiveRatesEvery: every)
  }

  @Test func `they are recorded at the first step and every so many, for all tensors and each`() throws {
    let plan = try plan(every: 7)
    var trainer = Trainer(Line(), plan: plan)
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    #expect(memory.effectiveRates.map(\.step) == [0, 0, 7, 7, 14, 14, 21, 21, 28, 28, 35, 35])
    #expect(memory.effectiveRates.map(\.tensor).prefix(4) == ["*", "theta", "*", "theta"])
    #expect(memory.effectiveRates.allSatisfy { $0.requested == plan.rate(at: $0.step) })
    // Rules inside one another may name a factor alike.
    #expect(memory.effectiveRates[1].factors == ["a": 6])
    #expect(memory.effectiveRates[2].minimum < memory.effectiveRates[2].maximum)
  }

  @Test func `without being asked for there are none, and the training is the same`() throws {
    var (with, without) = (Trainer(Line(), plan: try plan(every: 1)), Trainer(Line(), plan: try plan(every: nil)))
    var (first, second) = (RunMemory(), RunMemory())
    _ = try with.run(into: &first)
    _ = try without.run(into: &second)
    #expect(first.effectiveRates.count == 80 && second.effectiveRates.isEmpty)
    #expect(bits(first.rows) == bits(second.rows))
    #expect(try with.checkpoint() == without.checkpoint())
  }

  @Test(arguments: [1, 7, 14, 23])
  func `a run resumed tells what the whole one tells`(stop: Int) throws {
    let plan = try plan(every: 7)
    var (whole, first, second) = (
      Trainer(Line(), plan: plan), Trainer(Line(), plan: plan), Trainer(Line(), plan: plan)
    )
    var (expected, memory) = (RunMemory(), RunMemory())
    _ = try whole.run(into: &expected)
    var asked = 0
    _ = try first.run(
      into: &memory,
      shouldStop: {
        asked += 1
        return asked > stop
      })
    try second.resume(from: try #require(memory.lastCheckpoint))
    _ = try second.run(into: &memory)
    #expect(memory.effectiveRates == expected.effectiveRates)
  }

  @Test func `rates that could not be kept are kept first when the run goes on`() throws {
    let plan = try plan(every: 5)
    var whole = Trainer(Line(), plan: plan)
    var expected = RunMemory()
    _ = try whole.run(into: &expected)
    var trainer = Trainer(Line(), plan: plan)
    var sink = FullDisk(room: 3)
    #expect(throws: TrainingError.self) { try trainer.run(into: &sink) }
    #expect(trainer.position == 16)
    sink.room = .max
    _ = try trainer.run(into: &sink)
    #expect(sink.rates == expected.effectiveRates)
  }

  @Test func `an interval out of range is refused`() {
    #expect(throws: TrainingError.self) { try plan(every: 0) }
  }

  @Test func `the interval follows from the run's length unless given, and stands in the specification`() throws {
    var specification = RunSpecification()
    specification.training.model = "mlp:4"
    specification.steps = 1000
    specification.effectiveRates = .automatic
    let session = try TrainingSession(specification)
    #expect(session.plan.effectiveRatesEvery == 5)
    #expect(session.specification.dictionary["effective-rates-every"] == "5")
    let read = try RunSpecification(dictionary: session.specification.dictionary)
    #expect(read.effectiveRates == .steps(5))
    specification.steps = 30
    #expect(try TrainingSession(specification).plan.effectiveRatesEvery == 1)
    #expect(RunSpecification().dictionary["effective-rates-every"] == nil)
  }

  @Test func `a model in training tells every tensor`() throws {
    var specification = RunSpecification()
    specification.training.model = "mlp:4"
    specification.training.optimizer = "sgd(momentum: 0.5)"
    specification.rate = 0.1
    specification.steps = 3
    specification.effectiveRates = .steps(1)
    var trainer = try TrainingSession(specification).trainer()
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    let overall = memory.effectiveRates.filter { $0.tensor == "*" }
    #expect(overall.count == 3)
    for (row, expected) in zip(overall, [0.1, 0.15, 0.175]) {
      #expect(abs(row.median - expected) < 1e-12 && abs(row.minimum - expected) < 1e-12)
    }
    #expect(Set(memory.effectiveRates.map(\.tensor)).count == 5)
    #expect(memory.effectiveRates[1].factors == ["momentum": 1])
  }
}

/// Takes some records of rates before the disk is full.
private struct FullDisk: RunSink, CheckpointSink {
  struct Full: Error {}
  var rates: [EffectiveRateRow] = []
  var room: Int

  mutating func record(_ row: MetricRow) {}
  mutating func record(_ event: RunEvent) {}
  mutating func record(_ rates: [EffectiveRateRow]) throws {
    if room == 0 { throw Full() }
    room -= 1
    self.rates += rates
  }
  mutating func update(_ description: RunDescription) {}
  mutating func save(_ checkpoint: Checkpoint) {}
}
