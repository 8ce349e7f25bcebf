import DescentCore
import DescentTraining
import Testing

/// A run that is stopped and resumed is the run that was never stopped.
@Suite struct TrainerResumeTests {
  static let cases: [(spec: String, policy: DivergencePolicy, ruin: Int?, controller: String?)] = [
    ("0.2: warmup 10 -> cosine", .stop, nil, nil),
    ("6: constant", .stop, nil, nil),
    ("6: constant", .continue, nil, nil),
    ("6: warmup 20 -> cosine", .backoff, nil, nil),
    ("0.2: constant", .backoff, 21, nil),
    ("0.2: constant", .continue, 21, nil),
    ("0.2: constant", .stop, nil, "plateau(patience: 0, factor: 0.5)"),
    ("0.2: warmup 10 -> cosine", .stop, nil, "greedy(patience: 1, factor: 0.7, smooth: 5, watch: loss)"),
    ("6: constant", .backoff, nil, "backoff(recover: 4)"),
  ]

  /// What the sink was told, without when an attempt began and stopped.
  private static func happened(_ events: [RunEvent]) -> [RunEvent] {
    events.filter { !["started", "resumed", "interrupted"].contains($0.kind) }
  }

  @Test(arguments: cases.indices)
  func `stopped at any step and resumed, it gives the same numbers`(index: Int) throws {
    let (spec, policy, ruin, controller) = Self.cases[index]
    let plan = try plan(spec, steps: 60, on: policy, controller: controller)
    let start = Line(ruin: ruin)
    var whole = Trainer(start, plan: plan)
    var wholeSink = Notebook()
    let result = try whole.run(into: &wholeSink)
    let steps = wholeSink.rows.count

    for stop in 0...steps {
      var first = Trainer(start, plan: plan)
      var sink = Notebook()
      var asked = 0
      let partial = try first.run(
        into: &sink,
        shouldStop: {
          asked += 1
          return asked > stop
        })
      guard partial.outcome == .interrupted else {
        #expect(stop == steps)
        continue
      }
      #expect(partial.finalLoss == nil && sink.rows.count == stop)
      #expect(sink.descriptions.last?.status == .interrupted && sink.events.last?.kind == "interrupted")

      var second = Trainer(start, plan: plan)
      try second.resume(from: try #require(sink.checkpoints.last))
      let end = try second.run(into: &sink)
      #expect(bits(sink.rows) == bits(wholeSink.rows), "stopped after \(stop)")
      #expect(Self.happened(sink.events) == Self.happened(wholeSink.events), "stopped after \(stop)")
      #expect(try second.checkpoint() == whole.checkpoint(), "stopped after \(stop)")
      #expect("\(end.outcome) \(end.train as Any)" == "\(result.outcome) \(result.train as Any)")
    }
  }

  @Test(arguments: cases.indices)
  func `from any checkpoint a run gives the rest of the same numbers`(index: Int) throws {
    let (spec, policy, ruin, controller) = Self.cases[index]
    let start = Line(ruin: ruin)
    var whole = Trainer(
      start, plan: try plan(spec, steps: 60, checkpoints: .everySteps(1), on: policy, controller: controller))
    var wholeSink = Notebook()
    _ = try whole.run(into: &wholeSink)

    for (taken, checkpoint) in wholeSink.checkpoints.enumerated() {
      var trainer = Trainer(start, plan: whole.plan)
      try trainer.resume(from: checkpoint)
      #expect(try trainer.checkpoint() == checkpoint, "what is read back is what was written")
      var sink = Notebook()
      _ = try trainer.run(into: &sink)
      #expect(bits(sink.rows) == bits(wholeSink.rows.dropFirst(taken + 1)))
      #expect(try trainer.checkpoint() == whole.checkpoint())
    }
  }

  @Test func `a finished run goes on with more steps`() throws {
    let long = try plan("0.2: cosine", steps: 30)
    var whole = Trainer(Line(), plan: long)
    var wholeSink = Notebook()
    _ = try whole.run(into: &wholeSink)

    var short = Trainer(Line(), plan: try plan("0.2: cosine", steps: 12, over: 30))
    var sink = Notebook()
    _ = try short.run(into: &sink)
    var more = Trainer(Line(), plan: long, description: RunDescription(id: "r", createdAt: "", attempt: 1))
    try more.resume(from: try #require(sink.checkpoints.last))
    let result = try more.run(into: &sink)
    #expect(result.steps == 30 && more.trainee.theta == whole.trainee.theta)
    #expect(sink.rows.map(\.attempt) == Array(repeating: 0, count: 12) + Array(repeating: 1, count: 18))
    #expect(sink.events.map(\.kind) == ["started", "finished", "resumed", "finished"])
  }

  @Test func `checkpoints that do not belong are refused and change nothing`() throws {
    var trainer = Trainer(Line(), plan: try plan("0.2: constant", steps: 10))
    var memory = RunMemory()
    _ = try trainer.run(into: &memory)
    let good = try trainer.checkpoint()

    var foreign = good
    foreign.metadata = [:]
    var misfit = good
    misfit.tensors.removeFirst()
    var late = good
    late.step = 11
    var target = Trainer(Line(), plan: trainer.plan)
    for (checkpoint, says) in [
      (foreign, "how its run stood"), (misfit, "does not fit"), (late, "with 11 steps or more"),
    ] {
      let error = #expect(throws: TrainingError.self) { try target.resume(from: checkpoint) }
      #expect(error?.code == .checkpoint && error?.message.contains(says) == true)
      #expect(target.position == 0 && target.trainee.steps == 0)
    }
  }

}
