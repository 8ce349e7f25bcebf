import ArgumentParser
import DescentStore

struct RunsExport: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print a run's measurements as CSV, or all of it as JSON.",
    usage: "descent runs export <run> [options]",
    discussion: examples(
      "descent runs export 2026-11-23-153012-brave-otter > run.csv",
      "descent runs export 2026-11-23-153012-brave-otter --json > run.json",
      "descent runs export 2026-11-23-153012-brave-otter | tail -1"))

  @Argument(help: runHelp)
  var run: String

  @OptionGroup
  var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let record = try RunStore(directory: global.out).open(run).record()
    if global.json { return Report(json: .raw(try record.json()), result: "") }
    return Report(json: .null, result: String(record.csv().dropLast()))
  }
}
