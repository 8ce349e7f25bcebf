import DescentCharts

/// Charts shared by the tests.
enum Samples {
  static let rates = (0..<60).map { Scale10.power(-5 + 5 * Double($0) / 59) }

  static var find: Chart {
    let losses = rates.map { 2 / (1 + $0 / 0.006) + ($0 > 0.3 ? 1e4 * $0 : 0) }
    return Chart(
      title: "Range <test>", subtitle: "3 repeats", xAxis: Axis("learning rate", scale: .log),
      yAxis: Axis("loss", clipAbove: 3),
      marks: [
        .regions([
          Band(1e-5...1e-3, label: "flat"), Band(1e-3...0.2, label: "falling"), Band(0.2...1, label: "climbing"),
        ]),
        .band(0.03...0.12, label: "80 % interval"),
        .line(Series("repeats", x: rates, y: losses.map { $0 * 1.1 }, style: .thin, color: .blue)),
        .line(Series("repeats", x: rates, y: losses.map { $0 * 0.9 }, style: .thin, color: .blue)),
        .line(Series("median", x: rates, y: losses, style: .bold, color: .blue)),
        .verticalLine(x: 0.06, label: "suggested", emphasized: true), .verticalLine(x: 0.04, label: "valley"),
        .verticalLine(x: 0.02, label: "minimum / 10"), .verticalLine(x: 0.9, label: "2/λmax"),
      ])
  }

  static var training: Chart {
    let steps = (0..<300).map(Double.init)
    return Chart(
      title: "Training", xAxis: Axis("step"),
      panels: [
        Panel(
          yAxis: Axis("loss", scale: .log),
          marks: [
            .line(Series("loss", x: steps, y: steps.map { 2 / (1 + $0 / 20) })),
            .line(Series("validation loss", x: steps, y: steps.map { 2.2 / (1 + $0 / 25) })),
          ], weight: 2),
        Panel(yAxis: Axis("learning rate"), marks: [.line(Series("", x: steps, y: steps.map { 0.1 - $0 / 3000 }))]),
      ])
  }

  static var contours: Chart {
    Chart(
      title: "Paths", xAxis: Axis("θ₁"), yAxis: Axis("θ₂"),
      marks: [
        .contours(Contours(xRange: -2...2, yRange: -1...1, columns: 24, rows: 16) { $0 * $0 + 10 * $1 * $1 }),
        .path(Series("sgd", points: [PlotPoint(-1.5, 0.8), PlotPoint(-1, -0.5), PlotPoint(0, 0.1)])),
        .path(Series("adam", points: [PlotPoint(-1.5, 0.8), PlotPoint(3, -0.5), PlotPoint(0, .nan)])),
        .points(Series("minimum", points: [PlotPoint(0, 0)])),
        .horizontalLine(y: 0.5, label: "half"),
      ])
  }

  static let nan = Double.nan, inf = Double.infinity

  /// PlotPoint lists that have broken chart libraries before.
  static let hostile: [(String, [PlotPoint])] = [
    ("no points", []), ("one point", [PlotPoint(1, 1)]),
    ("all NaN", [PlotPoint(nan, nan), PlotPoint(1, nan), PlotPoint(nan, 1)]),
    ("infinite", [PlotPoint(1, inf), PlotPoint(-inf, 2), PlotPoint(2, -inf)]),
    ("equal values", [PlotPoint(1, 5), PlotPoint(2, 5)]),
    ("equal places", [PlotPoint(3, 1), PlotPoint(3, 2)]), ("all zero", [PlotPoint(0, 0), PlotPoint(0, 0)]),
    ("huge", [PlotPoint(-1.7e308, -1.7e308), PlotPoint(1.7e308, 1.7e308)]),
    ("tiny", [PlotPoint(.leastNonzeroMagnitude, .leastNonzeroMagnitude), PlotPoint(subnormal(2024), subnormal(20))]),
    ("tiny range far away", [PlotPoint(1e9, 1e9), PlotPoint(1e9 + 1e-6, 1e9 + 1e-6)]),
    ("not positive", [PlotPoint(-1, -1), PlotPoint(0, 0), PlotPoint(1, -2)]),
    ("some positive", [PlotPoint(-1, 1), PlotPoint(1, 1), PlotPoint(2, 0), PlotPoint(3, 4)]),
    ("every magnitude", (-300...300).map { PlotPoint(Double($0), Scale10.power(Double($0))) }),
    ("back and forth", [PlotPoint(2, 1), PlotPoint(1, 2), PlotPoint(3, 0.5), PlotPoint(0.5, 3)]),
  ]

  static func chart(_ points: [PlotPoint], _ x: AxisScale, _ y: AxisScale) -> Chart {
    Chart(
      title: "t", xAxis: Axis("x", scale: x), yAxis: Axis("y", scale: y, clipsOutliers: true),
      marks: [
        .line(Series("line", points: points)), .points(Series("points", points: points)),
        .path(Series("path", points: points)), .verticalLine(x: points.first?.x ?? .nan, label: "v"),
        .horizontalLine(y: points.last?.y ?? .infinity, label: "h"), .band(-1...2, label: "band"),
        .regions([Band(-.infinity...1, label: "left"), Band(1 ... .infinity, label: "right")]),
      ])
  }
}

enum Scale10 {
  /// Ten to a real power, by the ends of a scale.
  static func power(_ exponent: Double) -> Double {
    let whole = exponent.rounded(.down)
    let base = Double("1e\(Int(whole))") ?? 0
    var (root, rest, value) = (3.1622776601683795, exponent - whole, 1.0)
    for _ in 0..<40 {
      rest *= 2
      if rest >= 1 {
        value *= root
        rest -= 1
      }
      root = root.squareRoot()
    }
    return base * value
  }
}

/// `count` times the smallest number above 0.
private func subnormal(_ count: Double) -> Double { count * .leastNonzeroMagnitude }
