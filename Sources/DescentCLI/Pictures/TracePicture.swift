import DescentCharts
import DescentOptimizers
import DescentReports
import DescentTraining

/// Pictures of optimizer paths: over the curve or the level lines of one or two parameters, and step by step.
struct TracePicture {
  var problem: TraceProblem
  /// As the problem was asked for: a function's name or a file.
  var name: String
  var steps: Int
  var paths: [TracedPath]
  /// Dots on every step of a path over level lines: for pictures fine enough.
  var dotsSteps = false

  /// The charts in the order they stand, with their heights in pixels and in terminal rows.
  var charts: [(chart: Chart, pixels: Int, rows: Int)] {
    let tall = paths.contains { !$0.result.effectiveRates.isEmpty }
    let progress = (chart: progress, pixels: tall ? 520 : 320, rows: tall ? 24 : 14)
    return switch problem.start.count {
    case 1: [(curve, 460, 20), progress]
    case 2: [(contours, 560, 26), progress]
    default: [progress]
    }
  }

  func page() -> HTMLPage {
    let rows = paths.map { path in
      [
        path.optimizer, figure(path.rate), path.result.losses.last.map(figure) ?? "–",
        path.result.diverged ? "yes" : "no", path.verdict,
      ]
    }
    return HTMLPage(
      title: "Optimizer path", subtitle: "\(title), \(way)",
      sections: [
        HTMLPage.Section("", charts.map { .chart($0.chart, width: 860, height: $0.pixels) }),
        HTMLPage.Section(
          "What happened",
          [.table(HTMLPage.Table(columns: ["optimizer", "rate", "last loss", "diverged", "why"], rows: rows))]),
      ], footer: HTMLPage.footer)
  }

  // MARK: Words

  private var title: String {
    let variables = ["x", "x, y"][min(problem.start.count, 2) - 1]
    return switch problem.loss {
    case .function(let function) where problem.start.count <= 2:
      "f(\(variables)) = \(function.formula)"
    case .function(let function): "\(function.rawValue), \(problem.start.count) parameters"
    case .quadratic: "½·pᵀHp of \(name)\(problem.start.count > 2 ? ", \(problem.start.count) parameters" : "")"
    }
  }

  private var way: String {
    let rules = Set(paths.map(\.optimizer))
    let rates = Set(paths.map(\.rate))
    let rule = rules.count == 1 ? paths.first.map { "\($0.optimizer), " } ?? "" : ""
    let rate = rates.count == 1 ? paths.first.map { "η = \(figure($0.rate)), " } ?? "" : ""
    let numbers = problem.start.map { figure($0) }.joined(separator: ", ")
    let start = problem.start.count > 4 ? "" : problem.start.count == 1 ? " from x = \(numbers)" : " from (\(numbers))"
    return "\(rule)\(rate)\(steps) step\(steps == 1 ? "" : "s")\(start)"
  }

  // MARK: Over the problem

  /// The function of one parameter with the points on it, joined in their order.
  private var curve: Chart {
    let range = TraceWindow(problem: problem, paths: paths).ranges[0]
    let values = (0...240).map { i -> PlotPoint in
      let x = range.lowerBound + (range.upperBound - range.lowerBound) * Double(i) / 240
      return PlotPoint(x, problem.loss(at: [x]))
    }
    let heights = values.map(\.y).filter(\.isFinite)
    let (low, high) = (heights.min() ?? 0, heights.max() ?? 1)
    let marks = paths.flatMap { path -> [Mark] in
      let points = shown(
        path,
        zip([problem.start] + path.result.path, [path.result.startLoss] + path.result.losses).map {
          PlotPoint($0[0], $1)
        }
      ) { range.contains($0.x) }
      let seen = points.filter { range.contains($0.x) }
      return [.path(Series(path.name, points: points)), .points(Series(path.name, points: seen))]
    }
    return Chart(
      title: title, subtitle: way, xAxis: Axis("x", range: range),
      yAxis: Axis("f(x)", range: (low - 0.04 * (high - low))...max(high, low + 1e-300)),
      marks: [.line(Series("f(x)", points: values, style: .thin, color: .gray))] + marks)
  }

