import DescentCharts
import DescentCore
import DescentReports

extension RunRecord {
  /// The loss above, the rate below, over the steps; where they were recorded, the effective rates too.
  var chart: Chart {
    let losses = series("loss")
    let validation = series("valLoss")
    var marks: [Mark] = [.line(Series("batch loss", points: thinned(losses), style: .thin))]
    if losses.count > 40 { marks.append(.line(Series("smoothed", points: thinned(smoothed(losses)), style: .bold))) }
    if validation.count > 1 {
      marks.append(.line(Series("validation", points: thinned(validation), style: .dashed)))
    }
    let rates = Series("learning rate", points: thinned(series("lr")))
    let overall = overallRates
    return Chart(
      title: title, subtitle: "\(description.status.rawValue) after \(description.completedSteps) steps",
      xAxis: Axis("step"),
      panels: [
        Panel(yAxis: lossAxis(losses.map(\.value)), marks: marks, weight: 2),
        Panel(yAxis: Axis("rate"), marks: [.line(rates)]),
      ] + (overall.isEmpty ? [] : [.rates(overall, weight: 1.5)]))
  }

  /// Lines of a terminal that the picture takes.
  var pictureHeight: Int { overallRates.isEmpty ? 24 : 36 }

  /// The picture, the final figures and the settings.
  func page(_ figures: [[String]], advice: String?) -> HTMLPage {
    let settings = description.specification.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    let facts = [["seed", String(description.seed)], ["threads", String(description.threads)]]
    return HTMLPage(
      title: "Training", subtitle: description.id,
      sections: [
        HTMLPage.Section("", (advice.map { [.callout($0)] } ?? []) + [.chart(chart)]),
        HTMLPage.Section("Final figures", [.table(HTMLPage.Table(columns: ["part", "figures"], rows: figures))]),
      ] + effectiveRateSection + [
        HTMLPage.Section("Settings", [.table(HTMLPage.Table(columns: ["setting", "value"], rows: settings + facts))])
      ], footer: HTMLPage.footer)
  }

  private var title: String {
    ["data", "model", "optimizer", "schedule"].compactMap { description.specification[$0] }.joined(separator: ", ")
  }

  /// Logarithmic where the loss changes by more than an order of magnitude; the far end of a blow-up leaves through the
  /// top.
  private func lossAxis(_ losses: [Double]) -> Axis {
    let finite = losses.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), let first = finite.first else { return Axis("loss") }
    if low > 0, high / low > 10 { return Axis("loss", scale: .log, clipAbove: 1000 * first) }
    return Axis("loss", clipAbove: first + 10 * abs(first))
  }
}

/// The mean over a centred window of a fiftieth of the run.
func smoothed(_ values: [(step: Int, value: Double)]) -> [(step: Int, value: Double)] {
  let reach = max(1, values.count / 100)
  var sums = [0.0]
  for (_, value) in values { sums.append(sums[sums.count - 1] + (value.isFinite ? value : 0)) }
  return values.indices.map { index in
    let (from, to) = (max(0, index - reach), min(values.count, index + reach + 1))
    let mean = (sums[to] - sums[from]) / Double(to - from)
    return (values[index].step, values[index].value.isFinite ? mean : .nan)
  }
}

/// Points for a picture: of every stretch of steps the lowest and the highest, so that a spike is never lost.
func thinned(_ values: [(step: Int, value: Double)], to most: Int = 800) -> [PlotPoint] {
  guard values.count > 2 * most else { return values.map { PlotPoint(Double($0.step), $0.value) } }
  return (0..<most).flatMap { bucket -> [PlotPoint] in
    let slice = values[(bucket * values.count / most)..<((bucket + 1) * values.count / most)]
    let low = slice.min { $0.value < $1.value }
    let high = slice.max { $0.value < $1.value }
    return [low, high].compactMap { $0 }.sorted { $0.step < $1.step }.map { PlotPoint(Double($0.step), $0.value) }
  }
}
