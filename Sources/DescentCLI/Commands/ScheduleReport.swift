import DescentCharts
import DescentReports
import DescentSchedules

/// What `schedule --from` says of another library's schedule: the rates that library would use, and what to know of them.
struct ScheduleReport {
  private let theirs: LibrarySchedule
  private let rates: [Double]
  /// Our own schedule with the same rates, if there is one.
  private let own: ResolvedSchedule?

  init(_ theirs: LibrarySchedule, steps: Int) throws {
    self.theirs = theirs
    rates = theirs.rates(count: steps)
    own = try theirs.equivalent.map { try $0.resolved(horizon: Horizon(steps: steps)) }
  }

  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    for note in theirs.notes { session.note(note) }
    if !session.global.json, let own { session.note("the same in one line: \(own.schedule)") }
    try pictures.save(chart, page: page, session: session)
    return Report(
      json: session.global.json ? json : .null,
      result: session.terminal.outputIsTerminal
        ? table([["step", "rate"]] + places.map { [String($0), figure(rates[$0])] })
        : rates.map(decimal).joined(separator: "\n"),
      picture: session.drawn(chart))
  }

  private var places: [Int] { Set((0...8).map { (rates.count - 1) * $0 / 8 }).sorted() }

  private var chart: Chart {
    let most = 3000
    let shown = rates.count <= most ? Array(rates.indices) : (0..<most).map { $0 * (rates.count - 1) / (most - 1) }
    let line = Series("rate", points: shown.map { PlotPoint(Double($0), rates[$0]) })
    return Chart(
      title: theirs.call, subtitle: "\(rates.count) steps, \(theirs.library.rawValue)", xAxis: Axis("step"),
      yAxis: Axis("rate"), marks: [.line(line)])
  }

  private var page: HTMLPage {
    HTMLPage(
      title: "Learning-rate schedule", subtitle: theirs.call,
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section("What to know", theirs.notes.isEmpty ? [.paragraph("Nothing.")] : [.list(theirs.notes)]),
      ], footer: HTMLPage.footer)
  }

  private var json: JSON {
    let findings = own?.lint() ?? []
    return [
      "library": .string(theirs.library.rawValue), "call": .string(theirs.call), "steps": .integer(rates.count),
      "canonical": JSON(own?.schedule.description), "integral": JSON(own?.integral()),
      "notes": JSON(theirs.notes),
      "lint": .array(
        findings.map {
          ["code": .string($0.code), "severity": .string($0.severity.rawValue), "message": .string($0.message)]
        }),
      "rates": JSON(rates),
    ]
  }
}
