import DescentCharts
import DescentReports

/// A short answer: text, formula, and a picture made of numbers that were computed for it.
struct Explanation: Sendable {
  var title: String
  /// The answer, in paragraphs.
  var paragraphs: [String]
  /// Lines that a fixed-width face shows as they are.
  var formula: String
  var source: String
  /// Settings or the like, under headings; empty: there are none.
  var table: [[String]] = []
  var chart: Chart
  /// A command to try.
  var next: String
  /// The numbers behind the text, for `--json`.
  var figures: [(String, JSON)] = []
}

extension Explanation {
  /// All that is to be read, broken at spaces to the width; nil: unbroken.
  func text(width: Int?) -> String {
    func flowing(_ text: String) -> String {
      width.map { wrapped(text, to: max(30, $0)).joined(separator: "\n") } ?? text
    }
    var parts = [flowing(title)] + paragraphs.prefix(1).map(flowing)
    if !formula.isEmpty {
      parts.append(formula.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
    }
    if !table.isEmpty { parts.append(DescentCLI.table(table, leading: [0, 1, 2, 3], width: width)) }
    parts += paragraphs.dropFirst().map(flowing)
    if !source.isEmpty { parts.append(flowing("Source: \(source)")) }
    return parts.joined(separator: "\n\n")
  }

  var page: HTMLPage {
    let rows = table.dropFirst().map { $0 }
    let settings: [HTMLPage.Block] =
      table.first.map { [.table(HTMLPage.Table(columns: $0, rows: Array(rows)))] } ?? []
    return HTMLPage(
      title: title,
      sections: [
        HTMLPage.Section(
          "",
          paragraphs.prefix(1).map { .callout($0) } + (formula.isEmpty ? [] : [.preformatted(formula)])
            + [.chart(chart)] + paragraphs.dropFirst().map { .paragraph($0) } + settings
            + (source.isEmpty ? [] : [.paragraph("Source: \(source)")]) + [.preformatted(next)])
      ], footer: HTMLPage.footer)
  }
}

/// What the command can explain.
struct Topic: Sendable {
  /// As typed.
  var name: String
  /// One line for the list of topics.
  var summary: String
  /// Makes the answer; takes from the arguments what it has a use for.
  var explain: @Sendable (inout TopicArguments) throws -> Explanation

  /// All of them, in the order of the list. A new topic is one file and one line here.
  static let all: [Topic] = [
    .learningRate, .schedule, .warmUp, .rangeTest, .diverged, .optimizer, .effectiveRate, .biasCorrection, .momentum,
    .weightDecay, .edgeOfStability,
  ]
}
