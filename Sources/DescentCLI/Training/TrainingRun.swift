import DescentCore
import DescentDiagnosis
import DescentOptimizers
import DescentSchedules
import DescentStore
import DescentTraining

/// One attempt at a run: its folder, and the trainer that makes the steps.
struct TrainingRun {
  private let writer: RunWriter
  private let trainer: Trainer<ModelTrainee>
  private let setup: TrainingSetup

  /// A new run with the options given.
  init(new command: TrainCommand, in store: RunStore, _ session: Session) throws {
    let training = try TrainingSession(command.specification(over: RunSpecification()), threads: session.threads)
    try command.training.checkBatch(rows: training.setup.trainingRows)
    if let rate = training.defaultRate {
      let controller = training.specification.controller.flatMap { $0.usualPeak == nil ? nil : $0.name }
      let meaning =
        switch training.setup.source.optimizer.rateMeaning {
        case _ where controller != nil: ""
        case .stepSize: ""
        case .multiplier: ", which multiplies the rate it finds itself"
        case .bound: ", the largest step it may take"
        }
      let owner = controller ?? training.specification.training.optimizer
      session.note("no --lr given: using \(decimal(rate)), the default of \(owner)\(meaning).")
    }
    let description = RunDescription(
      id: "", createdAt: "", command: session.arguments, specification: training.specification.dictionary,
      seed: session.global.seed, threads: session.threads, versions: Self.versions, cpu: RunEnvironment.cpu,
      plannedSteps: training.plan.steps)
    var trainer = try training.trainer(description)
    writer = try store.create(description)
    trainer.description = writer.description
    self.trainer = trainer
    setup = training.setup
  }

  /// The run that `reference` stands for, from its last checkpoint.
  init(resuming reference: String, in store: RunStore, as command: TrainCommand, _ session: Session) throws {
    let folder = try store.open(reference)
    let recorded = try folder.description()
    try CompareRun.refuse(recorded, folder)
    try command.checkSame(as: recorded)
    let before = try RunSpecification(dictionary: recorded.specification)
    let threads = session.global.threads ?? recorded.threads
    let training = try TrainingSession(command.specification(over: before), threads: threads)
    try command.checkSame(before, asked: training.specification)
    if let last = folder.checkpointSteps.first, training.plan.steps < last {
      throw Failure(
        "bad-value", "--steps \(training.plan.steps) is less than the \(last) steps the run has made",
        hint: "give \(last) or more")
    }
    Self.noteEnvironment(recorded, session)
    // Everything that can be wrong in the arguments was found before the folder is touched.
    let (writer, checkpoint) = try RunWriter.resume(folder)
    var description = writer.description
    description.specification = training.specification.dictionary
    description.threads = threads
    description.plannedSteps = training.plan.steps
    description.versions = Self.versions
    description.cpu = RunEnvironment.cpu
    self.writer = writer
    setup = training.setup
    trainer = try training.trainer(description, from: checkpoint)
    try Self.noteSchedule(before, training, at: trainer.position, session)
    if let start = trainer.trainee.averaging?.start, let usual = training.setup.source.averaging?.start, start != usual
    {
      session.note(
        "the mean of the parameters is taken from step \(start) on; in a run of \(training.plan.steps) steps it would "
          + "have begun at step \(usual).")
    }
  }

  private static var versions: [String: String] {
    RunEnvironment.versions.merging(["descent": Descent.version]) { own, _ in own }
  }

  /// A schedule is laid over the whole run, so a longer run has other rates.
  private static func noteSchedule(
    _ before: RunSpecification, _ training: TrainingSession, at position: Int, _ session: Session
  ) throws {
    guard let steps = before.steps, steps != training.plan.steps, position > 0 else { return }
    let old = try training.plan(of: before, steps: steps)
    let (last, next) = (old.rate(at: position - 1), training.plan.rate(at: position))
    let same = (0..<position).allSatisfy { old.rate(at: $0) == training.plan.rate(at: $0) }
    guard !same else { return }
    session.note(
      "the schedule \(before.schedule) now spans \(training.plan.steps) steps instead of \(steps): the rate was "
        + "\(figure(last)) and goes on at \(figure(next)).")
  }

