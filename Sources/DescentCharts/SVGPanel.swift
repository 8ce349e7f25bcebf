/// Draws one panel.
struct SVGPanel {
  let plan: PanelPlan
  let frame: SVGLayout.Frame
  /// The lowest panel bears the labels of the shared x axis.
  let isLast: Bool

  private func x(_ fraction: Double) -> Double { frame.x + fraction * frame.width }
  private func y(_ fraction: Double) -> Double { frame.y + (1 - fraction) * frame.height }
  private var bottom: Double { frame.y + frame.height }

  func draw(into svg: inout Markup) {
    regions(&svg)
    grid(&svg)
    for band in plan.bands {
      svg.element(
        "rect", "band f\(band.color.rawValue)",
        ["x": x(band.from), "y": frame.y, "width": max(1, x(band.to) - x(band.from)), "height": frame.height])
    }
    for area in plan.areas { self.area(area, &svg) }
    for contours in plan.contours { self.contours(contours, &svg) }
    references(&svg)
    for stroke in plan.strokes where stroke.kind == .path {
      for run in stroke.runs { svg.line("<polyline class=\"halo\" points=\"\(points(run))\"/>") }
    }
    for stroke in plan.strokes { self.stroke(stroke, &svg) }
    for stroke in plan.strokes where stroke.kind == .path { ends(stroke, &svg) }
    svg.element("rect", "edge", ["x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height])
    axes(&svg)
    legend(&svg)
    if plan.isEmpty {
      svg.label(
        "no data to draw", "label muted", x: frame.x + frame.width / 2, y: frame.y + frame.height / 2, anchor: "middle")
    }
  }

  private func regions(_ svg: inout Markup) {
    for region in plan.regions {
      let (from, to) = (x(region.from), x(region.to))
      let fill = "f\(region.color.rawValue)"
      svg.element(
        "rect", "region \(fill)", ["x": from, "y": frame.y, "width": max(0, to - from), "height": frame.height])
      svg.element("rect", "strip \(fill)", ["x": from, "y": frame.y - 4, "width": max(0, to - from), "height": 3])
      let (left, right) = room(from: from, to: to, for: textWidth(region.label))
      let text = fitted(region.label, width: right - left - 4)
      svg.label(text, "muted", x: (left + right) / 2, y: frame.y - 8, anchor: "middle")
    }
  }

  /// The part of a stretch in which a text of this width meets no leader: all of it if its middle is free, else the
  /// widest part between two leaders.
  private func room(from: Double, to: Double, for width: Double) -> (Double, Double) {
    let leaders = frame.markers.map { x($0.line.fraction) }.filter { $0 > from && $0 < to }.sorted()
    if leaders.allSatisfy({ abs($0 - (from + to) / 2) > width / 2 + 3 }) { return (from, to) }
    let ends = [from] + leaders + [to]
    return zip(ends, ends.dropFirst()).max { $0.1 - $0.0 < $1.1 - $1.0 } ?? (from, to)
  }

  private var xTicks: [Tick] { plan.x.ticks(count: max(2, Int(frame.width / 75))) }

  private func grid(_ svg: inout Markup) {
    guard plan.contours.isEmpty else { return }
    for tick in xTicks where tick.isMajor {
      guard let at = plan.x.fraction(tick.value) else { continue }
      svg.element("line", "grid", ["x1": x(at), "x2": x(at), "y1": frame.y, "y2": bottom])
    }
    for tick in frame.yTicks where tick.isMajor {
      guard let at = plan.y.fraction(tick.value) else { continue }
      svg.element("line", "grid", ["x1": frame.x, "x2": frame.x + frame.width, "y1": y(at), "y2": y(at)])
    }
  }

  private func axes(_ svg: inout Markup) {
    var labelled = -Double.infinity
    for tick in xTicks {
      guard let at = plan.x.fraction(tick.value) else { continue }
      svg.element("line", "tick", ["x1": x(at), "x2": x(at), "y1": bottom, "y2": bottom + (tick.isMajor ? 6 : 3)])
      let half = textWidth(tick.label) / 2
      if isLast, tick.isMajor, x(at) - half > labelled + 6 {
        svg.label(tick.label, "tick-label", x: x(at), y: bottom + 19, anchor: "middle")
        labelled = x(at) + half
      }
    }
    for tick in frame.yTicks {
      guard let at = plan.y.fraction(tick.value) else { continue }
      svg.element("line", "tick", ["x1": frame.x - (tick.isMajor ? 5 : 3), "x2": frame.x, "y1": y(at), "y2": y(at)])
      if tick.isMajor { svg.label(tick.label, "tick-label", x: frame.x - 8, y: y(at) + 4, anchor: "end") }
    }
    if !plan.yLabel.isEmpty {
      let (cx, cy) = (coordinate(22), coordinate(frame.y + frame.height / 2))
      let text = escapedMarkup(fitted(plan.yLabel, width: frame.height + 20, size: 11.5))
      svg.line(
        "<text class=\"label\" text-anchor=\"middle\" x=\"\(cx)\" y=\"\(cy)\" transform=\"rotate(-90 \(cx) \(cy))\">"
          + "\(text)</text>")
    }
  }

  private func area(_ area: PanelPlan.Area, _ svg: inout Markup) {
    let outline = (area.lower + area.upper.reversed()).map { point in
      "\(coordinate(x(min(max(point.x, 0), 1)))),\(coordinate(y(min(max(point.y, 0), 1))))"
    }
    svg.line("<polygon class=\"band f\(area.color.rawValue)\" points=\"\(outline.joined(separator: " "))\"/>")
  }

  private func references(_ svg: inout Markup) {
    func style(_ reference: ReferenceLine) -> String {
      "reference \(reference.color.map { "s\($0.rawValue)" } ?? "ink")\(reference.emphasized ? " emphasized" : "")"
    }
    for line in plan.verticals {
      svg.element(
        "line", style(line.reference),
        ["x1": x(line.fraction), "x2": x(line.fraction), "y1": frame.y, "y2": bottom])
    }
    for marker in frame.markers {
      let at = x(marker.line.fraction)
      let color = marker.line.reference.color.map { "s\($0.rawValue)" } ?? "ink"
      svg.element("line", "leader \(color)", ["x1": at, "x2": at, "y1": marker.y - 9, "y2": frame.y])
    }
    for marker in frame.markers {
      svg.label(
        marker.line.reference.label, marker.line.reference.emphasized ? "strong" : "marker", x: marker.x, y: marker.y,
        anchor: marker.flipped ? "end" : "start")
    }
    var free = Double.infinity
    for line in plan.horizontals {
      let at = y(line.fraction)
      svg.element(
        "line", style(line.reference), ["x1": frame.x, "x2": frame.x + frame.width, "y1": at, "y2": at])
      // Lines come from the lowest up; a label moves up if the one below it is too near.
      let base = min(at + 4, free)
      svg.label(
        fitted(line.reference.label, width: frame.margin - 8), line.reference.emphasized ? "strong" : "marker",
        x: frame.x + frame.width + 6, y: base)
      free = base - 13
    }
  }

  private func contours(_ contours: Contours, _ svg: inout Markup) {
    // A nested viewport clips what lies outside without needing an id.
    svg.line(
      "<svg x=\"\(coordinate(frame.x))\" y=\"\(coordinate(frame.y))\" width=\"\(coordinate(frame.width))\""
        + " height=\"\(coordinate(frame.height))\">")
    for level in contours.resolvedLevels {
      var path = ""
      for outline in contours.outlines(level: level) {
        var letter = "M"
        for node in outline {
          let place = contours.place(node)
          guard let u = plan.x.fraction(place.x), let v = plan.y.fraction(place.y) else { continue }
          path += "\(letter)\(coordinate(u * frame.width)) \(coordinate((1 - v) * frame.height))"
          letter = "L"
        }
        if letter == "L" { path += "Z" }
      }
      if !path.isEmpty { svg.line("<path class=\"level\" fill-rule=\"evenodd\" d=\"\(path)\"/>") }
    }
    svg.line("</svg>")
  }

  private func stroke(_ stroke: PanelPlan.Stroke, _ svg: inout Markup) {
    let color = stroke.color.rawValue
    for run in stroke.runs {
      if run.count == 1 {
        let radius = stroke.kind == .points ? 3.2 : stroke.style == .thin ? 1.2 : 2.4
        svg.element(
          "circle", "f\(color)", ["cx": x(run[0].x), "cy": y(run[0].y), "r": radius], "fill-opacity=\"0.85\"")
        continue
      }
      svg.line(
        "<polyline class=\"line \(stroke.style.rawValue) s\(color)\"\(stroke.dashAttribute) points=\"\(points(run))\"/>"
      )
    }
  }

  private func points(_ run: [PlotPoint]) -> String {
    thinned(run, columns: max(1, Int(frame.width)))
      .map { "\(coordinate(x($0.x))),\(coordinate(y($0.y)))" }.joined(separator: " ")
  }

  private func ends(_ stroke: PanelPlan.Stroke, _ svg: inout Markup) {
    if let start = stroke.start {
      svg.element("circle", "ring s\(stroke.color.rawValue)", ["cx": x(start.x), "cy": y(start.y), "r": 4])
    }
    if let end = stroke.end {
      svg.element("circle", "disc f\(stroke.color.rawValue)", ["cx": x(end.x), "cy": y(end.y), "r": 4.5])
    }
  }

  private func legend(_ svg: inout Markup) {
    for (entry, left, base) in frame.legend {
      switch entry {
      case .stroke(let stroke) where stroke.kind == .points:
        svg.element("circle", "f\(stroke.color.rawValue)", ["cx": left + 13, "cy": base - 4, "r": 3.2])
      case .stroke(let stroke):
        svg.element(
          "line", "line \(stroke.style.rawValue) s\(stroke.color.rawValue)",
          ["x1": left, "x2": left + 26, "y1": base - 4, "y2": base - 4], stroke.dashAttribute)
      case .band(let span):
        svg.element(
          "rect", "band f\(span.color.rawValue)", ["x": left + 4, "y": base - 10, "width": 18, "height": 12])
      }
      svg.label(fitted(entry.name, width: frame.width - 34), "legend", x: left + 32, y: base)
    }
  }
}

extension PanelPlan.Stroke {
  /// The dash attribute with a leading blank, or nothing for a solid line. Lines differ by dashes as well as by colour.
  fileprivate var dashAttribute: String {
    let patterns = ["", "7 3", "2 2.5", "9 3 2 3", "5 2", "1 3", "12 4", "4 4"]
    let pattern =
      switch style {
      case .bold, .thin: ""
      case .dashed: "6 4"
      case .normal: patterns[rank % patterns.count]
      }
    return pattern.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\""
  }
}

extension Contours {
  /// A place in grid units as a place in data units.
  func place(_ node: PlotPoint) -> PlotPoint {
    func at(_ t: Double, _ range: ClosedRange<Double>) -> Double { range.lowerBound * (1 - t) + range.upperBound * t }
    return PlotPoint(at(node.x / Double(columns - 1), xRange), at(node.y / Double(rows - 1), yRange))
  }
}
