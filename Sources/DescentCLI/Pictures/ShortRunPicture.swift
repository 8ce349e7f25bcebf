import DescentCharts
import DescentData
import DescentFinder
import DescentReports
import DescentStore
import DescentStudies
import DescentTraining
import Foundation

extension FindAnswer {
  /// Final loss against the logarithm of the rate, one curve for each length of runs, with the interval; nil without short
  /// runs.
  var uCurve: Chart? {
    guard let found, !found.runs.isEmpty else { return nil }
    var marks: [Mark] = []
    if let suggestion { marks.append(.band(suggestion.low...suggestion.high, label: "interval")) }
    for (index, curve) in found.curves.enumerated() {
      let isLast = index == found.curves.count - 1
      let name = "\(curve.steps) steps"
      let points = curve.points.map { PlotPoint($0.rate, $0.loss) }
      let color = Self.colors[index % Self.colors.count]
      marks.append(.line(Series(name, points: points, style: isLast ? .bold : .normal, color: color)))
      let single = curve.points.flatMap { point in point.losses.map { PlotPoint(point.rate, $0) } }
      marks.append(.points(Series(name, points: single, color: color)))
      if isLast, let fit = curve.fit { marks.append(.line(fit.series(over: curve.points.map(\.rate)))) }
    }
    let diverged = found.runs.filter { !$0.loss.isFinite }.map { PlotPoint($0.rate, found.initialLoss) }
    if !diverged.isEmpty {
      marks.append(
        .points(Series("diverged (drawn at the loss before training)", points: diverged, color: .vermillion)))
    }
    marks.append(.horizontalLine(y: found.initialLoss, label: "before training", color: .gray))
    if let suggestion {
      marks.append(.verticalLine(x: suggestion.rate, label: "found \(figure(suggestion.rate))", emphasized: true))
    }
    if let own = subject.resumed?.ownRate {
      marks.append(.verticalLine(x: own, label: "the run's own \(figure(own))", color: .gray))
    }
    return Chart(
      title: subject.title, subtitle: "for \(subject.purpose)", xAxis: Axis("peak learning rate", scale: .log),
      yAxis: lossAxis(found), marks: marks)
  }

  /// Logarithmic where losses span more than a factor of five, else the best of them would lie on the bottom side by side.
  private func lossAxis(_ found: FoundRate) -> Axis {
    let label = subject.setup.task.split.validation.isEmpty ? "last losses" : "validation loss"
    let finite = found.runs.map(\.loss).filter(\.isFinite)
    guard let lowest = finite.min(), let highest = finite.max() else { return Axis(label) }
    let (start, isLog) = (found.initialLoss, lowest > 0 && found.initialLoss > 5 * lowest)
    // The way down is the larger part of the picture; where there is none, what is there.
    let reach = start - lowest
    let top = isLog ? start * 1.2 : reach > 0 ? start + min(max(highest - start, 0.1 * reach), reach) : highest
    return Axis(label, scale: isLog ? .log : .linear, clipAbove: top)
  }

  private static let colors: [ChartColor] = [.sky, .blue, .green]

  /// The range test with the rate found.
  var rampChart: Chart {
    ramp.chart(
      title: search == nil ? subject.title : "Range test", curvature, answer: method == .shortRuns ? suggestion : nil)
  }

  /// What goes into a picture file, the answer first.
  var charts: [(chart: Chart, height: Int)] {
    (uCurve.map { [(chart: $0, height: 420)] } ?? []) + [(chart: rampChart, height: 460)]
  }

  /// Everything, with the data to take away.
  ///
  /// - Parameter next: the command that uses the answer.
  func page(next: String?) -> HTMLPage {
    var sections = [
      HTMLPage.Section("", [.callout([verdict, comparison].compactMap(\.self).joined(separator: " "))])
    ]
    if let next { sections[0].blocks.append(.preformatted(next)) }
    if let uCurve {
      sections[0].blocks.append(.chart(uCurve))
      if !notes.isEmpty { sections[0].blocks.append(.list(notes)) }
    } else {
      sections[0].blocks.append(.chart(rampChart))
    }
    sections.append(
      HTMLPage.Section("What it is for", [.table(HTMLPage.Table(columns: ["", ""], rows: purposeRows))]))
    if let found {
      sections.append(HTMLPage.Section("The short runs", [.table(found.table)]))
      sections.append(HTMLPage.Section("The range test", [.chart(rampChart)]))
    }
    if let curvature {
      sections.append(
        HTMLPage.Section(
          "What the starting point says",
          [.table(HTMLPage.Table(columns: ["", "", "basis"], rows: curvature.facts))]))
    }
    sections.append(ramp.rulesSection)
    sections.append(HTMLPage.Section("Data", files.map { .download($0) }))
    return HTMLPage(title: "Learning rate", subtitle: subject.title, sections: sections, footer: HTMLPage.footer)
  }

  private var purposeRows: [[String]] {
    let own = subject.setup.specification
    var rows = [
      ["schedule", subject.scheduleText], ["horizon", "\(subject.steps) steps"], ["optimizer", own.optimizer],
      ["data", own.data], ["model", own.model ?? ""], ["batch", own.batch], ["seed", String(subject.seed)],
      ["cost", cost],
    ]
    if let resumed = subject.resumed { rows.append(["begins at", "step \(resumed.step) of \(resumed.folder.path)"]) }
    return rows + subject.conditions.map { ["beware", $0] }
  }

  private var files: [HTMLPage.Download] {
    let all = HTMLPage.Download(
      name: "find.json", type: "application/json", label: "All of it, JSON", text: json.text + "\n")
    guard let found else { return [ramp.curveFile, all] }
    return [found.file, ramp.curveFile, all]
  }
}

extension RateCurve.Parabola {
  /// Over the reach of some rates.
  fileprivate func series(over rates: [Double]) -> Series {
    guard let low = rates.min(), let high = rates.max(), low > 0 else { return Series("parabola", points: []) }
    let points = (0...40).map { step in
      let rate = low * pow(high / low, Double(step) / 40)
      let decades = log10(rate / self.rate)
      return PlotPoint(rate, loss + curvature * decades * decades)
    }
    return Series("parabola", points: points, style: .dashed)
  }
}

extension FoundRate {
  fileprivate var table: HTMLPage.Table {
    HTMLPage.Table(
      columns: ["rate", "steps", "seed", "loss"],
      rows: runs.sorted { ($0.steps, $0.rate, $0.seed) < ($1.steps, $1.rate, $1.seed) }.map {
        [figure($0.rate), String($0.steps), String($0.seed), $0.loss.isFinite ? figure($0.loss) : "–"]
      })
  }

  fileprivate var file: HTMLPage.Download {
    let rows = runs.map { "\($0.stage.rawValue),\(decimal($0.rate)),\($0.steps),\($0.seed),\(decimal($0.loss))\n" }
    return HTMLPage.Download(
      name: "short-runs.csv", type: "text/csv", label: "The short runs, CSV",
      text: "stage,rate,steps,seed,loss\n" + rows.joined())
  }
}
