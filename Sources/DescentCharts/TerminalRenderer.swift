/// Draws a chart with characters, for terminals and log files.
///
/// Lines are told apart by letters (or signs, in ASCII), never by colour alone. Labels of vertical lines, intervals and
/// regions stand under the axis.
public struct TerminalRenderer: Sendable, Hashable {
  /// No line is wider than this many columns. Kept within 1 … 2000; below about 30 little more than the curve is left.
  public let width: Int
  /// Lines in all, legend, axis and labels included. Kept within 1 … 1000; a panel has at least 3 rows, so the picture
  /// may be higher.
  public let height: Int
  public let characterSet: CharacterSet
  /// Adds ANSI colours.
  public let color: Bool

  /// A renderer for pictures of this size in characters.
  public init(width: Int = 80, height: Int = 20, characterSet: CharacterSet = .braille, color: Bool = false) {
    self.width = min(max(width, 1), 2000)
    self.height = min(max(height, 1), 1000)
    self.characterSet = characterSet
    self.color = color
  }

  /// The lines of the picture, joined by line feeds; none at the end.
  public func render(_ chart: Chart) -> String {
    let plans = chart.plans()
    let inner = max(1, width - 1)
    // A higher panel has more ticks, which may need more digits.
    let share = max(1, height / max(1, plans.count))
    let labelWidth =
      plans.flatMap { $0.y.ticks(count: 5) + $0.y.ticks(count: max(2, share / 3)) }.map { columns(of: $0.label) }.max()
      ?? 0
    let gutter = min(labelWidth + 2, max(1, inner / 3))
    let panels = plans.enumerated().map { index, plan in
      TerminalPanel(
        plan: plan, characters: characterSet, width: width, gutter: gutter, isLast: index == plans.count - 1,
        text: plain)
    }
    var head: [TerminalRow] = []
    for text in [chart.title, chart.subtitle] where !text.isEmpty { head += paragraph(text) }
    var foot: [TerminalRow] = []
    let label = plain(chart.xAxis.label)
    if !label.isEmpty, !panels.isEmpty {
      var row = TerminalRow(width: width)
      row.put(label, at: gutter + max(0, (width - gutter - columns(of: label)) / 2))
      foot.append(row)
    }
    for note in plans.flatMap(\.notes) { foot += paragraph(note) }
    if panels.isEmpty { foot += paragraph("no data to draw") }

    let heads = panels.map { $0.head() }, feet = panels.map { $0.foot() }
    let taken = head.count + foot.count + heads.joined().count + feet.joined().count
    let weights = chart.panels.map { $0.weight.isFinite && $0.weight > 0 ? $0.weight : 1 }
    let sum = weights.reduce(0, +)
    let free = Double(max(0, height - taken))
    var rows = head
    for (index, panel) in panels.enumerated() {
      let share = sum.isFinite ? weights[index] / sum : 1 / Double(panels.count)
      rows += heads[index] + panel.body(rows: max(3, Int(free * share))) + feet[index]
    }
    return (rows + foot).map { $0.text(colored: color) }.joined(separator: "\n")
  }

  /// Text on as many lines as it needs, broken between words.
  private func paragraph(_ text: String) -> [TerminalRow] {
    var lines: [String] = [""]
    for word in plain(text).split(whereSeparator: \.isWhitespace) {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if columns(of: line) + 1 + columns(of: String(word)) <= width - 1 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { line in
      var row = TerminalRow(width: width)
      row.put(line, at: width > 20 ? 1 : 0)
      return row
    }
  }

  private func plain(_ text: String) -> String { characterSet == .ascii ? asciiText(text) : text }
}
