import DescentCore
import DescentSchedules
import DescentTraining
import Testing

@Suite struct TrainerDivergenceTests {
  @Test func `by default a run that diverges stops there and says what to try`() throws {
    var trainer = Trainer(Line(), plan: try plan("6: constant", steps: 500))
    var sink = Notebook()
    let result = try trainer.run(into: &sink)
    guard case .diverged(let divergence, let rate) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(divergence.reason == .lossExploded && divergence.step < 100 && rate == 6)
    #expect(result.steps == divergence.step + 1 && sink.rows.count == result.steps)
    #expect(sink.rows.last?["loss"] == divergence.loss && result.lastLoss == divergence.loss)
    let advice = try #require(result.advice)
    #expect(advice.hasPrefix("Diverged at step \(divergence.step), at learning rate 6: the loss climbed to "))
    #expect(advice.hasSuffix("try a schedule with peak 0.6, a warm-up, or gradient clipping."))
    #expect(sink.events.last == RunEvent(attempt: 0, step: divergence.step, kind: "diverged", message: advice))
    #expect(sink.descriptions.last?.status == .diverged)
    #expect(sink.checkpoints.last?.step == result.steps && result.finalLoss != nil)
  }

  @Test func `a multiplier's peak is to be changed where it was given`() throws {
    let schedule = try Schedule(parsing: "constant").resolved(peak: 6, horizon: Horizon(steps: 99))
    var trainer = Trainer(Line(), plan: try TrainingPlan(schedule: schedule))
    var sink = NoRecord()
    #expect(try trainer.run(into: &sink).advice?.contains("try --lr 0.6, ") == true)
  }

  @Test func `a loss that is not finite is recorded`() throws {
    var trainer = Trainer(Line(ruin: 4), plan: try plan("0.1: constant", steps: 20))
    var sink = Notebook()
    let result = try trainer.run(into: &sink)
    // The gradient's norm overflows first.
    #expect(result.outcome.status == .diverged && result.steps == 5)
    #expect(sink.rows.last?["gradNorm"] == .infinity)

    var on = Trainer(Line(ruin: 4), plan: try plan("0.1: constant", steps: 20, on: .continue))
    var all = Notebook()
    let end = try on.run(into: &all)
    #expect(end.steps == 20 && all.rows.count == 20 && all.rows[5]["loss"] == .infinity)
    #expect(end.outcome == result.outcome, "it counts as diverged at the same place")
    #expect(all.events.map(\.kind) == ["started", "diverged"])
    #expect(on.description.results["finalLoss"]?.isFinite == false)
  }

  @Test func `a last update that ruins the parameters counts as diverged`() throws {
    var trainer = Trainer(Ruined(), plan: try plan("0.1: constant", steps: 3))
    var sink = Notebook()
    let result = try trainer.run(into: &sink)
    #expect(sink.rows.allSatisfy { $0["loss"] == 1 })
    guard case .diverged(let divergence, rate: 0.1) = result.outcome else {
      Issue.record("\(result.outcome)")
      return
    }
    #expect(divergence.step == 2 && divergence.reason == .nonFiniteLoss && divergence.loss.isNaN)
    #expect(sink.events.map(\.kind) == ["started", "diverged"])
  }

  @Test func `backing off goes back to a good state and on at half the rate until it holds`() throws {
    var trainer = Trainer(Line(), plan: try plan("6: constant", steps: 400, on: .backoff))
    var sink = Notebook()
    let result = try trainer.run(into: &sink)
    #expect(result.outcome == .finished && result.steps == 400)
    let changes = sink.events.filter { $0.kind == "change" }
    #expect(changes.count >= 1)
    #expect(changes.first?.message.contains("back to step 0, rates times 0.5 from here on") == true)
    // Each step's last row, as a reader joins them.
    let last = Dictionary(sink.rows.map { ($0.step, $0) }) { $1 }
    #expect(last.count == 400)
    #expect(last[399]?["lr"] == 6 / Double(1 << changes.count))
    #expect(try #require(result.finalLoss) < Line().evaluate(on: .train).loss)
  }

  @Test func `backing off goes back to the last state kept before the harm`() throws {
    for (ruin, back) in [(3, 0), (7, 0), (8, 0), (9, 8), (21, 16)] {
      var trainer = Trainer(Line(ruin: ruin), plan: try plan("0.1: constant", steps: 40, on: .backoff))
      var sink = Notebook()
      let result = try trainer.run(into: &sink)
      // The harm strikes again on the second time through, at any rate, until the patience ends.
      #expect(result.outcome.status == .diverged && result.steps == ruin + 1)
      let changes = sink.events.filter { $0.kind == "change" }
      #expect(changes.count == TrainingPlan.maximumBackoffs)
      #expect(changes.allSatisfy { $0.step == ruin && $0.message.contains("back to step \(back),") })
    }
  }

  @Test func `without a good state to go back to a run that backs off ends`() throws {
    var trainer = Trainer(Line(ruin: 0), plan: try plan("0.1: constant", steps: 40, on: .backoff))
    var sink = Notebook()
    #expect(try trainer.run(into: &sink).steps == 1)
    #expect(sink.events.map(\.kind) == ["started", "diverged"])
  }
}

/// Its loss is 1 at every step, and not a number to whoever measures it.
struct Ruined: Checkpointable, Evaluable {
  mutating func step(_ request: StepRequest) -> StepReport { StepReport(loss: 1) }
  func snapshot() -> Bool { true }
  func restore(_ snapshot: Bool) {}
  func fork() -> Ruined { self }
  func evaluate(on part: DataPart) -> Evaluation { Evaluation(rows: 1, loss: .nan) }
  func checkpoint() -> Checkpoint { Checkpoint(step: 0, tensors: []) }
  func restore(from checkpoint: Checkpoint) {}
}