  private static func noteEnvironment(_ recorded: RunDescription, _ session: Session) {
    let changes = versions.merging(["cpu": RunEnvironment.cpu]) { own, _ in own }.compactMap { name, now in
      let before = name == "cpu" ? recorded.cpu : recorded.versions[name]
      return before == now ? nil : "\(name) \(before ?? "unknown") → \(now)"
    }
    guard !changes.isEmpty else { return }
    session.note(
      "the run was begun elsewhere (\(changes.sorted().joined(separator: ", "))); its numbers may go on differently in "
        + "their last bits.")
  }

  /// Makes the steps and tells what came of them.
  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    var trainer = trainer
    var bar = session.progress("Training", total: trainer.plan.steps, from: trainer.position)
    var (last, returns) = (-1, 0)
    var sink = DiagnosingSink(writer) { finding, step in
      // The bar's line is drawn anew by its next update.
      if session.terminal.canRedraw, !session.global.quiet { Console.notice("\r\u{1B}[K") }
      session.note("step \(step): \(finding.code.rawValue): \(finding.evidence.sentence) \(finding.advice)")
    }
    let result = try trainer.run(
      into: &sink,
      observe: { progress in
        if progress.step <= last { returns += 1 }
        last = progress.step
        bar.update(progress.step + 1) { "loss \(figure(progress.report.loss))  lr \(figure(progress.rate))" }
      }, shouldStop: { Interruption.isRequested })
    bar.finish()
    if returns > 0 {
      session.note(
        "the run diverged and went back at half the rate, \(returns == 1 ? "once" : "\(returns) times"); "
          + "descent runs show \(shellQuoted(writer.folder.path)) tells where.")
    }
    var report = TrainingReport(
      result: result, folder: writer.folder, plan: trainer.plan,
      parameterHash: parameterHash(trainer.trainee.parameters))
    let measured = Evaluations(train: result.train, validation: result.validation, test: result.test)
    if result.outcome != .interrupted, let language = LanguageFigures(measured, task: setup.task) {
      report.language = language
      let sampler = try TextSampler(setup.model, task: setup.task, threads: trainer.description.threads)
      report.sample = sampler.sample(of: trainer.trainee, seed: trainer.trainee.seed)
    }
    return try report.report(pictures, session)
  }
}

extension TrainCommand {
  /// The run asked for, with what was not given taken from `base`.
  fileprivate func specification(over base: RunSpecification) throws -> RunSpecification {
    var result = base
    result.training = training.specification(over: base.training)
    if let schedule = training.schedule { result.schedule = try Schedule(parsing: schedule) }
    if let plan { result.plan = try Plan(reading: plan) }
    if let controller { result.controller = try Controller(parsing: controller) }
    result.rate = lr ?? base.rate
    if steps != nil || epochs != nil { (result.steps, result.epochs) = (steps, epochs) }
    result.onDivergence = on ?? base.onDivergence
    if let every = effectiveRatesEvery {
      result.effectiveRates = .steps(every)
    } else if effectiveRates {
      result.effectiveRates = base.effectiveRates ?? .automatic
    }
    return result
  }

  /// Refuses another seed or number of threads than the run was begun with.
  fileprivate func checkSame(as recorded: RunDescription) throws(Failure) {
    if let seed = global.givenSeed, seed != recorded.seed { throw Self.differs("seed", "\(seed)", "\(recorded.seed)") }
    guard let threads = global.threads, threads != recorded.threads, !allowDifferent else { return }
    throw Failure(
      "bad-value", "--threads \(threads) differs from the \(recorded.threads) the run was begun with",
      hint: "leave it out, or add --allow-different")
  }

  /// Refuses another training than the run was begun with; its length, what is recorded and what to do when it diverges may change.
  fileprivate func checkSame(_ before: RunSpecification, asked: RunSpecification) throws(Failure) {
    var (old, new) = (before.dictionary, asked.dictionary)
    for key in ["steps", "epochs", "on", RunSpecification.effectiveRatesKey] { (old[key], new[key]) = (nil, nil) }
    guard let key = new.keys.sorted().first(where: { new[$0] != old[$0] }), let value = new[key] else { return }
    throw Self.differs(key, value, old[key] ?? "none")
  }

  private static func differs(_ option: String, _ value: String, _ old: String) -> Failure {
    Failure(
      "bad-value", "--\(option) \(shellQuoted(value)) differs from the \(shellQuoted(old)) the run was begun with",
      hint: "leave it out, or begin a new run")
  }
}
