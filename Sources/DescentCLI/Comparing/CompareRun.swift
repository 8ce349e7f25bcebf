import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentStore
import DescentStudies
import DescentTraining

/// A comparison in its folder: what is compared, and what was measured before if it goes on.
struct CompareRun {
  let writer: RunWriter
  let comparison: Comparison
  let setup: TrainingSetup
  let optimizers: [OptimizerSpec]
  /// Optimizer steps that finding the rates took.
  let findSteps: Int
  /// The options that say what is trained, as typed; not the optimizer.
  private let flags: String
  private let journal: OutcomeJournal

  /// Keys of the recorded specification beside those of a training.
  private enum Key {
    static let kind = "kind"
    static let rates = "lrs"
    static let schedules = "schedules"
    static let seeds = "seeds"
    static let steps = "steps"
    static let findSteps = "find-steps"
    static let flags = "flags"
  }

  /// What the specification's `kind` is.
  static let kind = "compare"

  /// Refuses a comparison where a training is meant.
  static func refuse(_ recorded: RunDescription, _ folder: RunFolder) throws(Failure) {
    guard recorded.specification[Key.kind] == kind else { return }
    throw Failure(
      "bad-value", "\(folder.path) is a comparison, not a training",
      hint: "go on with it by descent compare --resume \(shellQuoted(folder.path))")
  }

  /// A new comparison with the options given.
  init(new command: CompareCommand, in store: RunStore, _ session: Session) throws {
    let contenders = try ContenderList(
      optimizers: command.optimizers ?? command.training.optimizer, rates: command.lrs,
      usual: CompareCommand.usualOptimizers)
    let texts =
      try command.training.schedule.map { [$0] }
      ?? command.schedules.map { try ContenderList.list($0, "--schedules") } ?? CompareCommand.usualSchedules
    let schedules = try texts.map { try Schedule(parsing: $0) }
    try Self.check(schedules, ratesGiven: command.lrs != nil)
    let steps = command.steps ?? RunSpecification.defaultSteps
    var training = command.training.specification()
    training.optimizer = contenders.items[0].optimizer.description
    setup = try training.setUp()
    try command.training.checkBatch(rows: setup.trainingRows)
    let grid = try RateGrid(contenders, schedules: schedules, steps: steps, setup: setup, session)
    comparison = try Comparison(
      contenders: grid.contenders, schedules: schedules, steps: steps, seeds: command.seeds ?? 10,
      firstSeed: session.global.seed)
    optimizers = contenders.items.map(\.optimizer)
    findSteps = grid.stepsSpent
    var specification = setup.specification.dictionary
    specification["optimizer"] = nil
    specification[Key.kind] = Self.kind
    specification[Key.rates] = ContenderList.text(grid.contenders.map { ($0.optimizer, $0.rates) })
    specification[Key.schedules] = schedules.map(\.description).joined(separator: "; ")
    specification[Key.seeds] = String(comparison.seeds)
    specification[Key.steps] = String(steps)
    specification[Key.findSteps] = String(findSteps)
    var options = command.training
    options.optimizer = nil
    flags = options.flags
    specification[Key.flags] = flags
    writer = try store.create(
      RunDescription(
        id: "", createdAt: "", command: session.arguments, specification: specification, seed: session.global.seed,
        threads: session.threads,
        versions: RunEnvironment.versions.merging(["descent": Descent.version]) { own, _ in own },
        cpu: RunEnvironment.cpu, plannedSteps: comparison.mostSteps))
    journal = try OutcomeJournal(in: writer.folder)
  }

  /// Refuses schedules that are one and the same, and rates that none of them would use.
  private static func check(_ schedules: [Schedule], ratesGiven: Bool) throws(Failure) {
    var seen: Set<String> = []
    for schedule in schedules where !seen.insert(schedule.description).inserted {
      throw Failure("bad-value", "the schedule \"\(schedule)\" is named twice", hint: "name each schedule once")
    }
    if ratesGiven, schedules.allSatisfy({ $0.peak != nil }) {
      throw Failure(
        "usage", "--lrs gives rates, but every schedule has a peak of its own",
        hint: "leave --lrs out, or the peaks, as in 'warmup 5% -> cosine'")
    }
  }

