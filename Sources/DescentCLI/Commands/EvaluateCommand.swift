import ArgumentParser
import DescentCore
import DescentStore
import DescentTraining

/// `descent evaluate`: what a run's last checkpoint scores.
struct EvaluateCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a run's last checkpoint on its validation and test data.",
    usage: "descent evaluate <run> [--data <spec>] [options]",
    discussion: examples(
      "descent evaluate 2026-11-23-153012-brave-otter",
      "descent evaluate runs/2026-11-23-153012-brave-otter --data new.csv",
      "descent evaluate 2026-11-23-153012-brave-otter --json"))

  @Argument(help: runHelp)
  var run: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure on all rows of this data, scaled as the run's own.", valueName: "spec"),
    completion: .file())
  var data: String?

  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let folder = try RunStore(directory: global.out).open(run)
    let recorded = try folder.description()
    let (checkpoint, notices) = folder.latestCheckpoint()
    for notice in notices { session.note(flattened(notice) + ".") }
    guard let checkpoint else {
      throw Failure("no-checkpoint", "\(folder.path): the run has no checkpoint yet", status: .failed)
    }
    let setup = try ReadyTraining(recorded.specification, threads: session.threads)
    let plan = try TrainingPlan(
      schedule: try setup.resolved(steps: max(1, recorded.plannedSteps)), steps: checkpoint.step)
    let source = try data.map { try setup.source(testing: $0, threads: session.threads) } ?? setup.source
    var trainer = Trainer(
      try source.makeTrainee(seed: recorded.seed, batchOrder: recorded.seed), plan: plan)
    try trainer.resume(from: checkpoint)
    let trainee = trainer.trainee
    let own = data == nil
    let figures = try Figures(
      train: own ? trainee.evaluate(on: .train) : nil, validation: own ? trainee.evaluate(on: .validation) : nil,
      test: trainee.evaluate(on: .test))
    return Report(
      json: .object(
        [("run", .string(folder.path)), ("steps", .integer(checkpoint.step))] + figures.members
          + [("parameterHash", .string(parameterHash(trainee.parameters)))]),
      result: table([["run", folder.path], ["steps", String(checkpoint.step)]] + figures.rows, leading: [0, 1]))
  }
}
