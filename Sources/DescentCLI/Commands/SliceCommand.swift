import ArgumentParser
import DescentCharts
import DescentCore
import DescentReports
import DescentStore

/// `descent slice`: the loss along lines and over planes through a run's checkpoint.
struct SliceCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "slice",
    abstract: "See the loss along a run's next update, or between checkpoints.",
    usage: "descent slice <run> [--step <n>] [--to <run|step|file> | --random | --2d] [options]",
    discussion: examples(
      "descent slice 2026-11-23-153012-brave-otter",
      "descent slice 2026-11-23-15 --to 2026-11-23-16 --svg between.svg",
      "descent slice 2026-11-23-153012-brave-otter --2d --html surface.html")
        + """


        By default it follows the next update, θ + α·Δ: α = 1 is the step at the run's
        rate, and the critical rate is the largest that does not raise the loss.
        In a pipe it prints comma-separated columns.
        """)

  @Argument(help: runHelp)
  var run: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Start from the checkpoint of this step. (default: the last)", valueName: "n"),
    transform: Value.count(0...1_000_000_000_000))
  var step: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The rate of the update. (default: the run's own at this step)", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Go in a straight line to another run's checkpoint, another step's, or a .safetensors file's.",
      valueName: "run|step|file"))
  var to: String?

  @Flag(help: "Take a random direction, scaled as the weights of each output unit.")
  var random = false

  @Flag(name: .customLong("2d"), help: "Take the plane of two random directions, scaled in this way.")
  var plane = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Points of a line, or along each side of a plane. (default: 61; 25)", valueName: "n"),
    transform: Value.count(3...1001))
  var points: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How far random directions are followed to both sides. (default: 1)", valueName: "α"),
    transform: Value.limit)
  var span: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Training rows to measure over, evenly spaced. (default: all, of large data a part)", valueName: "n"),
    transform: Value.count(1...1_000_000_000_000))
  var rows: Int?

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try checkChoice()
    try pictures.check()
    let sliced = try SlicedRun(run, step: step, session)
    let slice = try measured(sliced, session)
    let title = "\(sliced.folder.id), step \(sliced.checkpoint.step)"
    let chart = slice.chart(title)
    try pictures.save(
      [(chart, slice.isPlane ? 640 : 440)], page: page(slice, chart, title), session: session)
    return Report(
      json: .object(
        [("run", .string(sliced.folder.path)), ("step", .integer(sliced.checkpoint.step))] + slice.members
          + [("verdict", .string(slice.verdict))]),
      result: session.terminal.outputIsTerminal
        ? table(slice.facts, leading: [0, 1], width: session.terminal.width) + "\n\n"
          + wrapped(slice.verdict, to: session.terminal.width).joined(separator: "\n")
        : slice.csv,
      picture: session.drawn(chart, height: slice.isPlane ? 28 : 20),
      next: session.terminal.outputIsTerminal ? nil : slice.verdict,
      command: slice.command)
  }

  private func measured(_ sliced: SlicedRun, _ session: Session) throws -> any Slice {
    if let to { return try Interpolation(sliced, to: to, points: points ?? 61, session) }
    if plane {
      return try RandomPlane(sliced, rows: rows, span: span ?? 1, points: points ?? 25, session)
    }
    if random { return try RandomSlice(sliced, rows: rows, span: span ?? 1, points: points ?? 61, session) }
    return try UpdateSlice(sliced, rate: lr, rows: rows, points: points ?? 61, session)
  }

  private func page(_ slice: any Slice, _ chart: Chart, _ title: String) -> HTMLPage {
    HTMLPage(
      title: "Slice of a loss", subtitle: title,
      sections: [
        HTMLPage.Section(
          "", [.callout(slice.verdict), .chart(chart, width: 860, height: slice.isPlane ? 640 : 440)]),
        HTMLPage.Section(
          "What was measured", [.table(HTMLPage.Table(columns: ["", ""], rows: slice.facts))]),
      ], footer: HTMLPage.footer)
  }

  /// Refuses options that belong to another kind of slice.
  private func checkChoice() throws(Failure) {
    let kinds = [("--to", to != nil), ("--random", random), ("--2d", plane)].filter(\.1).map(\.0)
    if kinds.count > 1 {
      throw Failure("usage", "\(kinds[0]) and \(kinds[1]) ask for two kinds of slice", hint: "leave one out")
    }
    if lr != nil, let kind = kinds.first {
      throw Failure("usage", "--lr is of an update, but \(kind) follows none", hint: "leave one out")
    }
    if span != nil, !random, !plane {
      throw Failure("usage", "--span is of random directions", hint: "add --random or --2d, or leave it out")
    }
    if rows != nil, to != nil {
      throw Failure("usage", "--to measures as evaluate does, over the run's data", hint: "leave --rows out")
    }
  }
}

/// One kind of slice, measured.
protocol Slice {
  var isPlane: Bool { get }
  /// The members of the JSON answer.
  var members: [(String, JSON)] { get }
  /// For a pipe.
  var csv: String { get }
  /// Names and values for a person.
  var facts: [[String]] { get }
  /// What to make of it.
  var verdict: String { get }
  /// The command to try next.
  var command: String? { get }

  func chart(_ title: String) -> Chart
}

extension Slice {
  var isPlane: Bool { false }
  var command: String? { nil }
}

/// Comma-separated lines, the names first; numbers with all their digits.
func csvText(_ names: [String], _ rows: [[Double]]) -> String {
  ([names.joined(separator: ",")] + rows.map { $0.map(decimal).joined(separator: ",") }).joined(separator: "\n")
}
