/// The marks of a panel sorted by kind.
struct CollectedMarks {
  var series: [(PanelPlan.Stroke.Kind, Series)] = []
  var envelopes: [Envelope] = []
  var verticals: [ReferenceLine] = []
  var horizontals: [ReferenceLine] = []
  var bands: [Band] = []
  var regions: [Band] = []
  var contours: [Contours] = []

  init(_ marks: [Mark]) {
    for mark in marks {
      switch mark {
      case .line(let s): series.append((.line, s))
      case .points(let s): series.append((.points, s))
      case .path(let s): series.append((.path, s))
      case .envelope(let e): envelopes.append(e)
      case .verticalLine(let r): verticals.append(r)
      case .horizontalLine(let r): horizontals.append(r)
      case .band(let b): bands.append(b)
      case .regions(let list): regions += list
      case .contours(let c): if c.isDrawable { contours.append(c) }
      }
    }
  }

  /// What decides the automatic x range. A contour picture is as wide as its grid; paths may leave it.
  func xValues(contoursOnly: Bool) -> [Double] {
    if contoursOnly { return contours.flatMap { [$0.xRange.lowerBound, $0.xRange.upperBound] } }
    return (series.map(\.1.points) + envelopes.flatMap { [$0.lower, $0.upper] })
      .flatMap { $0.lazy.filter(\.isFinite).map(\.x) }
  }

  /// What decides the automatic y range: the values at places that the x axis shows.
  func yValues(in x: Scale) -> [Double] {
    if !contours.isEmpty { return contours.flatMap { [$0.yRange.lowerBound, $0.yRange.upperBound] } }
    return (series.map(\.1.points) + envelopes.flatMap { [$0.lower, $0.upper] }).flatMap {
      $0.lazy.filter { (x.fraction($0.x).map((0...1).contains)) ?? false }.map(\.y)
    }
  }
}

/// Hands out colours: the same name, the same colour.
struct ColorTurn {
  private var given: [String: ChartColor] = [:]
  private var used = 0

  mutating func next(for name: String) -> ChartColor {
    if !name.isEmpty, let color = given[name] { return color }
    let color = ChartColor(index: used)
    used += 1
    given[name] = color
    return color
  }
}

/// Counts what cannot be shown.
struct Tally {
  private var nonFinite = 0
  private var nonPositive = 0
  private var above = 0
  private var below = 0
  private var highest = -Double.infinity
  private var lowest = Double.infinity

  mutating func count(_ point: PlotPoint, x: AxisScale, y: Scale) {
    if !point.isFinite {
      nonFinite += 1
    } else if (x == .log && point.x <= 0) || (y.kind == .log && point.y <= 0) {
      nonPositive += 1
    } else if point.y > y.upper {
      above += 1
      highest = max(highest, point.y)
    } else if point.y < y.lower {
      below += 1
      lowest = min(lowest, point.y)
    }
  }

  func notes(_ label: String, scale: Scale) -> [String] {
    var notes: [String] = []
    func values(_ count: Int) -> String { count == 1 ? "1 value" : "\(count) values" }
    func subject(_ count: Int) -> String { label.isEmpty ? values(count) : "\(label): \(values(count))" }
    if above > 0 {
      notes.append("\(subject(above)) above \(NumberText.short(scale.upper)) cut (up to \(NumberText.short(highest))).")
    }
    if below > 0 {
      notes.append(
        "\(subject(below)) below \(NumberText.short(scale.lower)) cut (down to \(NumberText.short(lowest))).")
    }
    if nonPositive > 0 { notes.append("\(subject(nonPositive)) not positive, left out of the logarithmic axis.") }
    if nonFinite > 0 { notes.append("\(subject(nonFinite)) not finite, left out.") }
    return notes
  }
}
