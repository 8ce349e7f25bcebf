/// Draws a chart as one self-contained SVG document: no script, no font, no image from elsewhere; light or dark as the
/// viewer prefers; title and description for screen readers.
///
/// Legends, marker labels and notes stand outside the plotting areas, so they never cover data.
public struct SVGRenderer: Sendable, Hashable {
  /// Pixels; kept within 240 … 10 000.
  public let width: Int
  /// Pixels; kept within 160 … 10 000. Grows if legends and labels leave a panel less than 60 pixels.
  public let height: Int

  /// A renderer for pictures of this size.
  public init(width: Int = 800, height: Int = 480) {
    self.width = min(max(width, 240), 10_000)
    self.height = min(max(height, 160), 10_000)
  }

  /// The SVG text of several charts, one under the other, each as wide as this renderer.
  ///
  /// - Parameter charts: what is drawn, with the height of each in pixels (the renderer's own height counts for none).
  public func render(stacked charts: [(chart: Chart, height: Int)]) -> String {
    let parts = charts.map { part in
      SVGRenderer(width: width, height: part.height).document(part.chart)
    }
    var svg = Markup()
    let total = parts.reduce(0) { $0 + $1.height }
    svg.line(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(coordinate(total))\""
        + " viewBox=\"0 0 \(width) \(coordinate(total))\">")
    svg.line(
      "<title>\(escapedMarkup(charts.map(\.chart.title).filter { !$0.isEmpty }.joined(separator: "; ")))</title>")
    var y = 0.0
    for part in parts {
      svg.line("<g transform=\"translate(0 \(coordinate(y)))\">")
      svg.line(part.text)
      svg.line("</g>")
      y += part.height
    }
    svg.line("</svg>")
    return svg.text
  }

  /// The SVG text of `chart`.
  public func render(_ chart: Chart) -> String { document(chart).text }

  private func document(_ chart: Chart) -> (text: String, height: Double) {
    let plans = chart.plans()
    let layout = SVGLayout(chart, plans, width: Double(width), height: Double(height))
    var svg = Markup()
    let total = layout.height
    svg.line(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"descent-chart\" role=\"img\" width=\"\(width)\""
        + " height=\"\(coordinate(total))\" viewBox=\"0 0 \(width) \(coordinate(total))\">")
    svg.line("<title>\(escapedMarkup(chart.title))</title>")
    svg.line("<desc>\(escapedMarkup(chart.accessibleDescription))</desc>")
    svg.line("<style>\n\(SVGStyle.sheet)</style>")
    svg.element("rect", "ground", ["width": Double(width), "height": total])
    let room = Double(width) - layout.titleX - 12
    if !chart.title.isEmpty {
      svg.label(fitted(chart.title, width: room, size: 15), "title", x: layout.titleX, y: 24)
    }
    if !chart.subtitle.isEmpty {
      svg.label(
        fitted(chart.subtitle, width: room, size: 11.5), "label muted", x: layout.titleX,
        y: chart.title.isEmpty ? 22 : 42)
    }
    for (index, frame) in layout.frames.enumerated() {
      SVGPanel(plan: plans[index], frame: frame, isLast: index == plans.count - 1).draw(into: &svg)
    }
    if let last = layout.frames.last {
      svg.label(
        fitted(chart.xAxis.label, width: last.width, size: 11.5), "label", x: last.x + last.width / 2,
        y: last.y + last.height + 36, anchor: "middle")
    } else {
      svg.label("no data to draw", "label muted", x: Double(width) / 2, y: total / 2, anchor: "middle")
    }
    for (row, note) in layout.notes.enumerated() {
      svg.label(note, "muted", x: layout.titleX, y: layout.notesTop + Double(row) * 14)
    }
    svg.line("</svg>")
    return (svg.text, total)
  }
}
