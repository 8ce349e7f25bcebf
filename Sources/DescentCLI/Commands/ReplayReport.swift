import DescentCharts
import DescentReports
import DescentSchedules

/// What `schedule replay` says: the changes with their reasons, a picture of what was watched and of the rate.
struct ReplayReport {
  var title: String
  var controller: Controller
  var observations: [Observation]
  var replay: ControllerReplay

  func result(_ session: Session) -> String {
    guard !replay.changes.isEmpty else {
      return controller.needs.isBeforeUpdate
        ? "the multiplier ends at \(figure(replay.controller.multiplier)), with no change to speak of"
        : "no changes: the multiplier stays 1"
    }
    guard session.terminal.outputIsTerminal else {
      return replay.changes.map { "\($0.step)  \($0.reason.rawValue)  \($0.message)" }.joined(separator: "\n")
    }
    return table(rows, leading: [3, 4], width: session.terminal.width)
  }

  private static let columns = ["step", "from", "to", "reason", "why"]

  private var rows: [[String]] {
    [Self.columns]
      + replay.changes.map { [String($0.step), figure($0.from), figure($0.to), $0.reason.rawValue, $0.message] }
  }

  var json: JSON {
    [
      "controller": .string(controller.description), "observations": .integer(observations.count),
      "changes": .array(
        replay.changes.map {
          [
            "step": .integer($0.step), "from": .number($0.from), "to": .number($0.to),
            "reason": .string($0.reason.rawValue), "message": .string($0.message),
          ]
        }),
      "multiplier": .number(replay.controller.multiplier),
      "steps": .array(observations.map { .integer($0.step) }),
      "multipliers": JSON(replay.multipliers), "rates": JSON(replay.rates),
    ]
  }

  var page: HTMLPage {
    HTMLPage(
      title: "What a controller would have done", subtitle: "\(controller) on \(title)",
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section(
          "Changes of the multiplier",
          replay.changes.isEmpty
            ? [.paragraph("None.")]
            : [.table(HTMLPage.Table(columns: Self.columns, rows: Array(rows.dropFirst())))]),
      ], footer: HTMLPage.footer)
  }

  var chart: Chart {
    let losses = Series("loss", points: points(observations.map(\.loss)), style: .thin)
    let metrics = observations.filter { $0.metric != nil }.map { (step: $0.step, value: $0.metric ?? .nan) }
    var marks: [Mark] = [.line(losses)]
    if !metrics.isEmpty { marks.append(.line(Series("validation", points: thinned(metrics), style: .bold))) }
    let before = Series("scheduled", points: points(observations.map(\.scheduledRate)), style: .dashed)
    let after = Series("with the controller", points: points(replay.rates), style: .bold)
    return Chart(
      title: controller.description, subtitle: "on \(title), \(observations.count) observations", xAxis: Axis("step"),
      panels: [
        Panel(yAxis: axis("loss", observations.map(\.loss) + metrics.map(\.value)), marks: marks, weight: 2),
        Panel(yAxis: axis("rate", replay.rates), marks: [.line(before), .line(after)]),
      ])
  }

  private func points(_ values: [Double]) -> [PlotPoint] {
    thinned(zip(observations, values).map { (step: $0.step, value: $1) })
  }

  /// Logarithmic where the values are positive and change by more than an order of magnitude.
  private func axis(_ name: String, _ values: [Double]) -> Axis {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low > 0, high / low > 10 else { return Axis(name) }
    return Axis(name, scale: .log)
  }
}
