import DescentCharts
import DescentFinder
import DescentReports

extension RangeTestResult {
  /// The loss against the rate: every repeat thin, the smoothed median bold, the suggestion with its interval.
  ///
  /// - Parameters:
  ///   - curvature: what the starting point says, whose rates are marked too.
  ///   - answer: what was found by other means, marked in place of the test's own suggestion.
  func chart(title: String, _ curvature: FindCurvature? = nil, answer: Suggestion? = nil) -> Chart {
    var marks: [Mark] = [
      .regions(regions.map { Band($0.from...max($0.from, $0.to), label: $0.kind.rawValue) })
    ]
    if let suggestion = answer ?? suggestion, suggestion.low < suggestion.high {
      marks.append(.band(suggestion.low...suggestion.high, label: "interval"))
    }
    if repeats.count > 1 {
      for (index, one) in repeats.enumerated() {
        marks.append(
          .line(Series("repeat \(index + 1)", x: one.curve.map(\.rate), y: one.curve.map(\.loss), style: .thin)))
      }
    } else {
      marks.append(.line(Series("raw loss", x: curve.map(\.rate), y: curve.map(\.loss), style: .thin)))
    }
    marks.append(.line(Series("smoothed", x: curve.map(\.rate), y: curve.map(\.smoothed), style: .bold)))
    for (name, rate) in curvature?.marks ?? [] where (curve.first?.rate ?? 0)...(to ?? .infinity) ~= rate {
      marks.append(.verticalLine(x: rate, label: "\(name) \(figure(rate))", color: .gray))
    }
    if let ceiling { marks.append(.verticalLine(x: ceiling, label: "ceiling \(figure(ceiling))")) }
    if let answer {
      marks.append(.verticalLine(x: answer.rate, label: "found \(figure(answer.rate))", emphasized: true))
      if let rate = suggestion?.rate {
        marks.append(.verticalLine(x: rate, label: "this test's \(figure(rate))", color: .gray))
      }
    } else if let suggestion {
      marks.append(
        .verticalLine(x: suggestion.rate, label: "suggested \(figure(suggestion.rate))", emphasized: true))
    }
    return Chart(
      title: title, subtitle: "\(spent.steps) steps, stopped: \(stops)",
      xAxis: Axis("learning rate", scale: .log), yAxis: Axis("loss", clipAbove: top), marks: marks)
  }

  /// The picture, the suggestion and what other tools would say.
  func page(title: String) -> HTMLPage {
    HTMLPage(
      title: "Range test", subtitle: title,
      sections: [
        HTMLPage.Section("", [.callout(verdict), .chart(chart(title: title))]), rulesSection,
        HTMLPage.Section("Data", [.download(curveFile)]),
      ], footer: HTMLPage.footer)
  }

  var rulesSection: HTMLPage.Section {
    HTMLPage.Section(
      "What other tools would take from this curve",
      [.table(HTMLPage.Table(columns: ["rule", "rate"], rows: ruleRows))])
  }

  /// The curve in columns, as `--curve` reads it.
  var curveFile: HTMLPage.Download {
    let rows = curve.map { "\($0.step),\(decimal($0.rate)),\(decimal($0.loss)),\(decimal($0.smoothed))\n" }
    return HTMLPage.Download(
      name: "range-test.csv", type: "text/csv", label: "The range test's curve, CSV",
      text: "step,rate,loss,smoothed\n" + rows.joined())
  }

  private var to: Double? { curve.last?.rate }

  /// The suggestion with its reason, or why there is none and what to try.
  var verdict: String {
    if let suggestion {
      return "Suggested rate \(figure(suggestion.rate)) (\(figure(suggestion.low)) … \(figure(suggestion.high))). "
        + suggestion.basis
    }
    return "No usable rate. " + (noSuggestion.map { "\($0.reason) \($0.advice)" } ?? "")
  }

  var ruleRows: [[String]] {
    SuggestionRule.allCases.map { [$0.rawValue, rules[$0].map(figure) ?? "–"] }
  }

  private var stops: String {
    var seen: [String] = []
    for one in repeats where !seen.contains(one.stopped.rawValue) { seen.append(one.stopped.rawValue) }
    return seen.joined(separator: ", ")
  }

  /// Enough of the climb to see it, and no more: the descent must stay the larger part.
  private var top: Double? {
    let losses = curve.map(\.smoothed).filter(\.isFinite)
    guard ceiling != nil, let first = losses.first, let lowest = losses.min(), first > lowest else { return nil }
    return first + 0.5 * (first - lowest)
  }
}
