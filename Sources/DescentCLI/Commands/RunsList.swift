import ArgumentParser
import DescentCore
import DescentSpecs
import DescentStore

struct RunsList: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the recorded runs, the newest first.",
    usage: "descent runs [list] [--sort <key>] [--status <status>] [--match <text>] [--limit <n>] [options]",
    discussion: examples(
      "descent runs list",
      "descent runs list --sort validationLoss --limit 5",
      "descent runs list --status diverged --json"))

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "created, id, steps, or a final figure such as finalLoss or testAccuracy. (default: created)", valueName: "key"))
  var sort = "created"

  @Flag(help: "The other way round: the oldest, the largest figure first.")
  var reverse = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only runs that are running, finished, diverged, interrupted or failed.", valueName: "status"),
    completion: .list(["running", "finished", "diverged", "interrupted", "failed"]), transform: Value.choice)
  var status: RunState?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Only runs with this text in their name, command or settings.", valueName: "text"))
  var match: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("At most so many.", valueName: "n"), transform: Value.steps)
  var limit: Int?

  @OptionGroup
  var global: GlobalOptions

  /// The statuses of `RunStatus`, which is not made for menus.
  enum RunState: String, CaseIterable, Decodable {
    case running, finished, diverged, interrupted, failed
  }

  func report(_ session: Session) throws -> Report {
    let listing = try RunStore(directory: global.out).list(query)
    try checkSort(in: listing)
    for notice in listing.notices { session.note(flattened(notice) + ".") }
    var rows = listing.runs.map(Self.row)
    if session.terminal.outputIsTerminal, !rows.isEmpty {
      rows.insert(["run", "status", "steps", "loss", "validation", "settings"], at: 0)
    }
    var lines = table(rows, leading: [0, 1, 5])
    if session.terminal.outputIsTerminal { lines = Self.cut(lines, to: session.terminal.width) }
    return Report(
      json: [
        "runs": .array(try listing.runs.map { .raw(try $0.json()) }),
        "notices": JSON(listing.notices),
      ],
      result: lines,
      next: rows.isEmpty ? "There are no runs in \(global.out) yet." : nil)
  }

  private var query: RunQuery {
    let order: RunQuery.Order =
      switch sort {
      case "created": .time
      case "id": .id
      case "steps": .steps
      default: .result(sort)
      }
    // The newest first, but the lowest loss.
    let descending = if case .result = order { reverse } else { !reverse }
    return RunQuery(
      order: order, descending: descending, status: status.flatMap { RunStatus(rawValue: $0.rawValue) }.map { [$0] },
      text: match, limit: limit)
  }

  /// A figure that no run has is a misspelt one.
  private func checkSort(in listing: RunListing) throws(Failure) {
    guard case .result(let name) = query.order, let first = listing.runs.first, first.results[name] == nil else {
      return
    }
    let names = Set(listing.runs.flatMap(\.results.keys)).sorted() + ["created", "id", "steps"]
    throw Failure(
      "bad-value", "--sort \(name) is a figure no run has", hint: flattened(suggestion(for: name, among: names)))
  }

  /// Every line within the width; `runs show` tells the rest.
  private static func cut(_ text: String, to width: Int) -> String {
    text.split(separator: "\n").map { $0.count > width ? $0.prefix(width - 1) + "…" : $0 }.joined(separator: "\n")
  }

  private static func row(_ run: RunDescription) -> [String] {
    let settings = ["data", "optimizer", "lr", "schedule"].compactMap { run.specification[$0] }.joined(separator: " · ")
    return [
      run.id, run.status.rawValue, "\(run.completedSteps)/\(run.plannedSteps)",
      run.results["finalLoss"].map(figure) ?? "–", run.results["validationLoss"].map(figure) ?? "–", settings,
    ]
  }
}
