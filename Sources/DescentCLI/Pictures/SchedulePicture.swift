import DescentCharts
import DescentReports
import DescentSchedules

extension ResolvedSchedule {
  /// The rate over the run.
  var chart: Chart {
    // Enough places for any screen, and every place where something happens, with the step before it.
    let most = 1500
    let even = steps <= most ? Array(0..<steps) : (0..<most).map { $0 * (steps - 1) / (most - 1) }
    let turns = breakpoints.count <= most ? breakpoints : []
    let places = Set(even + turns + turns.map { $0 - 1 }).sorted()
    let line = Series("rate", points: places.map { PlotPoint(Double($0), rate(at: $0)) })
    return Chart(
      title: schedule.description, subtitle: "\(steps) steps, area \(figure(integral())) rate·steps",
      xAxis: Axis("step"), yAxis: Axis("rate"), marks: [.line(line)])
  }

  /// The chart with what lint says.
  func page(_ findings: [LintFinding]) -> HTMLPage {
    HTMLPage(
      title: "Learning-rate schedule", subtitle: schedule.description,
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section(
          "What looks wrong",
          findings.isEmpty
            ? [.paragraph("Nothing.")] : [.list(findings.map { "\($0.severity.rawValue): \($0.message)" })]),
      ], footer: HTMLPage.footer)
  }
}
