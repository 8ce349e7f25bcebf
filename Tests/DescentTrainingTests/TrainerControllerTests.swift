import DescentCore
import DescentSchedules
import DescentTraining
import Testing

/// A controller in a run.
@Suite struct TrainerControllerTests {
  private func run(_ plan: TrainingPlan, _ line: Line = Line()) throws -> Notebook {
    var trainer = Trainer(line, plan: plan)
    var sink = Notebook()
    _ = try trainer.run(into: &sink)
    return sink
  }

  private func observations(_ sink: Notebook) -> ObservationLog {
    ObservationLog(
      RunRecord(description: RunDescription(id: "", createdAt: ""), metrics: sink.rows, events: sink.events))
  }

  @Test(arguments: [
    "plateau(patience: 0, factor: 0.5)", "plateau(patience: 2, factor: 0.5, watch: loss)",
    "greedy(patience: 1, factor: 0.7, watch: loss)", "backoff(recover: 3)",
  ])
  func `what a run recorded, replayed, gives the run's own rates and reasons`(text: String) throws {
    let rate = text.hasPrefix("backoff") ? "1.6: constant" : "0.2: warmup 10 -> cosine"
    let plan = try plan(rate, steps: 80, on: .continue, controller: text)
    let sink = try run(plan)
    let replay = try #require(plan.controller).replay(observations(sink).observations)
    #expect(!replay.changes.isEmpty)
    #expect(replay.rates == sink.rows.map { $0["lr"] ?? .nan })
    let told = sink.events.filter { $0.kind == "change" }
    #expect(told.map(\.step) == replay.changes.map(\.step))
    #expect(told.map(\.message) == replay.changes.map { "\($0.reason.rawValue): \($0.message)" })
  }

  @Test func `the rate is the schedule's times the multiplier, beside it the schedule's own`() throws {
    let plan = try plan("0.2: cosine", steps: 60, controller: "plateau(patience: 0, factor: 0.5)")
    let sink = try run(plan)
    for row in sink.rows { #expect(row["lrScheduled"] == plan.rate(at: row.step)) }
    let ratios = Set(sink.rows.map { (($0["lr"] ?? 0) / plan.rate(at: $0.step) * 1024).rounded() / 1024 })
    #expect(ratios.count > 2 && ratios.allSatisfy { [1, 0.5, 0.25, 0.125, 0.0625, 0.03125].contains($0) })
  }

  @Test func `without a controller a row has no scheduled rate`() throws {
    #expect(try run(plan("0.2: cosine", steps: 5)).rows.allSatisfy { $0["lrScheduled"] == nil })
  }

  @Test func `validation is watched where it is measured, the loss where it is not`() throws {
    let measured = try plan("0.2: cosine", steps: 10, controller: "plateau")
    #expect(measured.controller?.watched == .validation)
    let never = try plan("0.2: cosine", steps: 10, evaluateEvery: nil, controller: "plateau")
    #expect(never.controller?.watched == .loss)
  }

  @Test func `a back-off acts before the run counts as diverged`() throws {
    let wild = try run(plan("1.4: constant", steps: 200))
    #expect(wild.descriptions.last?.status == .diverged)
    let tamed = try run(plan("1.4: constant", steps: 200, controller: "backoff"))
    #expect(tamed.descriptions.last?.status == .finished && tamed.rows.count == 200)
  }

  @Test func `a trainee that does not tell its gradient is refused a controller that needs it`() throws {
    var trainer = Trainer(Line(), plan: try plan("0.2: cosine", steps: 10, controller: "hypergradient"))
    var sink = Notebook()
    #expect {
      try trainer.run(into: &sink)
    } throws: { error in
      (error as? TrainingError)?.message
        == "The controller hypergradient needs the gradient before the update, which this trainee does not tell; use "
        + "plateau, greedy or backoff."
    }
    #expect(sink.rows.isEmpty)
  }

  @Test func `a checkpoint of a run with another controller is refused`() throws {
    var first = Trainer(Line(), plan: try plan("0.2: cosine", steps: 10, controller: "plateau(patience: 3)"))
    var sink = Notebook()
    _ = try first.run(into: &sink)
    let checkpoint = try #require(sink.checkpoints.last)
    for other in [nil, "plateau(patience: 4)"] {
      var second = Trainer(Line(), plan: try plan("0.2: cosine", steps: 20, controller: other))
      #expect(throws: TrainingError.self) { try second.resume(from: checkpoint) }
    }
    var same = Trainer(Line(), plan: try plan("0.2: cosine", steps: 20, controller: "plateau(patience: 3)"))
    try same.resume(from: checkpoint)
    #expect(same.position == 10)
  }

  @Test func `a change that could not be told is told when the run goes on`() throws {
    let plan = try plan("0.2: constant", steps: 40, controller: "plateau(patience: 0, factor: 0.5, watch: loss)")
    let whole = try run(plan)
    let step = try #require(whole.events.first { $0.kind == "change" }?.step)
    var trainer = Trainer(Line(), plan: plan)
    var sink = Notebook(room: step)
    #expect(throws: TrainingError.self) { try trainer.run(into: &sink) }
    sink.room = .max
    _ = try trainer.run(into: &sink)
    #expect(bits(sink.rows) == bits(whole.rows))
    #expect(sink.events.filter { $0.kind == "change" } == whole.events.filter { $0.kind == "change" })
  }

  @Test func `settings out of range are refused with the plan`() throws {
    let schedule = try Schedule(parsing: "0.1: constant").resolved(horizon: Horizon(steps: 5))
    #expect(throws: TrainingError.self) {
      try TrainingPlan(schedule: schedule, controller: .plateau(ReduceOnPlateau(factor: 2)))
    }
  }
}
