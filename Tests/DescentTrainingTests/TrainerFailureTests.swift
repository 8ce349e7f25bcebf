import DescentCore
import DescentTraining
import Testing

@Suite struct TrainerFailureTests {
  @Test func `a full disk ends the run in one sentence and loses nothing`() throws {
    let plan = try plan("0.2: cosine", steps: 30, checkpoints: .everySteps(5))
    var whole = Trainer(Line(), plan: plan)
    var wholeSink = Notebook()
    _ = try whole.run(into: &wholeSink)

    for room in 0..<36 {
      var trainer = Trainer(Line(), plan: plan)
      var sink = Notebook(room: room)
      let error = #expect(throws: TrainingError.self) { try trainer.run(into: &sink) }
      #expect(error?.code == .recording && error?.underlying is Notebook.DiskFull)
      #expect(error?.completedSteps == trainer.position)
      #expect(
        error?.description
          == "The run stopped after \(trainer.position) of 30 steps because it could not be kept: DiskFull()")
      #expect(sink.descriptions.last?.status == .failed)
      // With room made, the same trainer goes on, and the row that was refused is not missing.
      sink.room = .max
      _ = try trainer.run(into: &sink)
      #expect(bits(sink.rows) == bits(wholeSink.rows), "room \(room)")
      #expect(trainer.trainee.theta == whole.trainee.theta)
      #expect(sink.checkpoints.last == wholeSink.checkpoints.last)
    }
  }

  @Test func `a trainee that fails is told with the step`() throws {
    struct Broken: Error {}
    struct Fragile: Checkpointable, Evaluable {
      var left: Int
      mutating func step(_ request: StepRequest) throws -> StepReport {
        if left == 0 { throw Broken() }
        left -= 1
        return StepReport(loss: 1)
      }
      func snapshot() -> Int { left }
      mutating func restore(_ snapshot: Int) { left = snapshot }
      func fork() -> Fragile { self }
      func evaluate(on part: DataPart) throws -> Evaluation { throw Broken() }
      func checkpoint() -> Checkpoint { Checkpoint(step: 0, tensors: []) }
      func restore(from checkpoint: Checkpoint) {}
    }
    var trainer = Trainer(Fragile(left: 3), plan: try plan("0.1: constant", steps: 10))
    var sink = Notebook()
    let error = #expect(throws: TrainingError.self) { try trainer.run(into: &sink) }
    #expect(error?.code == .trainee && error?.completedSteps == 3 && error?.underlying is Broken)
    #expect(error?.description == "Step 3 of 10 could not be made: Broken()")
    #expect(sink.rows.count == 3 && trainer.description.status == .failed)

    var measured = Trainer(Fragile(left: 9), plan: try plan("0.1: constant", steps: 3, evaluateEvery: 2))
    let other = #expect(throws: TrainingError.self) { try measured.run(into: &sink) }
    #expect(sink.rows.count == 4)
    #expect(other?.description == "The validation part could not be measured after 2 steps: Broken()")
  }
}