  /// The comparison that `reference` stands for, with all it has measured.
  init(resuming reference: String, in store: RunStore, as command: CompareCommand, _ session: Session) throws {
    if let option = command.firstGiven {
      throw Failure(
        "usage", "--resume goes on with the comparison as it was begun, and \(option) gives it anew",
        hint: "leave \(option) out")
    }
    let folder = try store.open(reference)
    let recorded = try folder.description().specification
    guard recorded[Key.kind] == Self.kind, let rates = recorded[Key.rates], let texts = recorded[Key.schedules],
      let seeds = recorded[Key.seeds].flatMap({ Int($0) }), let steps = recorded[Key.steps].flatMap({ Int($0) })
    else {
      throw Failure(
        "bad-value", "\(folder.path) is no comparison", hint: "descent runs list shows what the runs are",
        status: .failed)
    }
    let contenders = try ContenderList(optimizers: nil, rates: rates, usual: [])
    let schedules = try ContenderList.list(texts, "--schedules").map { try Schedule(parsing: $0) }
    var training = TrainingSpecification(dictionary: recorded)
    training.optimizer = contenders.items[0].optimizer.description
    setup = try training.setUp()
    comparison = try Comparison(
      contenders: contenders.items.map {
        Comparison.Contender(optimizer: $0.optimizer.description, rates: $0.rates ?? [])
      }, schedules: schedules, steps: steps, seeds: seeds, firstSeed: try folder.description().seed)
    optimizers = contenders.items.map(\.optimizer)
    findSteps = recorded[Key.findSteps].flatMap { Int($0) } ?? 0
    flags = recorded[Key.flags] ?? ""
    writer = try RunWriter.resume(folder).writer
    journal = try OutcomeJournal(in: folder)
    session.note("\(journal.count) jobs were finished before.")
  }

  /// Makes the runs that are left and tells what came of all.
  func report(_ command: CompareCommand, _ session: Session) throws -> Report {
    let view = CompareProgressView(comparison, session)
    var description = writer.description
    do {
      let (setup, optimizers) = (setup, optimizers)
      let result = try comparison.run(
        horizon: setup.horizon(steps: comparison.steps), lanes: ThreadedLanes(threads: session.threads),
        journal: journal, target: command.target, shouldStop: { Interruption.isRequested },
        observe: { view.update($0) },
        source: { try setup.with(optimizer: optimizers[$0], steps: $1).source })
      view.finish()
      let report = CompareReport(
        result: result, sharpness: try sharpness(command, result, session), findSteps: findSteps,
        folder: writer.folder.path, flags: flags, setup: setup, seed: writer.description.seed)
      description.status = result.allDiverged ? .diverged : .finished
      // What was planned was the most that it could take.
      (description.completedSteps, description.plannedSteps) = (result.stepsSpent, result.stepsSpent)
      description.results = report.figures
      try writer.update(description)
      return try report.report(command.pictures, session)
    } catch is StudyStopped {
      view.finish()
      description.status = .interrupted
      try writer.update(description)
      return Report(
        json: ["run": .string(writer.folder.path), "interrupted": true], result: "",
        next: "Interrupted; what was finished is kept.",
        command: resumption(command), status: .interrupted)
    }
  }

  /// What goes on with it; the folder does not keep what is only told at the end.
  private func resumption(_ command: CompareCommand) -> String {
    "descent compare --resume \(shellQuoted(writer.folder.path))"
      + (command.target.map { " --target \(decimal($0))" } ?? "") + (command.sharpness ? " --sharpness" : "")
  }

  private func sharpness(
    _ command: CompareCommand, _ result: ComparisonSummary, _ session: Session
  ) throws -> CompareSharpness? {
    guard command.sharpness, !result.allDiverged else { return nil }
    let measured: CompareSharpness
    do {
      measured = try CompareSharpness(result, setup: setup, optimizers: optimizers, session)
    } catch {
      // An addition must not cost the answer that all the runs were made for.
      session.note("the sharpness could not be measured: \(flattened("\(error)"))")
      return nil
    }
    if Interruption.isRequested { throw StudyStopped() }
    return measured
  }
}
