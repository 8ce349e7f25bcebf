import ArgumentParser
import DescentCurvature
import DescentFinder
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Synchronization

/// `descent find`: which learning rate to use.
struct FindCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find a learning rate by a range test, with an interval and reasons.",
    usage: "descent find [--data <spec>] [--model <spec>] [--optimizer <spec>] [options]",
    discussion: examples(
      "descent find",
      "descent find --data spiral --model mlp:64-64 --optimizer sgd --schedule cosine",
      "descent find --curve curve.csv --svg find.svg")
        + """


        In a pipe it prints one number. It exits with 3 if the curve shows no usable rate. The number is for the schedule
        given, by default a constant rate; schedules that decay bear a higher one.
        """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Apply the rules to this recorded curve instead: columns rate,loss; nan and inf allowed.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curve: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The first rate. (default: 1e-6)", valueName: "rate"),
    transform: Value.rate)
  var from: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The last rate. (default: 10)", valueName: "rate"),
    transform: Value.rate)
  var to: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps of one repeat. (default: 100)", valueName: "n"),
    transform: Value.count(2...1_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate rises: exponential or linear. (default: exponential)", valueName: "name"),
    completion: .list(["exponential", "linear"]), transform: Value.choice)
  var ramp: RangeTest.Ramp?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes with different batch orders. (default: 3)", valueName: "n"),
    transform: Value.count(1...1000))
  var repeats: Int?

  @Flag(help: "One repeat only: a third of the time, and no word on the spread.")
  var quick = false

  @Flag(help: "Leave out the curvature at the start: safe start, critical rate, warm-up.")
  var noCurvature = false

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    if quick, repeats != nil {
      throw Failure("usage", "--quick and --repeats both give the number of repeats", hint: "leave one out")
    }
    let schedule = try training.schedule.map(Schedule.init(parsing:))
    let kind = schedule?.kind ?? .constant
    if let curve {
      let result = try Self.recorded(curve, kind)
      try pictures.save(result.chart(title: curve), page: result.page(title: curve), session: session)
      return Report(result, title: curve, session: session)
    }
    let found = try rangeTest(kind, session)
    let (specification, conditions) = (found.setup.specification, found.setup.compiled.conditions)
    let title = [specification.data, specification.model, specification.optimizer].compactMap(\.self)
      .joined(separator: ", ")
    if !conditions.isEmpty {
      session.note("the test measures training steps: \(conditions.joined(separator: "; ")).")
    }
    let curvature = noCurvature ? nil : self.curvature(of: found, kind, session)
    try pictures.save(
      found.result.chart(title: title, curvature), page: found.result.page(title: title, curvature), session: session)
    var report = Report(found.result, title: title, conditions: conditions, curvature: curvature, session: session)
    if Interruption.isRequested {
      report.status = .interrupted
      let verdict = report.next.map { " \($0)" } ?? ""
      report.next = "Interrupted; this is what was measured until then.\(verdict)"
    } else if let rate = found.result.suggestion?.rate {
      // Without a schedule the next thing to try is one that decays, and that bears more.
      let decaying = schedule == nil ? Self.decayingRate(found.result) : nil
      if let decaying {
        report.next = "\(figure(rate)) is for a constant rate; a schedule that decays bears \(figure(decaying))."
      }
      report.command = nextCommand(rate: decaying ?? rate, schedule, warmup: curvature?.warmup(to: decaying ?? rate))
    }
    return report
  }

  private static func recorded(_ path: String, _ kind: ScheduleKind) throws -> RangeTestResult {
    let data = try readFile(path)
    do {
      return try RecordedCurve(csv: String(decoding: data, as: UTF8.self)).result(scheduleKind: kind)
    } catch {
      throw error.failure(in: path)
    }
  }

  /// The repeats side by side, one on each thread.
  private func rangeTest(
    _ kind: ScheduleKind, _ session: Session
  ) throws -> (result: RangeTestResult, setup: TrainingSetup) {
    let test = try RangeTest(from: from ?? 1e-6, to: to ?? 10, steps: steps ?? 100, ramp: ramp ?? .exponential)
    let setup = try training.specification().setUp()
    try checkMeaning(of: setup.source.optimizer, session)
    try training.checkBatch(rows: setup.trainingRows)
    let repeats = repeats ?? (quick ? 1 : 3)
    let seed = global.seed
    let bar = Mutex(session.progress("Range test", total: test.steps * repeats))
    let done = Atomic<Int>(0)
    let results = try runLanes(repeats, threads: session.threads) { index in
      try test.runOne(
        setup.source, repeat: index, of: repeats, seed: seed,
        progress: { report in
          let steps = done.add(1, ordering: .relaxed).newValue
          bar.withLock { $0.update(steps) { "loss \(figure(report.loss))  lr \(figure(report.rate))" } }
        }, shouldStop: { Interruption.isRequested })
    }
    bar.withLock { $0.finish() }
    return (test.combine(results, scheduleKind: kind), setup)
  }

  /// What the starting point says of the rate; what hinders the measurement is part of the answer.
  private func curvature(
    of found: (result: RangeTestResult, setup: TrainingSetup), _ kind: ScheduleKind, _ session: Session
  ) -> FindCurvature? {
    guard !Interruption.isRequested else { return nil }
    return FindCurvature(
      found.setup, after: found.result, rate: found.result.suggestion?.rate, seed: global.seed,
      threads: session.threads)
  }

  /// Refuses a rule whose learning rate is only a factor, and says so where it is a bound.
  private func checkMeaning(of optimizer: OptimizerSpec, _ session: Session) throws {
    switch optimizer.rateMeaning {
    case .stepSize: return
    case .multiplier:
      throw Failure(
        "bad-value",
        "--optimizer \(optimizer) finds its rate itself; the learning rate only multiplies it and stays at 1",
        hint: "train at once, without --lr: descent train --optimizer \(shellQuoted(optimizer.description))")
    case .bound:
      session.note("the learning rate of \(optimizer) is the largest step it may take: what is found is that bound.")
    }
  }

  private static func decayingRate(_ result: RangeTestResult) -> Double? {
    RangeTestResult(repeats: result.repeats, scheduleKind: .decaying).suggestion?.rate
  }

  private func nextCommand(rate: Double, _ schedule: Schedule?, warmup: WarmupAdvice?) -> String {
    "descent train" + training.flags + (global.givenSeed.map { " --seed \($0)" } ?? "")
      + flags(schedule, rate: rate, warmup: warmup) + " --steps \(RunSpecification.defaultSteps)"
  }

  /// `--lr` with the schedule, or the schedule alone where it names its peak.
  private func flags(_ schedule: Schedule?, rate: Double, warmup: WarmupAdvice?) -> String {
    guard var schedule, schedule.peak != nil else {
      // A twentieth of the run is the usual warm-up; what the start asks for beyond that goes before it.
      let steps = warmup?.steps.map { min($0, RunSpecification.defaultSteps / 2) } ?? 0
      let length = steps * 20 > RunSpecification.defaultSteps ? "\(steps)" : "5%"
      return " --lr \(figure(rate)) --schedule \(shellQuoted(training.schedule ?? "warmup \(length) -> cosine"))"
    }
    schedule.peak = Double(figure(rate)) ?? rate
    return " --schedule \(shellQuoted(schedule.description))"
  }
}

extension Schedule {
  /// What becomes of the rate, as far as a suggestion asks: whether the end is far below the peak.
  var kind: ScheduleKind {
    let steps = 1000
    let peak = self.peak == nil ? 1.0 : nil
    guard let rates = try? resolved(peak: peak, horizon: Horizon(steps: steps, stepsPerEpoch: 10, tokensPerStep: 1))
    else { return .constant }
    return rates.decays ? .decaying : .constant
  }
}
