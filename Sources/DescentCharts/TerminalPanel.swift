/// Draws one panel: a head (label of the axis, legend), a body (axis and plot), a foot (axis, ticks, labels).
struct TerminalPanel {
  let plan: PanelPlan
  let characters: TerminalRenderer.CharacterSet
  let width: Int
  /// Columns left of the plot, the axis itself included.
  let gutter: Int
  let isLast: Bool
  /// Makes a text fit for the character characters.
  let text: (String) -> String

  private var plotWidth: Int { max(1, width - gutter) }
  private var isASCII: Bool { characters == .ascii }
  private func sign(_ fancy: String, _ plain: String) -> String { isASCII ? plain : fancy }
  private func column(_ fraction: Double) -> Int { gutter + Int((fraction * Double(plotWidth - 1)).rounded()) }

  /// Whether lines are told apart by letters on them.
  private var isLettered: Bool { Set(plan.legend.filter(hasRank).map(\.name)).count > 1 }
  private func hasRank(_ stroke: PanelPlan.Stroke) -> Bool { stroke.kind != .points && stroke.style != .thin }

  /// The sign of a line: its letter, or its sign on an ASCII canvas.
  private func key(_ stroke: PanelPlan.Stroke) -> String {
    if isASCII {
      if stroke.style == .thin { return "." }
      let signs = ["*", "+", "o", "x", "#", "%", "@", "&"]
      return signs[stroke.rank % signs.count]
    }
    return String(Character(Unicode.Scalar(UInt8(97 + stroke.rank % 26))))
  }

  private func pointKey(_ stroke: PanelPlan.Stroke) -> String {
    let order = plan.legend.filter { $0.kind == .points }.firstIndex { $0.name == stroke.name } ?? 0
    return characters.pointGlyphs[order % characters.pointGlyphs.count]
  }

  func head() -> [TerminalRow] {
    var entries: [(String, String, ChartColor?)] = plan.legend.map { stroke in
      let sample: String
      if stroke.kind == .points {
        sample = pointKey(stroke)
      } else if isASCII || (isLettered && hasRank(stroke)) {
        sample = key(stroke)
      } else if characters == .braille {
        sample = stroke.style == .thin ? "⠂⠐" : stroke.style == .bold ? "⠶⠶" : "⠒⠒"
      } else {
        sample = stroke.style == .thin ? "▘▘" : "▀▀"
      }
      return (sample, text(stroke.name), stroke.color)
    }
    for line in plan.horizontals where !line.reference.label.isEmpty {
      let value = NumberText.short(line.reference.position)
      let label = line.reference.label
      let name = label.contains(value) ? label : "\(label) = \(value)"
      entries.append((sign("╌╌", "--"), text(name), line.reference.color))
    }
    if !plan.contours.isEmpty { entries.append((characters.shades.dropFirst().joined(), "higher", nil)) }
    let label = text(plan.yLabel)
    guard !entries.isEmpty || !label.isEmpty else { return [] }
    var rows = [TerminalRow(width: width)]
    rows[0].put(label, at: min(gutter, 1))
    let left = min(gutter + 1, max(0, width - 1))
    var at = label.isEmpty ? left : max(left, 1 + columns(of: label) + 3)
    for (sample, name, color) in entries {
      let wide = columns(of: sample) + 1 + columns(of: name)
      if at > left, at + wide > width {
        rows.append(TerminalRow(width: width))
        at = left
      }
      rows[rows.count - 1].put(sample, at: at, color: color)
      rows[rows.count - 1].put(name, at: at + columns(of: sample) + 1)
      at += wide + 3
    }
    return rows
  }

  func body(rows height: Int) -> [TerminalRow] {
    var canvas = TerminalCanvas(characters, width: plotWidth, height: height)
    for area in plan.areas {
      // Its two edges, faint.
      for edge in [area.lower, area.upper] {
        for run in visibleRuns(edge) { canvas.draw(run, color: area.color, glyph: ".", gap: isASCII ? 1 : 3) }
      }
    }
    for stroke in plan.strokes {
      for run in stroke.runs {
        if stroke.kind == .points {
          let (column, row) = canvas.cell(run[0])
          canvas.put(pointKey(stroke), column: column, row: row, color: stroke.color)
        } else {
          canvas.draw(
            run, color: stroke.color, glyph: key(stroke), gap: stroke.style == .thin && !isASCII ? 3 : 1,
            bold: stroke.style == .bold && characters == .braille)
        }
      }
    }
    for stroke in plan.strokes where stroke.kind == .path && !isASCII {
      if let start = stroke.start.map(canvas.cell) {
        canvas.put("○", column: start.column, row: start.row, color: stroke.color)
      }
    }
    if isLettered, !isASCII { placeLetters(on: &canvas) }

    var rows = (0..<height).map { _ in TerminalRow(width: width) }
    let levels = plan.contours.map { ($0, $0.resolvedLevels) }
    for row in 0..<height {
      for column in 0..<plotWidth {
        if let content = canvas.content(column, row) {
          rows[row].put(content.text, at: gutter + column, color: content.color)
        } else if let shade = levels.last.flatMap({ shade($0.0, $0.1, column, row, height) }) {
          rows[row].put(shade, at: gutter + column, color: .gray)
        }
      }
    }
    references(&rows)
    if plan.isEmpty, let middle = rows.indices.dropFirst(height / 2).first {
      rows[middle].put("no data to draw", at: gutter + max(0, (plotWidth - 15) / 2))
    }
    yAxis(&rows)
    return rows
  }

