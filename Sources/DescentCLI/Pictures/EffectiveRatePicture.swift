import DescentCharts
import DescentCore
import DescentOptimizers
import DescentReports

/// A requested rate and what became of it at one step.
struct RatePoint: Sendable, Hashable {
  var step: Int
  var requested: Double
  var tenth: Double
  var median: Double
  var ninetieth: Double
}

extension RatePoint {
  init(_ row: EffectiveRateRow) {
    self.init(
      step: row.step, requested: row.requested, tenth: row.tenth, median: row.median, ninetieth: row.ninetieth)
  }
}

extension Panel {
  /// The requested rate, the median of what multiplies the gradient, and between which values eight tenths of it lie.
  static func rates(_ points: [RatePoint], weight: Double = 1) -> Panel {
    // An element without a gradient counts with η/ε, which would flatten all the others.
    let top = points.map { max($0.median, $0.requested) }.filter { $0.isFinite }.max() ?? 0
    return Panel(
      yAxis: Axis("effective", scale: .log, clipAbove: top > 0 ? 1000 * top : nil),
      marks: [
        .line(Series("10–90 %", points: placed(points, \.tenth), style: .thin, color: .orange)),
        .line(Series("10–90 %", points: placed(points, \.ninetieth), style: .thin, color: .orange)),
        .line(Series("effective, median", points: placed(points, \.median), style: .bold, color: .orange)),
        .line(Series("requested", points: placed(points, \.requested), style: .dashed, color: .blue)),
      ], weight: weight)
  }

  /// Those that a logarithmic axis has a place for: a rate may well be 0.
  private static func placed(_ points: [RatePoint], _ value: KeyPath<RatePoint, Double>) -> [PlotPoint] {
    thinned(points.filter { $0[keyPath: value] > 0 }.map { ($0.step, $0[keyPath: value]) })
  }
}

extension RunRecord {
  /// What multiplied the gradient over all tensors; empty where it was not recorded.
  var overallRates: [RatePoint] { effectiveRates(of: EffectiveRateRow.allTensors).map(RatePoint.init) }

  /// The most tensors that a page draws one by one.
  private static let drawnTensors = 16

  /// Requested and effective rate of every tensor: a picture each, and the last figures as a table.
  var effectiveRateSection: [HTMLPage.Section] {
    let tensors = effectiveRateTensors
    guard !tensors.isEmpty else { return [] }
    var blocks: [HTMLPage.Block] = [
      .paragraph(
        "What multiplies the gradient of each tensor, in parameter units per gradient unit: over its elements the "
          + "median, and between which values eight tenths lie.")
    ]
    let columns = ["tensor", "step", "requested", "minimum", "10 %", "median", "90 %", "maximum", "factors"]
    blocks.append(
      .table(
        HTMLPage.Table(
          columns: columns,
          rows: lastEffectiveRates.map { row in
            let numbers = [row.requested, row.minimum, row.tenth, row.median, row.ninetieth, row.maximum].map(figure)
            let factors = row.factors.sorted { $0.key < $1.key }.map { "\($0.key) \(figure($0.value))" }
            let name = row.tensor == EffectiveRateRow.allTensors ? "all" : row.tensor
            return [name, String(row.step)] + numbers + [factors.joined(separator: ", ")]
          })))
    for tensor in tensors.prefix(Self.drawnTensors) {
      let points = effectiveRates(of: tensor).map(RatePoint.init)
      blocks.append(
        .chart(
          Chart(title: tensor, xAxis: Axis("step"), panels: [.rates(points)]), width: 860, height: 260))
    }
    if tensors.count > Self.drawnTensors {
      blocks.append(.paragraph("The first \(Self.drawnTensors) of \(tensors.count) tensors are drawn."))
    }
    return [HTMLPage.Section("Requested and effective rate by tensor", blocks)]
  }

  /// The rows of the last step that has any.
  var lastEffectiveRates: [EffectiveRateRow] {
    guard let last = effectiveRates.last?.step else { return [] }
    return effectiveRates.filter { $0.step == last }
  }
}
