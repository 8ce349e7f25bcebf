import ArgumentParser
import DescentCore
import DescentStore

struct RunsExport: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print a run's measurements as CSV, or all of it as JSON.",
    usage: "descent runs export <run> [--effective-rates] [options]",
    discussion: examples(
      "descent runs export 2026-11-23-153012-brave-otter > run.csv",
      "descent runs export 2026-11-23-153012-brave-otter --json > run.json",
      "descent runs export 2026-11-23-153012-brave-otter | tail -1"))

  @Argument(help: runHelp)
  var run: String

  @Flag(help: "The recorded effective rates as CSV, a row for each step and tensor, instead of the measurements.")
  var effectiveRates = false

  @OptionGroup
  var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let record = try RunStore(directory: global.out).open(run).record()
    if global.json { return Report(json: .raw(try record.json()), result: "") }
    if effectiveRates, record.effectiveRates.isEmpty {
      throw Failure(
        "not-recorded", "\(run) holds no effective rates", hint: "train with --effective-rates", status: .failed)
    }
    let csv = effectiveRates ? record.effectiveRatesCSV() : record.csv()
    return Report(json: .null, result: String(csv.dropLast()))
  }
}
