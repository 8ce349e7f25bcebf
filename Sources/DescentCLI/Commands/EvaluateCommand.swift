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
    let checkpoint = try SlicedRun.checkpoint(of: folder, step: nil, session)
    let scores = try CheckpointEvaluation(
      of: checkpoint, specification: TrainingSpecification(dictionary: recorded.specification), data: data,
      threads: session.global.threads ?? recorded.threads)
    let figures = Figures(
      measured: Evaluations(train: scores.train, validation: scores.validation, test: scores.test), raw: scores.raw,
      language: scores.language)
    return Report(
      json: .object(
        [("run", .string(folder.path)), ("steps", .integer(checkpoint.step))] + figures.members
          + [("parameterHash", .string(scores.parameterHash))]),
      result: session.terminal.outputIsTerminal
        ? table([["run", folder.path], ["steps", String(checkpoint.step)]] + figures.rows, leading: [0, 1])
        : ([folder.path, "steps=\(checkpoint.step)"] + figures.assignments).joined(separator: " "))
  }
}
