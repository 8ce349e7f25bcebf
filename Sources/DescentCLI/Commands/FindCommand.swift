import ArgumentParser
import DescentCurvature
import DescentFinder
import DescentOptimizers
import DescentSchedules
import DescentStudies
import DescentTraining
import Synchronization

/// `descent find`: which learning rate to use.
struct FindCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find the peak learning rate for a schedule and a horizon, and how sure it is.",
    usage: "descent find [--schedule <spec>] [--horizon <n>] [--data <spec>] [--model <spec>] [options]",
    discussion: examples(
      "descent find --schedule 'warmup 5% -> cosine' --horizon 2000",
      "descent find --data spiral --model mlp:64-64 --optimizer sgd --html find.html",
      "descent find --resume 2026-11-23-153012-brave-otter")
        + """


        A range test, then short runs with the schedule stretched to them; --quick is
        the range test alone, by default for a constant rate. In a pipe it prints one
        number. It exits with 3 if there is no usable rate.
        """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Apply the rules to this recorded curve instead: columns rate,loss; nan and inf allowed.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curve: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The range test's first rate. (default: 1e-6)", valueName: "rate"),
    transform: Value.rate)
  var from: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The range test's last rate. (default: 10)", valueName: "rate"),
    transform: Value.rate)
  var to: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps of one pass of the range test. (default: 100; of a shorter run than 1000 a tenth, 50 at least)",
      valueName: "n"),
    transform: Value.count(2...1_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate rises: exponential or linear. (default: exponential)", valueName: "name"),
    completion: .list(["exponential", "linear"]), transform: Value.choice)
  var ramp: RangeTest.Ramp?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Passes of the range test with different batch orders. (default: 1; 3 if thorough)", valueName: "n"),
    transform: Value.count(1...1000))
  var repeats: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The run that the rate is for: steps, or a length such as 20ep. (default: 1000, or what a resumed run has left)",
      valueName: "n"),
    transform: HorizonOptions.length)
  var horizon: Length?

  @Flag(help: "The range test alone, one pass: a tenth of a run.")
  var quick = false

  @Flag(help: "More seeds, and runs of half the horizon to confirm: at the cost of about four runs.")
  var thorough = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "For going on with this run from its last checkpoint; its folder is only read.", valueName: "run"))
  var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What differs among parameters, as for train: the rate found is the one that its factors multiply.",
      valueName: "plan"))
  var plan: String?

  @Flag(help: "Leave out the curvature at the start: safe start, critical rate, warm-up.")
  var noCurvature = false

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    try checkOptions()
    if let curve {
      let schedule = try training.schedule.map(Schedule.init(parsing:))
      let result = try Self.recorded(curve, schedule?.kind ?? .constant)
      try pictures.save(result.chart(title: curve), page: result.page(title: curve), session: session)
      return Report(result, title: curve, session: session)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let usual = depth == .quick ? "constant" : FindSubject.usualSchedule
    let subject =
      try resume.map { try FindSubject(resuming: $0, self, usual: usual, session) }
      ?? FindSubject(new: self, usual: usual, session)
    try checkMeaning(of: subject.optimizer, session)
    let conditions = subject.setup.compiled.conditions
    if !conditions.isEmpty { session.note("the test measures training steps: \(conditions.joined(separator: "; ")).") }
    for remark in subject.remarks { session.note("\(remark).") }
    let isTooShort = depth != .quick && subject.steps < ShortRunSearch.shortestHorizon
    var answer = FindAnswer(subject: subject, ramp: try rangeTest(subject, alone: isTooShort, session))
    if !noCurvature, !Interruption.isRequested {
      answer.curvature = FindCurvature(
        subject, after: answer.ramp, rate: answer.ramp.suggestion?.rate, threads: session.threads)
    }
    if isTooShort {
      answer.withoutShortRuns =
        "A horizon of \(subject.steps) steps is too short for short runs, which take \(ShortRunSearch.shortestHorizon): "
        + "the rate is the range test's."
    } else if depth != .quick, !Interruption.isRequested {
      answer.search = try ShortRunSearch(
        subject, from: answer.ramp.suggestion?.rate ?? subject.optimizer.defaultLearningRate,
        effort: depth == .thorough ? .thorough : .standard, session)
    }
    if let rate = answer.suggestion?.rate { answer.curvature?.advise(for: rate) }
    answer.seconds = (clock.now - start) / .seconds(1)
    try pictures.save(answer.charts, page: answer.page(next: answer.nextCommand(self)), session: session)
    return Report(answer, self, session: session)
  }

  /// How much is measured.
  enum Depth { case quick, standard, thorough }

  var depth: Depth { quick ? .quick : thorough ? .thorough : .standard }

  /// True if the question is how a resumed run should go on as it was planned.
  var isForWhatIsLeft: Bool { resume != nil && training.schedule == nil && horizon == nil }

  private func checkOptions() throws(Failure) {
    if quick, repeats != nil {
      throw Failure("usage", "--quick and --repeats both give the number of repeats", hint: "leave one out")
    }
    if quick, thorough { throw Failure("usage", "--quick and --thorough exclude each other", hint: "leave one out") }
    guard curve != nil else { return }
    for (option, isGiven) in [
      ("--thorough", thorough), ("--horizon", horizon != nil), ("--resume", resume != nil), ("--plan", plan != nil),
    ] where isGiven {
      throw Failure(
        "usage", "--curve is a test made elsewhere, for which \(option) can do nothing", hint: "leave one out")
    }
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
  ///
  /// - Parameter alone: true if nothing else will speak of the rate although more was asked for.
  private func rangeTest(_ subject: FindSubject, alone: Bool, _ session: Session) throws -> RangeTestResult {
    // Where short runs follow, a tenth of a short horizon is enough to say where they begin.
    let usual = alone || depth == .quick ? 100 : min(100, max(50, subject.steps / 10))
    let test = try RangeTest(from: from ?? 1e-6, to: to ?? 10, steps: steps ?? usual, ramp: ramp ?? .exponential)
    let repeats = repeats ?? (alone || depth == .thorough ? 3 : 1)
    let bar = Mutex(session.progress("Range test", total: test.steps * repeats))
    let done = Atomic<Int>(0)
    let results = try runLanes(repeats, threads: session.threads) { index in
      try test.runOne(
        subject.source, repeat: index, of: repeats, seed: subject.seed,
        progress: { report in
          let steps = done.add(1, ordering: .relaxed).newValue
          bar.withLock { $0.update(steps) { "loss \(figure(report.loss))  lr \(figure(report.rate))" } }
        }, shouldStop: { Interruption.isRequested })
    }
    bar.withLock { $0.finish() }
    return test.combine(results, scheduleKind: subject.kind)
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
}