  private var contours: Chart {
    let window = TraceWindow(problem: problem, paths: paths)
    let (levels, heights) = window.contours()
    let minima = problem.minima.map { PlotPoint($0[0], $0[1]) }
    let marks = paths.flatMap { path -> [Mark] in
      let inside = { (point: PlotPoint) in
        window.ranges[0].contains(point.x) && window.ranges[1].contains(point.y)
      }
      let points = shown(path, ([problem.start] + path.result.path).map { PlotPoint($0[0], $0[1]) }, inside)
      let seen = points.filter(inside)
      let dots = dotsSteps && steps <= 40 ? [Mark.points(Series(path.name, points: seen))] : []
      return [.path(Series(path.name, points: points))] + dots
    }
    return Chart(
      title: title, subtitle: [way, heights].filter { !$0.isEmpty }.joined(separator: "; "),
      xAxis: Axis("x", range: window.ranges[0]), yAxis: Axis("y", range: window.ranges[1]),
      marks: [.contours(levels)] + marks
        + (minima.isEmpty
          ? [] : [.points(Series(minima.count > 1 ? "minima" : "minimum", points: minima, color: .gray))]))
  }

  /// The points of a path; of one that blows up those up to where it leaves the picture, which its later swings would
  /// only fill.
  private func shown(_ path: TracedPath, _ points: [PlotPoint], _ inside: (PlotPoint) -> Bool) -> [PlotPoint] {
    guard path.result.diverged, let exit = points.firstIndex(where: { !inside($0) }) else { return points }
    return Array(points.prefix(exit + 1))
  }

  // MARK: Over the steps

  /// The loss of every path, and where they were asked for the rates.
  private var progress: Chart {
    let shown = problem.start.count <= 2
    let panels = [losses] + (paths.contains { !$0.result.effectiveRates.isEmpty } ? [rates] : [])
    return Chart(
      title: shown ? "" : title, subtitle: shown ? "" : way, xAxis: Axis("step"), panels: panels)
  }

  private var losses: Panel {
    let series = paths.map { path in
      Series(
        path.name,
        points: ([path.result.startLoss] + path.result.losses).enumerated().map {
          PlotPoint(Double($0.offset), $0.element)
        })
    }
    // Where the loss has no floor at 0 a logarithm would leave out what matters.
    let isSigned = series.contains { $0.points.contains { $0.y < 0 } }
    let start = abs(paths.first?.result.startLoss ?? 1)
    let axis =
      isSigned
      ? Axis("loss", clipAbove: 10 * start, clipBelow: -10 * start)
      : Axis("loss", scale: .log, clipAbove: 1e4 * max(start, 1e-280), clipBelow: 1e-16 * max(start, 1e-280))
    return Panel(yAxis: axis, marks: series.map(Mark.line))
  }

  /// What was requested, dashed; what multiplied the gradient: the median, and all between minimum and maximum.
  private var rates: Panel {
    var marks: [Mark] = []
    var requested: [[PlotPoint]] = []
    for path in paths {
      func points(_ value: (EffectiveRate) -> Double) -> [PlotPoint] {
        path.result.effectiveRates.enumerated().map { PlotPoint(Double($0.offset + 1), value($0.element)) }
      }
      let asked = points(\.requested)
      if !requested.contains(asked) { requested.append(asked) }
      marks.append(.line(Series(path.name, points: points(\.quantiles.median))))
      marks.append(
        .envelope(Envelope(path.name, lower: points(\.quantiles.minimum), upper: points(\.quantiles.maximum))))
    }
    marks += requested.map { .line(Series("requested", points: $0, style: .dashed, color: .gray)) }
    return Panel(yAxis: Axis("rate, requested and effective", scale: .log), marks: marks)
  }
}
