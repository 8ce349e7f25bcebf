import ArgumentParser
import DescentStore

struct RunsDelete: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete runs with everything in their folders.",
    usage: "descent runs delete <run> ... [options]",
    discussion: examples(
      "descent runs delete 2026-11-23-153012-brave-otter",
      "descent runs delete runs/2026-11-23-153012-brave-otter",
      "descent runs delete one two --json")
      + "\n\nOnly whole names are taken, never a mere beginning.")

  @Argument(help: ArgumentHelp("The runs' whole names, or their folders.", valueName: "run"))
  var runs: [String]

  @OptionGroup
  var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let store = RunStore(directory: global.out)
    for run in runs { try store.delete(run) }
    return Report(json: ["deleted": JSON(runs)], result: runs.map { "deleted \($0)" }.joined(separator: "\n"))
  }
}
