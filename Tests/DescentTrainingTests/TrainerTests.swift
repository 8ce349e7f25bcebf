import DescentCore
import DescentSchedules
import DescentTraining
import Testing

@Suite struct TrainerTests {
  @Test func `every step uses the schedule's rate and leaves a row`() throws {
    let plan = try plan("0.1: warmup 5 -> cosine", steps: 20)
    var trainer = Trainer(Line(), plan: plan)
    var sink = RunMemory()
    var seen: [Int] = []
    let result = try trainer.run(into: &sink) { progress in
      #expect(progress.rate == plan.schedule.rate(at: progress.step) && progress.steps == 20)
      seen.append(progress.step)
    }

    var byHand = Line()
    for (step, row) in sink.rows.enumerated() {
      let report = try byHand.step(learningRate: plan.schedule.rate(at: step))
      #expect(row.step == step && row["loss"] == report.loss && row["gradNorm"] == report.gradientNorm)
      #expect(row["lr"] == plan.schedule.rate(at: step))
      let measured = [6, 13, 19].contains(step)
      #expect(row["valLoss"] == (measured ? byHand.evaluate(on: .validation).loss : nil))
      #expect((row["valR2"] != nil) == measured && row["valAccuracy"] == nil)
    }
    #expect(seen == Array(0..<20) && sink.rows.count == 20)
    #expect(trainer.trainee.theta == byHand.theta && trainer.position == 20)
    #expect(result.outcome == .finished && result.steps == 20 && result.advice == nil)
    #expect(result.finalLoss == byHand.evaluate(on: .train).loss)
    #expect(result.validation == byHand.evaluate(on: .validation))
    #expect(result.test == nil, "there are no test rows")
    #expect(result.lastLoss == sink.rows.last?["loss"])
    #expect(sink.events.map(\.kind) == ["started", "finished"])
    #expect(sink.description?.status == .finished && sink.description?.completedSteps == 20)
    #expect(sink.description?.results["validationLoss"] == result.validation?.loss)
    #expect(sink.lastCheckpoint?.step == 20)
  }

  @Test func `checkpoints come as often as the policy says and once at the end`() throws {
    for (policy, steps) in [
      (CheckpointPolicy.everySteps(4), [4, 8, 10]), (.everySteps(5), [5, 10]), (.everySeconds(0), Array(1...10)),
      (.everySeconds(1e6), [10]), (.everySeconds(.infinity), [10]), (.atEnd, [10]),
    ] {
      var trainer = Trainer(Line(), plan: try plan("0.1: constant", steps: 10, checkpoints: policy))
      var sink = Notebook()
      _ = try trainer.run(into: &sink)
      #expect(sink.checkpoints.map(\.step) == steps, "\(policy)")
    }
  }

  @Test func `the validation part is measured once an epoch by default`() throws {
    let schedule = try Schedule(parsing: "0.1: constant").resolved(horizon: Horizon(steps: 10))
    for (plan, steps) in [
      (try TrainingPlan(schedule: schedule, stepsPerEpoch: 4), [3, 7, 9]),
      (try TrainingPlan(schedule: schedule), [9]),
      (try TrainingPlan(schedule: schedule, stepsPerEpoch: 4, evaluateEvery: 5), [4, 9]),
    ] {
      var trainer = Trainer(Line(), plan: plan)
      var sink = RunMemory()
      _ = try trainer.run(into: &sink)
      #expect(sink.rows.filter { $0["valLoss"] != nil }.map(\.step) == steps)
      // The initial parameters are measured where validation is.
      #expect(sink.rows.filter { $0["startValLoss"] != nil }.map(\.step) == (plan.evaluateEvery == nil ? [] : [0]))
    }
  }

  @Test func `data that ends ends the run in good order`() throws {
    var trainer = Trainer(Line(batches: 6), plan: try plan("0.1: constant", steps: 10))
    var sink = RunMemory()
    let result = try trainer.run(into: &sink)
    #expect(result.outcome == .dataExhausted && result.steps == 6 && result.finalLoss != nil)
    #expect(result.advice == "The data ended after 6 of 10 steps.")
    #expect(sink.lastCheckpoint?.step == 6 && sink.description?.status == .finished)
  }

  @Test func `a run of no steps measures what it was given`() throws {
    var trainer = Trainer(Line(), plan: try plan("0.1: constant", steps: 0, over: 5))
    var sink = RunMemory()
    let result = try trainer.run(into: &sink)
    #expect(result.outcome == .finished && result.lastLoss == nil && sink.rows.isEmpty)
    #expect(result.finalLoss == Line().evaluate(on: .train).loss)
  }

  @Test(arguments: [
    (CheckpointPolicy.everySteps(0), nil, "every 0 steps"), (.everySeconds(.nan), nil, "every nan seconds"),
    (.everySeconds(-1), nil, "every -1.0 seconds"), (.atEnd, 0, "Evaluating every 0 steps"),
  ])
  func `a plan out of range is told`(policy: CheckpointPolicy, every: Int?, says: String) throws {
    let error = #expect(throws: TrainingError.self) {
      try plan("0.1: constant", steps: 5, evaluateEvery: every, checkpoints: policy)
    }
    #expect(error?.code == .invalidSetting && error?.message.contains(says) == true)
    #expect(throws: TrainingError.self) { try plan("0.1: constant", steps: -1, over: 5) }
    #expect(throws: TrainingError.self) { try plan("0.1: constant", steps: 5, rewindEvery: 0) }
  }
}
