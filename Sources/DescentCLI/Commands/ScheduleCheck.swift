import ArgumentParser
import DescentCharts
import DescentCore
import DescentReports
import DescentSchedules

/// `descent schedule check`: rates that were really applied beside the schedule that was meant.
struct ScheduleCheck: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell whether logged rates follow a schedule, and what went wrong if they do not.",
    usage: "descent schedule check <file> <schedule> [--steps <n>] [--lr <rate>] [options]",
    discussion: examples(
      "descent schedule check log.csv '3e-4: warmup 5% -> cosine' --steps 10000",
      "descent schedule check log.csv 'torch: StepLR(optimizer, 30)' --lr 0.1",
      "descent schedule check log.csv '0.1: linear to 0' --svg check.svg")
        + """


        The log has columns step and lr (or rate, learning_rate) under a header, or only rates. It finds schedules that were
        stepped too often or too seldom, never applied, lost on a resume or off by one. It exits with 3 if it finds an error.
        """)

  @Argument(help: "A log: CSV with the columns step and lr.", completion: .file(extensions: ["csv"]))
  var file: String

  @Argument(help: "The schedule that was meant, or a library's call with the library before it.")
  var schedule: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The peak of a schedule that has none of its own.", valueName: "rate"), transform: Value.rate)
  var lr: Double?

  @OptionGroup var run: HorizonOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    let applied = try Self.applied(file)
    let last = applied.map(\.step).max() ?? 0
    if run.steps == nil {
      session.note("no --steps given: the schedule is laid over the \(last + 1) steps of the log.")
    }
    let operand = try ScheduleOperand(
      schedule, lr: lr, horizon: try run.horizon(orSteps: last + 1), isOnlyOne: true)
    guard let intended = operand.own else {
      throw Failure(
        "bad-schedule", "\(operand.text) has no schedule of ours with the same rates to compare the log with",
        hint: "write the schedule that was meant in Descent's own words")
    }
    let findings = intended.check(applied: applied)
    let chart = chart(operand, applied)
    try pictures.save(chart, page: page(chart, findings), session: session)
    return Report(
      json: [
        "findings": .array(findings.map(\.json)), "rows": .integer(applied.count),
        "steps": .integer(intended.steps), "canonical": .string(intended.schedule.description),
      ],
      result: findings.isEmpty
        ? "the \(applied.count) rates follow the schedule"
        : findings.map { "\($0.severity.rawValue)  \($0.code)  \($0.message)" }.joined(separator: "\n"),
      picture: session.drawn(chart),
      status: findings.contains { $0.severity == .error } ? .badNews : .fine)
  }

  private static func applied(_ path: String) throws -> [AppliedRate] {
    let text = String(decoding: try readFile(path), as: UTF8.self)
    do {
      let table = try MetricTable(csv: text)
      let names = ["lr", "rate", "learning_rate", "learningrate", "learning rate"]
      guard let column = table.column(named: names) ?? (table.columnCount == 1 ? 0 : nil) else {
        throw MetricTableError(
          table.header.map { "The header names \($0.joined(separator: ", ")); it must name a column lr." }
            ?? "A log of several columns needs a header that names step and lr.", line: table.firstLine)
      }
      let rates = zip(try table.steps(), try table.numbers(inColumn: column)).compactMap { step, rate in
        rate.map { AppliedRate(step: step, rate: $0) }
      }
      guard !rates.isEmpty else { throw MetricTableError("The log holds no rates.") }
      return rates
    } catch let error as MetricTableError {
      throw error.failure(in: path)
    }
  }

  private func chart(_ operand: ScheduleOperand, _ applied: [AppliedRate]) -> Chart {
    let most = 2000
    let shown =
      applied.count <= most ? Array(applied.indices) : (0..<most).map { $0 * (applied.count - 1) / (most - 1) }
    var intended = operand.line
    intended.name = "intended"
    intended.style = .dashed
    return Chart(
      title: operand.text, subtitle: "applied rates of \(file)", xAxis: Axis("step"), yAxis: Axis("rate"),
      marks: [
        .line(Series("applied", points: shown.map { PlotPoint(Double(applied[$0].step), applied[$0].rate) })),
        .line(intended),
      ])
  }

  private func page(_ chart: Chart, _ findings: [LintFinding]) -> HTMLPage {
    HTMLPage(
      title: "Applied learning rates", subtitle: chart.title,
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section(
          "What went wrong",
          findings.isEmpty
            ? [.paragraph("Nothing: the rates follow the schedule.")]
            : [.list(findings.map { "\($0.severity.rawValue): \($0.message)" })]),
      ], footer: HTMLPage.footer)
  }
}
