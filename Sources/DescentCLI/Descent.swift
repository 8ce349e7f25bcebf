import ArgumentParser

/// The command itself; each subcommand stands in its own file under `Commands`.
struct Descent: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "descent",
    abstract: "Find, schedule, watch and explain the learning rate of a training.",
    discussion: examples(
      "descent find",
      "descent train --lr 3e-3 --schedule 'warmup 5% -> cosine' --steps 2000",
      "descent trace"),
    version: version,
    subcommands: [
      FindCommand.self, CompareCommand.self, TrainCommand.self, EvaluateCommand.self, DiagnoseCommand.self,
      EdgeCommand.self,
      SliceCommand.self, ScheduleCommand.self, TraceCommand.self, OptimizersCommand.self, RunsCommand.self,
      ExplainCommand.self, BenchCommand.self, ExplainProgramCommand.self,
    ])

  @OptionGroup
  var global: GlobalOptions

  func run() throws {
    throw CleanExit.helpRequest(Self.self)
  }
}

/// The examples a help text opens with, after its line of purpose.
func examples(_ lines: String...) -> String {
  "EXAMPLES:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
}
