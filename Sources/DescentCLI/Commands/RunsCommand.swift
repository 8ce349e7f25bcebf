import ArgumentParser
import DescentStore

/// `descent runs`: the folders that training leaves behind.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, export or delete recorded runs.",
    discussion: examples(
      "descent runs list --sort validationLoss",
      "descent runs show 2026-11-23-153012-brave-otter",
      "descent runs export 2026-11-23-153012-brave-otter > run.csv"),
    subcommands: [RunsList.self, RunsShow.self, RunsExport.self, RunsDelete.self],
    defaultSubcommand: RunsList.self)
}

/// Reads what a run is called: its name, the beginning of only one name, or the path of its folder.
let runHelp = ArgumentHelp("The run's name, the beginning of only one name, or its folder.", valueName: "run")
