/// Where everything of a chart goes, in pixels.
struct SVGLayout {
  /// A panel's plotting area and what stands above it and to its right.
  struct Frame {
    var x = 0.0
    var y = 0.0
    var width = 0.0
    var height = 0.0
    /// Legend entries with the place of the left end and of the base line.
    var legend: [(entry: LegendEntry, x: Double, y: Double)] = []
    /// Labels of vertical lines; a flipped one ends at its place instead of beginning there.
    var markers: [(line: PanelPlan.Line, flipped: Bool, x: Double, y: Double)] = []
    var hasRegionStrip = false
    var yTicks: [Tick] = []
    /// Room to the right of the plot.
    var margin = 0.0
  }

  enum LegendEntry {
    case stroke(PanelPlan.Stroke)
    case band(PanelPlan.Span)

    var name: String {
      switch self {
      case .stroke(let stroke): stroke.name
      case .band(let span): span.label
      }
    }
  }

  static let legendRow = 18.0
  static let markerRow = 15.0
  static let regionStrip = 17.0

  private(set) var frames: [Frame] = []
  private(set) var height: Double
  private(set) var titleX = 14.0
  private(set) var notes: [String] = []
  private(set) var notesTop = 0.0

  init(_ chart: Chart, _ plans: [PanelPlan], width: Double, height: Double) {
    self.height = height
    let top = (chart.title.isEmpty ? 0 : 32) + (chart.subtitle.isEmpty ? 0 : 18) + 6.0
    let right = 14 + (plans.flatMap(\.horizontals).map { textWidth($0.reference.label) + 8 }.max() ?? 4)
    notes = plans.flatMap(\.notes).map { fitted($0, width: width - 28) }
    let bottom = 46 + Double(notes.count) * 14
    var frames = plans.map { _ in Frame() }

    // Tick labels set the left margin, the margin sets the width, the width sets the rows above each panel.
    let rough = max(60, (height - top - bottom) / Double(max(1, plans.count)))
    let tickWidth = plans.flatMap { $0.y.ticks(count: Int(rough / 28)) }.map { textWidth($0.label) }.max() ?? 0
    let hasLabel = plans.contains { !$0.yLabel.isEmpty }
    let left = 14 + tickWidth + 9 + (hasLabel ? 20 : 0)
    let plotWidth = max(60, width - left - min(right, width * 0.3))
    titleX = 14
    var heads: [Double] = []
    for (index, plan) in plans.enumerated() {
      frames[index].x = left
      frames[index].width = plotWidth
      frames[index].margin = width - left - plotWidth
      heads.append(frames[index].placeHead(plan))
    }
    let gaps = Double(max(0, plans.count - 1)) * 14
    let free = height - top - bottom - heads.reduce(0, +) - gaps
    let weights = chart.panels.map { $0.weight.isFinite && $0.weight > 0 ? $0.weight : 1 }
    let sum = weights.reduce(0, +)
    var y = top
    for index in plans.indices {
      y += heads[index]
      let plotHeight = max(60, sum.isFinite ? free * (weights[index] / sum) : free / Double(plans.count))
      frames[index].settle(y: y, height: plotHeight)
      frames[index].yTicks = plans[index].y.ticks(count: max(2, Int(plotHeight / 28)))
      y += plotHeight + 14
    }
    if !plans.isEmpty { self.height = max(height, y - 14 + bottom) }
    notesTop = self.height - 10 - Double(max(0, notes.count - 1)) * 14
    self.frames = frames
  }
}

extension SVGLayout.Frame {
  /// Places the legend, marker labels and region strip relative to the top edge of the plot (y negative is above);
  /// returns their height.
  fileprivate mutating func placeHead(_ plan: PanelPlan) -> Double {
    hasRegionStrip = !plan.regions.isEmpty
    var used = hasRegionStrip ? SVGLayout.regionStrip : 0

    let placed = MarkerLabels(
      plan.verticals.map { line in
        let wide = textWidth(line.reference.label) * (line.reference.emphasized ? 1.08 : 1)
        return (x + line.fraction * width, line.reference.label.isEmpty ? 0 : wide + 4)
      }, inside: 4...max(4, x + width + 10), gap: 5)
    for flag in placed.flags {
      let line = plan.verticals[flag.index]
      let base = -(used + 5 + Double(flag.row) * SVGLayout.markerRow)
      markers.append((line, flag.flipped, flag.flipped ? flag.to - 4 : flag.from + 4, base))
    }
    if placed.rows > 0 { used += Double(placed.rows) * SVGLayout.markerRow + 4 }

    let entries =
      plan.legend.map(SVGLayout.LegendEntry.stroke)
      + plan.bands.filter { !$0.label.isEmpty }.map(SVGLayout.LegendEntry.band)
    var legendRows = 0
    var at = width
    var seats: [(SVGLayout.LegendEntry, Double, Int)] = []
    for entry in entries {
      let wide = 32 + textWidth(entry.name) + 16
      if at + wide - 16 > width {
        legendRows += 1
        at = 0
      }
      seats.append((entry, at, legendRows - 1))
      at += wide
    }
    for (entry, offset, row) in seats {
      legend.append((entry, x + offset, -(used + 8 + Double(legendRows - 1 - row) * SVGLayout.legendRow)))
    }
    return used + Double(legendRows) * SVGLayout.legendRow + (legendRows > 0 ? 4 : 0)
  }

  fileprivate mutating func settle(y: Double, height: Double) {
    self.y = y
    self.height = height
    for index in legend.indices { legend[index].y += y }
    for index in markers.indices { markers[index].y += y }
  }
}
