import DescentCharts
import DescentDiagnosis
import DescentReports

extension DiagnosisReport {
  /// The loss with the steps that each finding rests on, and the rate below.
  var chart: Chart {
    let log = subject.log
    let losses = points(log.loss)
    var marks: [Mark] = windows
    marks.append(.line(Series("batch loss", points: thinned(losses), style: .thin)))
    if losses.count > 40 { marks.append(.line(Series("smoothed", points: thinned(smoothed(losses)), style: .bold))) }
    if log.validationLoss.values.count > 1 {
      marks.append(.line(Series("validation", points: thinned(points(log.validationLoss)), style: .dashed)))
    }
    var panels = [Panel(yAxis: axis(log.loss.values), marks: marks, weight: 2)]
    if log.hasRates {
      let rates = zip(log.loss.steps, log.rates).map { (step: $0, value: $1) }
      panels.append(Panel(yAxis: Axis("rate"), marks: [.line(Series("learning rate", points: thinned(rates)))]))
    }
    let found = diagnosis.findings.map(\.code.rawValue).joined(separator: ", ")
    return Chart(
      title: subject.name, subtitle: found.isEmpty ? "nothing found" : found, xAxis: Axis("step"), panels: panels)
  }

  /// In the order of the findings; none of them is a colour of a line.
  private static let tints: [ChartColor] = [.orange, .purple, .sky, .yellow, .gray]

  /// Findings that rest on the whole run have no window worth a tint.
  private var windows: [Mark] {
    let steps = subject.log.loss.steps
    let all = Double((steps.last ?? 0) - (steps.first ?? 0))
    let local = diagnosis.findings.filter { finding in
      Double(finding.evidence.steps.upperBound - finding.evidence.steps.lowerBound) < 0.9 * all
    }
    return local.enumerated().map { index, finding in
      let (low, high) = (Double(finding.evidence.steps.lowerBound), Double(finding.evidence.steps.upperBound))
      // A single step is given some width.
      let margin = max(0, 0.004 * all - (high - low)) / 2
      return .band(
        (low - margin)...(high + margin), label: finding.code.rawValue, color: Self.tints[index % Self.tints.count])
    }
  }

  private func points(_ column: RunLog.Column) -> [(step: Int, value: Double)] {
    zip(column.steps, column.values).map { (step: $0, value: $1) }
  }

  private func axis(_ losses: [Double]) -> Axis {
    let finite = losses.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), let first = finite.first else { return Axis("loss") }
    if low > 0, high / low > 10 { return Axis("loss", scale: .log, clipAbove: 1000 * first) }
    return Axis("loss", clipAbove: first + 10 * abs(first))
  }

  /// The picture, the findings with their evidence, and what could not be judged.
  var page: HTMLPage {
    var sections = [HTMLPage.Section("", [.callout(summary), .chart(chart)])]
    for finding in diagnosis.findings {
      let evidence = finding.evidence
      let kind = finding.kind.isEmpty ? "" : " (\(finding.kind))"
      let steps = "\(evidence.steps.lowerBound) to \(evidence.steps.upperBound)"
      var rows = [
        ["steps", steps], ["statistic", evidence.statistic], ["value", figure(evidence.value)],
        ["threshold", figure(evidence.threshold)],
      ]
      if let rate = finding.falseAlarmRate {
        rows.append(["false alarms", "\(figure(100 * rate)) % of runs without it"])
      }
      var blocks: [HTMLPage.Block] = [
        .paragraph(evidence.sentence), .table(HTMLPage.Table(columns: ["evidence", ""], rows: rows)),
        .list(["To confirm: " + finding.confirm, "To try: " + finding.advice]),
      ]
      if let next = finding.next, let command = subject.command(next) { blocks.append(.preformatted(command)) }
      sections.append(HTMLPage.Section("\(finding.severity.rawValue): \(finding.code.rawValue)\(kind)", blocks))
    }
    if let probe { sections.append(HTMLPage.Section("Probe", [.paragraph(verdict(probe))])) }
    if !diagnosis.notJudged.isEmpty {
      sections.append(
        HTMLPage.Section(
          "Not judged",
          [
            .table(
              HTMLPage.Table(
                columns: ["finding", "reason"], rows: diagnosis.notJudged.map { [$0.code.rawValue, $0.reason] }))
          ]))
    }
    return HTMLPage(title: "Diagnosis", subtitle: subject.name, sections: sections, footer: HTMLPage.footer)
  }

  private var summary: String {
    guard let first = diagnosis.findings.first else { return "Nothing found: the run looks healthy." }
    return "\(first.evidence.sentence) \(first.advice)"
  }
}
