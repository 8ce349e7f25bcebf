import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentStore
import DescentTraining

/// One attempt at a run: its folder, its plan, and the trainer that makes the steps.
struct TrainingRun {
  private var writer: RunWriter
  private var trainer: Trainer<ModelTrainee>

  /// A new run with the options given.
  init(new command: TrainCommand, in store: RunStore, _ session: Session) throws {
    let steps = command.steps ?? 1000
    var settings = command.training.settings
    settings["lr"] = command.lr.map(decimal)
    settings["steps"] = String(steps)
    settings["on"] = "diverge=" + (command.on ?? .stop).rawValue
    if command.lr == nil, try Schedule(parsing: settings["schedule"] ?? "constant").peak == nil {
      let optimizer = try OptimizerSpec(parsing: settings["optimizer"] ?? "adam")
      settings["lr"] = decimal(optimizer.defaultLearningRate)
    }
    let setup = try ReadyTraining(settings, threads: session.threads)
    if command.lr == nil, let rate = setup.rate {
      session.note("no --lr given: using \(decimal(rate)), the default of \(setup.optimizer.name).")
    }
    let plan = try Self.plan(setup, steps: steps, on: command.on ?? .stop)
    let trainee = try setup.source.makeTrainee(seed: session.global.seed, batchOrder: session.global.seed)
    writer = try store.create(
      RunDescription(
        id: "", createdAt: "", command: session.arguments, specification: settings, seed: session.global.seed,
        threads: session.threads, versions: ["descent": Descent.version], plannedSteps: steps))
    trainer = Trainer(trainee, plan: plan, description: writer.description)
  }

  /// The run that `reference` stands for, from its last checkpoint.
  init(resuming reference: String, in store: RunStore, as command: TrainCommand, _ session: Session) throws {
    let folder = try store.open(reference)
    let recorded = try folder.description()
    let threads = session.global.threads ?? recorded.threads
    guard threads == recorded.threads || command.allowDifferent else {
      throw Failure(
        "bad-value", "--threads \(threads) differs from the \(recorded.threads) the run was begun with",
        hint: "leave it out, or add --allow-different")
    }
    var settings = recorded.specification
    let steps = command.steps ?? recorded.plannedSteps
    let on = command.on ?? settings["on"].flatMap { DivergencePolicy(rawValue: String($0.dropFirst(8))) } ?? .stop
    settings["steps"] = String(steps)
    let setup = try ReadyTraining(settings, threads: threads)
    let plan = try Self.plan(setup, steps: steps, on: on)
    let trainee = try setup.source.makeTrainee(seed: recorded.seed, batchOrder: recorded.seed)
    let (writer, checkpoint) = try RunWriter.resume(folder)
    var description = writer.description
    description.specification = settings
    description.plannedSteps = steps
    self.writer = writer
    trainer = Trainer(trainee, plan: plan, description: description)
    if let checkpoint { try trainer.resume(from: checkpoint) }
  }

  private static func plan(_ setup: ReadyTraining, steps: Int, on: DivergencePolicy) throws -> TrainingPlan {
    try TrainingPlan(
      schedule: try setup.resolved(steps: steps), stepsPerEpoch: setup.stepsPerEpoch, onDivergence: on)
  }

  /// Makes the steps and tells what came of them.
  func report(_ session: Session) throws -> Report {
    var (trainer, writer) = (trainer, writer)
    let start = trainer.position
    var bar = session.progress("Training", total: trainer.plan.steps, from: start)
    let result = try trainer.run(
      into: &writer,
      observe: { progress in
        bar.update(progress.step + 1) { "loss \(figure(progress.report.loss))  lr \(figure(progress.rate))" }
      }, shouldStop: { Interruption.isRequested })
    bar.finish()
    let folder = writer.folder
    return Report(
      json: Self.json(result, trainer, folder),
      result: Self.text(result, trainer, folder),
      next: Self.next(result, folder, steps: trainer.plan.steps),
      status: Self.status(result.outcome))
  }

  private static func status(_ outcome: TrainingOutcome) -> ExitStatus {
    switch outcome {
    case .finished, .dataExhausted: .fine
    case .diverged: .badNews
    case .interrupted: .interrupted
    }
  }

  private static func next(_ result: TrainingResult, _ folder: RunFolder, steps: Int) -> String? {
    if case .interrupted = result.outcome {
      return "Interrupted after \(result.steps) of \(steps) steps; go on with: descent train --resume \(folder.path)"
    }
    return result.advice
  }

  private static func json(_ result: TrainingResult, _ trainer: Trainer<ModelTrainee>, _ folder: RunFolder) -> JSON {
    .object(
      [
        ("run", .string(folder.path)),
        ("status", .string(result.outcome.status.rawValue)),
        ("steps", .integer(result.steps)),
        ("diverged", .bool(result.outcome.status == .diverged)),
      ] + Figures(train: result.train, validation: result.validation, test: result.test).members
        + [
          ("seconds", .number(result.seconds)),
          ("parameterHash", .string(parameterHash(trainer.trainee.parameters))),
          ("advice", JSON(result.advice)),
        ])
  }

  private static func text(_ result: TrainingResult, _ trainer: Trainer<ModelTrainee>, _ folder: RunFolder) -> String {
    var rows = [["run", folder.path], ["steps", "\(result.steps), \(result.outcome.status.rawValue)"]]
    rows += Figures(train: result.train, validation: result.validation, test: result.test).rows
    rows.append(["seconds", figure(result.seconds)])
    return table(rows, leading: [0, 1])
  }
}
