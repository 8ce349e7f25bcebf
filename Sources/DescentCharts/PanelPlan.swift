/// A panel with everything decided that does not depend on the renderer: ranges, colours, places in fractions of the
/// plot (x to the right, y upwards), legend, notes.
struct PanelPlan {
  struct Stroke {
    enum Kind { case line, points, path }
    var kind: Kind
    var name: String
    var runs: [[PlotPoint]]
    var style: Series.Style
    var color: ChartColor
    /// Place among the panel's named lines, thin ones left out: decides dashes and letters.
    var rank: Int
    /// The first and last point, if they can be seen.
    var start: PlotPoint?
    var end: PlotPoint?
  }

  struct Line {
    var fraction: Double
    var reference: ReferenceLine
  }

  struct Span {
    var from: Double
    var to: Double
    var label: String
    var color: ChartColor
  }

  /// An area in fractions of the plot; its points may lie outside.
  struct Area {
    var lower: [PlotPoint]
    var upper: [PlotPoint]
    var color: ChartColor
  }

  let x: Scale
  let y: Scale
  let yLabel: String
  /// Thin ones first, bold ones last among the lines; points after lines.
  let strokes: [Stroke]
  let verticals: [Line]
  let horizontals: [Line]
  let bands: [Span]
  let regions: [Span]
  let contours: [Contours]
  let areas: [Area]
  /// What the picture does not show, as sentences.
  let notes: [String]

  /// One stroke for each legend entry, in the order of the marks.
  let legend: [Stroke]

  var isEmpty: Bool { strokes.allSatisfy(\.runs.isEmpty) && contours.isEmpty && areas.isEmpty }

  init(_ panel: Panel, x: Scale) {
    self.x = x
    let collected = CollectedMarks(panel.marks)
    contours = collected.contours
    let y = Scale(
      axis: panel.yAxis, values: collected.yValues(in: x), references: collected.horizontals.map(\.position),
      padding: contours.isEmpty ? 0.05 : 0)
    self.y = y
    yLabel = panel.yAxis.label
    var notes: [String] = []
    var drawn: [Stroke] = []
    var colors = ColorTurn()
    var tally = Tally()
    var ranks: [String: Int] = [:]
    for (kind, series) in collected.series {
      let color = series.color ?? colors.next(for: series.name)
      let places = series.points.map { point -> PlotPoint? in
        if kind != .path { tally.count(point, x: x.kind, y: y) }
        guard let u = x.fraction(point.x), let v = y.fraction(point.y) else { return nil }
        return PlotPoint(u, v)
      }
      let runs =
        kind == .points
        ? places.compactMap { $0.flatMap { (0...1).contains($0.x) && (0...1).contains($0.y) ? [$0] : nil } }
        : visibleRuns(places)
      func seen(_ place: PlotPoint??) -> PlotPoint? {
        place.flatMap { $0.flatMap { (0...1).contains($0.x) && (0...1).contains($0.y) ? $0 : nil } }
      }
      if kind == .path { notes += Self.departure(of: series, places) }
      let counts = kind != .points && series.style != .thin
      let rank = ranks[series.name] ?? ranks.count
      if counts { ranks[series.name] = rank }
      drawn.append(
        Stroke(
          kind: kind, name: series.name, runs: runs, style: series.style, color: color, rank: rank,
          start: seen(places.first), end: seen(places.last)))
    }
    notes += tally.notes(panel.yAxis.label, scale: y)
    areas = collected.envelopes.flatMap { envelope in
      let color = envelope.color ?? colors.next(for: envelope.name)
      let pairs = zip(envelope.lower, envelope.upper).map { low, high -> (PlotPoint, PlotPoint)? in
        guard let u = x.fraction(low.x), let below = y.fraction(low.y), let above = y.fraction(high.y) else {
          return nil
        }
        return (PlotPoint(u, below), PlotPoint(u, above))
      }
      return pairs.split { $0 == nil }.map { run in
        Area(lower: run.compactMap { $0?.0 }, upper: run.compactMap { $0?.1 }, color: color)
      }
    }
    var named = Set<String>()
    legend = drawn.filter { !$0.name.isEmpty && named.insert($0.name).inserted }
    let order: (Stroke) -> Int = { $0.kind == .points ? 3 : $0.style == .thin ? 0 : $0.style == .bold ? 2 : 1 }
    self.strokes = (0...3).flatMap { rank in drawn.filter { order($0) == rank } }

    func lines(_ references: [ReferenceLine], _ scale: Scale, _ sides: (String, String)) -> [Line] {
      references.compactMap { reference in
        guard let fraction = scale.fraction(reference.position) else { return nil }
        if (0...1).contains(fraction) { return Line(fraction: fraction, reference: reference) }
        let side = fraction < 0 ? sides.0 : sides.1
        notes.append("\(reference.label) (\(NumberText.short(reference.position))) lies \(side) the picture.")
        return nil
      }
    }
    verticals = lines(collected.verticals, x, ("left of", "right of")).sorted { $0.fraction < $1.fraction }
    horizontals = lines(collected.horizontals, y, ("below", "above")).sorted { $0.fraction < $1.fraction }
    func spans(_ bands: [Band], _ turn: [ChartColor]) -> [Span] {
      bands.enumerated().compactMap { index, band in
        let a = Self.edge(band.range.lowerBound, x, else: 0), b = Self.edge(band.range.upperBound, x, else: 1)
        guard let a, let b, b >= 0, a <= 1 else { return nil }
        return Span(
          from: max(a, 0), to: min(b, 1), label: band.label, color: band.color ?? turn[index % turn.count])
      }
    }
    bands = spans(collected.bands, [.blue, .orange, .purple])
    regions = spans(collected.regions, [.gray, .green, .vermillion, .sky]).sorted { $0.from < $1.from }
    self.notes = notes
  }

  /// Where a path leaves the picture, and whether it ends outside.
  private static func departure(of series: Series, _ places: [PlotPoint?]) -> [String] {
    func inside(_ place: PlotPoint?) -> Bool {
      place.map { (0...1).contains($0.x) && (0...1).contains($0.y) } ?? false
    }
    guard let first = places.firstIndex(where: { !inside($0) }) else { return [] }
    let name = series.name.isEmpty ? "A path" : series.name
    let back = inside(places.last ?? nil) ? " and comes back" : ""
    return ["\(name) leaves the picture at step \(first)\(back)."]
  }

  /// The fraction of a band's end; an end at or beyond the edge of what the axis can show is the edge itself.
  private static func edge(_ value: Double, _ scale: Scale, else fallback: Double) -> Double? {
    if value.isNaN { return nil }
    return scale.fraction(value) ?? (value.isInfinite ? (value < 0 ? 0 : 1) : fallback)
  }
}

extension Chart {
  /// Every panel planned on the shared x axis.
  func plans() -> [PanelPlan] {
    let collected = panels.map { CollectedMarks($0.marks) }
    let references = collected.flatMap { marks in
      marks.verticals.map(\.position)
        + (marks.bands + marks.regions).flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    }
    let hasContours = collected.contains { !$0.contours.isEmpty }
    let values = collected.flatMap { $0.xValues(contoursOnly: hasContours) }
    let isFilled = hasContours || collected.contains { !$0.regions.isEmpty }
    let x = Scale(axis: xAxis, values: values, references: references, padding: isFilled ? 0 : 0.01)
    return panels.map { PanelPlan($0, x: x) }
  }
}
