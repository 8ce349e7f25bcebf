import DescentCharts
import DescentReports
import DescentTraining

/// One rate's path over a problem.
struct TracedPath {
  var rate: Double
  var result: TraceResult

  var name: String { "η = \(figure(rate))" }
}

/// Pictures of optimizer paths: over level lines for two parameters, otherwise the loss step by step.
struct TracePicture {
  var problem: TraceProblem
  var title: String
  var paths: [TracedPath]

  var chart: Chart { problem.start.count == 2 ? contours : losses }

  func page() -> HTMLPage {
    let rows = paths.map { path in
      [
        path.name, path.result.losses.last.map(figure) ?? "–", path.result.diverged ? "yes" : "no",
        path.result.verdict?.sentence ?? "–",
      ]
    }
    let pictures: [HTMLPage.Block] = problem.start.count == 2 ? [.chart(contours), .chart(losses)] : [.chart(losses)]
    return HTMLPage(
      title: "Optimizer path", subtitle: title,
      sections: [
        HTMLPage.Section("", pictures),
        HTMLPage.Section(
          "What happened", [.table(HTMLPage.Table(columns: ["rate", "last loss", "diverged", "why"], rows: rows))]),
      ], footer: HTMLPage.footer)
  }

  private var losses: Chart {
    let lines = paths.map { path in
      Mark.line(
        Series(
          path.name,
          points: ([path.result.startLoss] + path.result.losses).enumerated().map {
            PlotPoint(Double($0.offset), $0.element)
          }))
    }
    return Chart(title: title, xAxis: Axis("step"), yAxis: Axis("loss", scale: .log), marks: lines)
  }

  private var contours: Chart {
    let (x, y) = (range(0), range(1))
    let levels = Contours(xRange: x, yRange: y) { problem.loss(at: [$0, $1]) }
    let lines = paths.map { path in
      Mark.path(Series(path.name, points: ([problem.start] + path.result.path).map { PlotPoint($0[0], $0[1]) }))
    }
    return Chart(
      title: title, xAxis: Axis("x", range: x), yAxis: Axis("y", range: y), marks: [.contours(levels)] + lines)
  }

  /// What of one coordinate is shown: the start and everything not far beyond where the calm paths go.
  private func range(_ coordinate: Int) -> ClosedRange<Double> {
    let start = problem.start[coordinate]
    let reach = 3 * max(problem.start.map(abs).max() ?? 1, 0.1)
    var values = [start]
    for path in paths { values += path.result.path.map { $0[coordinate] }.filter { abs($0) <= reach } }
    let (low, high) = (values.min() ?? start, values.max() ?? start)
    let margin = max((high - low) * 0.15, reach * 0.1)
    return (low - margin)...(high + margin)
  }
}
