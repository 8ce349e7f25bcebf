import DescentCharts
import DescentReports
import DescentSchedules
import DescentStudies
import DescentTraining

extension CompareReport {
  var charts: [Chart] { [learningCurves, rateCurves] }

  /// The settings whose learning curves are drawn: what cannot be told apart, and the best of every rule; few enough to read.
  private var drawn: [Int] {
    let best = comparison.contenders.indices.compactMap { rule in
      ranked.first { comparison.arms[$0].optimizer == rule }
    }
    var chosen: [Int] = []
    for arm in result.indistinguishable.prefix(5) + best where !chosen.contains(arm) { chosen.append(arm) }
    return Array(chosen.prefix(7)).filter { !result.rows[$0].curve.isEmpty }
  }

  /// Mean validation loss by step with a standard deviation either way.
  var learningCurves: Chart {
    var marks: [Mark] = []
    for arm in drawn {
      let curve = result.rows[arm].curve
      let isWinner = arm == result.winner
      marks.append(
        .envelope(
          Envelope(
            name(arm),
            lower: curve.map { PlotPoint(Double($0.step), max($0.mean - $0.deviation, $0.mean - 0.5 * abs($0.mean))) },
            upper: curve.map { PlotPoint(Double($0.step), $0.mean + $0.deviation) })))
      marks.append(
        .line(
          Series(
            name(arm), points: curve.map { PlotPoint(Double($0.step), $0.mean) }, style: isWinner ? .bold : .normal)))
    }
    let means = drawn.flatMap { result.rows[$0].curve.map(\.mean) }
    let isWide = (means.min() ?? 0) > 0 && (means.max() ?? 0) > 5 * (means.min() ?? 1)
    marks.append(.horizontalLine(y: result.target, label: "target \(figure(result.target))", color: .gray))
    return Chart(
      title: "Learning curves", subtitle: "mean over seeds, a standard deviation either way",
      xAxis: Axis("step", range: 0...Double(comparison.steps)),
      yAxis: Axis("validation loss", scale: isWide ? .log : .linear), marks: marks)
  }

  /// Final loss over log rate, a line for each rule and schedule that has whole runs at more rates than one, a point with its
  /// interval otherwise.
  var rateCurves: Chart {
    var marks: [Mark] = []
    var losses: [Double] = []
    for optimizer in comparison.contenders.indices {
      for schedule in comparison.schedules.indices {
        let rows = result.rows.filter {
          let arm = comparison.arms[$0.arm]
          return arm.optimizer == optimizer && arm.schedule == schedule && $0.steps == comparison.steps
            && $0.divergedRuns < $0.seeds
        }.sorted { comparison.arms[$0.arm].rate < comparison.arms[$1.arm].rate }
        guard !rows.isEmpty else { continue }
        let name = "\(comparison.contenders[optimizer].optimizer), \(comparison.schedules[schedule])"
        let points = rows.map { PlotPoint(comparison.arms[$0.arm].rate, $0.meanLoss) }
        losses += rows.map(\.meanLoss)
        if rows.count > 1 {
          let ends = rows.map { row in
            let rate = comparison.arms[row.arm].rate
            return (
              low: PlotPoint(
                rate, max(row.interval?.lowerBound ?? row.meanLoss, row.meanLoss - 0.8 * abs(row.meanLoss))),
              high: PlotPoint(rate, row.interval?.upperBound ?? row.meanLoss)
            )
          }
          marks.append(.envelope(Envelope(name, lower: ends.map(\.low), upper: ends.map(\.high))))
          marks.append(.line(Series(name, points: points)))
        } else if let interval = rows[0].interval {
          let rate = comparison.arms[rows[0].arm].rate
          let low = max(interval.lowerBound, rows[0].meanLoss - 0.8 * abs(rows[0].meanLoss))
          marks.append(
            .line(Series(name, points: [PlotPoint(rate, low), PlotPoint(rate, interval.upperBound)])))
        }
        marks.append(.points(Series(name, points: points)))
      }
    }
    let arm = comparison.arms[result.winner]
    marks.append(.verticalLine(x: arm.rate, label: "best \(figure(arm.rate))", emphasized: true))
    let isWide = (losses.min() ?? 0) > 0 && (losses.max() ?? 0) > 5 * (losses.min() ?? 1)
    return Chart(
      title: "Final loss by rate", subtitle: "whole runs, 95 % intervals of the mean",
      xAxis: Axis("peak learning rate", scale: .log),
      yAxis: Axis("validation loss", scale: isWide ? .log : .linear), marks: marks)
  }

  /// The answer, its evidence, and what it took.
  var page: HTMLPage {
    let whole = ranked.map(joined)
    let aside = result.rows.filter { $0.steps < comparison.steps }.map { joined($0.arm) }
    let columns = ["setting", "verdict"] + columns.dropFirst(2).dropLast()
    let sensitivity = result.sensitivities.map { one in
      [
        comparison.contenders[one.optimizer].optimizer, comparison.schedules[one.schedule].description,
        figure(one.value), "\(one.steps)",
      ]
    }
    let sections: [HTMLPage.Section?] = [
      HTMLPage.Section(
        "", [.callout(verdict), .preformatted(command), .chart(learningCurves), .chart(rateCurves)]),
      HTMLPage.Section("Settings with whole runs", [.table(HTMLPage.Table(columns: columns, rows: whole))]),
      generalisation.isEmpty
        ? nil
        : HTMLPage.Section(
          "From seen to unseen data",
          [
            .table(
              HTMLPage.Table(
                caption: "The best setting of each optimizer.",
                columns: ["optimizer", "schedule", "rate", "training loss", "test loss", "gap"], rows: generalisation))
          ]),
      sensitivity.isEmpty
        ? nil
        : HTMLPage.Section(
          "How much the rate matters",
          [
            .table(
              HTMLPage.Table(
                caption:
                  "Mean loss over the grid's rates above the best one's, by the longest runs that all of them had.",
                columns: ["optimizer", "schedule", "sensitivity", "steps"], rows: sensitivity))
          ]),
      aside.isEmpty
        ? nil
        : HTMLPage.Section("Put aside by short runs", [.table(HTMLPage.Table(columns: columns, rows: aside))]),
      HTMLPage.Section(
        "What it took",
        [
          .paragraph(cost),
          .download(
            HTMLPage.Download(
              name: "compare.csv", type: "text/csv", label: "Download every setting as CSV", text: csv + "\n")),
        ]),
    ]
    let what = [setup.specification.data, setup.specification.model].compactMap(\.self).joined(separator: ", ")
    return HTMLPage(
      title: "Comparison", subtitle: "\(what), \(comparison.steps) steps", sections: sections.compactMap(\.self),
      footer: HTMLPage.footer)
  }

  /// A row with rule and schedule in one cell and the verdict beside them, which leaves the figures their room.
  private func joined(_ arm: Int) -> [String] {
    let cells = cells(arm)
    return [cells[0] + ", " + cells[1], cells[cells.count - 1]] + cells.dropFirst(2).dropLast()
  }

  /// The best setting of each rule with its training and test loss side by side.
  var generalisation: [[String]] {
    comparison.contenders.indices.compactMap { rule in
      guard let arm = ranked.first(where: { comparison.arms[$0].optimizer == rule }) else { return nil }
      let row = result.rows[arm]
      guard let train = row.trainLoss, let test = row.testLoss, let gap = row.gap else { return nil }
      return comparison.name(of: arm) + [train, test, gap].map(figure)
    }
  }
}
