import ArgumentParser
import DescentCore
import DescentStore

struct RunsShow: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a run is, how it ended and what happened in it.",
    usage: "descent runs show <run> [--svg <file>] [--html <file>] [options]",
    discussion: examples(
      "descent runs show 2026-11-23-153012-brave-otter",
      "descent runs show 2026-11-23-153012-brave-otter --svg run.svg",
      "descent runs show 2026-11-23-153012-brave-otter --json"))

  @Argument(help: runHelp)
  var run: String

  @OptionGroup
  var pictures: PictureOptions

  @OptionGroup
  var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let folder = try RunStore(directory: global.out).open(run)
    let record = try folder.record()
    let figures = record.description.results.sorted { $0.key < $1.key }.map { [$0.key, figure($0.value)] }
    try pictures.check()
    try pictures.save(record.chart, page: record.page(figures, advice: nil), session: session)
    return Report(
      json: global.json ? .raw(try record.json()) : .null, result: Self.text(record, in: folder),
      picture: record.metrics.count > 1 ? session.drawn(record.chart, height: record.pictureHeight) : nil)
  }

  private static func text(_ record: RunRecord, in folder: RunFolder) -> String {
    let run = record.description
    var rows = [
      ["run", folder.path],
      ["status", "\(run.status.rawValue), \(run.completedSteps) of \(run.plannedSteps) steps"],
      ["started", run.createdAt],
      ["command", "descent " + run.command.map(shellQuoted).joined(separator: " ")],
    ]
    rows += run.specification.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    rows += [["seed", String(run.seed)], ["threads", String(run.threads)], ["cpu", run.cpu]]
    rows += run.results.sorted { $0.key < $1.key }.map { [$0.key, figure($0.value)] }
    rows.append(["checkpoints", folder.checkpointSteps.map { "step \($0)" }.joined(separator: ", ")])
    // Findings and changes matter; that a checkpoint was written does not.
    rows += record.events.filter { $0.kind != "checkpoint" }.map { ["step \($0.step)", "\($0.kind): \($0.message)"] }
    return table(rows, leading: [0, 1])
  }
}