  /// The ground's sign at a cell: how many levels lie below it, on five steps.
  private func shade(_ contours: Contours, _ levels: [Double], _ column: Int, _ row: Int, _ height: Int) -> String? {
    guard !levels.isEmpty else { return nil }
    let x = plan.x.value(at: (Double(column) + 0.5) / Double(plotWidth))
    let y = plan.y.value(at: 1 - (Double(row) + 0.5) / Double(height))
    func part(_ value: Double, _ range: ClosedRange<Double>) -> Double? {
      let length = range.upperBound - range.lowerBound
      return length > 0 && range.contains(value) ? (value - range.lowerBound) / length : nil
    }
    guard let u = part(x, contours.xRange), let v = part(y, contours.yRange) else { return nil }
    let value = contours.sample(u, v)
    let below = levels.count { !($0 > value) }
    return characters.shades[below * (characters.shades.count - 1) / levels.count]
  }

  private func references(_ rows: inout [TerminalRow]) {
    for line in plan.horizontals {
      let row = Int(((1 - line.fraction) * Double(rows.count - 1)).rounded())
      for column in gutter..<width where rows[row].isBlank(column) {
        rows[row].put(sign("╌", "-"), at: column, color: line.reference.color)
      }
    }
    for line in plan.verticals {
      let at = column(line.fraction)
      let bar = line.reference.emphasized ? sign("┃", "|") : sign("┊", ":")
      for row in rows.indices where rows[row].isBlank(at) { rows[row].put(bar, at: at, color: line.reference.color) }
    }
  }

  private func yAxis(_ rows: inout [TerminalRow]) {
    for row in rows.indices { rows[row].put(sign("│", "|"), at: gutter - 1) }
    var last = rows.count + 1
    for tick in plan.y.ticks(count: max(2, rows.count / 3)) where tick.isMajor {
      guard let fraction = plan.y.fraction(tick.value) else { continue }
      let row = Int(((1 - fraction) * Double(rows.count - 1)).rounded())
      guard rows.indices.contains(row), row <= last - 2 else { continue }
      let label = text(tick.label)
      rows[row].put(label, at: gutter - 1 - columns(of: label))
      rows[row].put(sign("┤", "+"), at: gutter - 1)
      last = row
    }
  }

  func foot() -> [TerminalRow] {
    var axis = TerminalRow(width: width)
    axis.put(sign("└", "+") + String(repeating: sign("─", "-"), count: plotWidth), at: gutter - 1)
    var labels = TerminalRow(width: width)
    var end = 0
    for tick in plan.x.ticks(count: max(2, plotWidth / 11)) where tick.isMajor {
      guard let fraction = plan.x.fraction(tick.value) else { continue }
      let at = column(fraction)
      let label = text(tick.label)
      let wide = columns(of: label)
      let from = min(max(0, at - wide / 2), width - wide)
      axis.put(sign("┬", "+"), at: at)
      guard from >= end else { continue }
      labels.put(label, at: from)
      end = from + wide + 1
    }
    return [axis] + (isLast ? [labels] : [])
      + TerminalFoot(
        plan: plan, characters: characters, width: width, column: column, text: text
      ).rows()
  }

  /// Puts each line's letter where it is farthest from the other lines.
  private func placeLetters(on canvas: inout TerminalCanvas) {
    let strokes = plan.legend.filter(hasRank)
    let heights = strokes.map { stroke in
      var rows = [Int: Int]()
      for (column, row) in stroke.runs.joined().lazy.map(canvas.cell) { rows[column] = row }
      // Between sparse points the line runs straight; the cells of its ends are enough to keep away from.
      for run in stroke.runs {
        for (a, b) in zip(run, run.dropFirst()) {
          let (from, to) = (canvas.cell(a), canvas.cell(b))
          guard to.column > from.column + 1 else { continue }
          for column in (from.column + 1)..<to.column {
            let t = Double(column - from.column) / Double(to.column - from.column)
            rows[column] = from.row + Int((t * Double(to.row - from.row)).rounded())
          }
        }
      }
      return rows
    }
    for (index, stroke) in strokes.enumerated() {
      // A path bears its letter where it ends.
      if stroke.kind == .path, let end = stroke.end.map(canvas.cell) {
        canvas.put(key(stroke), column: end.column, row: end.row, color: stroke.color)
        continue
      }
      let target = (index + 1) * plotWidth / (strokes.count + 1)
      func room(_ column: Int, _ row: Int) -> Int {
        let near = heights.enumerated().filter { $0.offset != index }.flatMap { other in
          (-1...1).compactMap { other.element[column + $0] }.map { abs($0 - row) }
        }
        return min(near.min() ?? 4, 4)
      }
      let best = heights[index].max { a, b in
        (room(a.key, a.value), -abs(a.key - target), a.key) < (room(b.key, b.value), -abs(b.key - target), b.key)
      }
      if let best { canvas.put(key(stroke), column: best.key, row: best.value, color: stroke.color) }
    }
  }
}
