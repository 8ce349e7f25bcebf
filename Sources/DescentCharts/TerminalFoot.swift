/// What stands under a panel's axis: pointers to vertical lines, brackets of intervals, a ruler of regions.
struct TerminalFoot {
  let plan: PanelPlan
  let characters: TerminalRenderer.CharacterSet
  let width: Int
  let column: (Double) -> Int
  let text: (String) -> String

  private func sign(_ fancy: String, _ plain: String) -> String { characters == .ascii ? plain : fancy }

  func rows() -> [TerminalRow] { pointers() + plan.bands.map(bracket) + ruler() }

  private func pointers() -> [TerminalRow] {
    let labels = plan.verticals.map { text($0.reference.label) }
    let flags = MarkerLabels(
      zip(plan.verticals, labels).map { line, label in
        (Double(column(line.fraction)), label.isEmpty ? 0 : Double(columns(of: label) + 2))
      }, inside: 0...Double(width), gap: 1)
    var rows = (0..<flags.rows).map { _ in TerminalRow(width: width) }
    for flag in flags.flags {
      let line = plan.verticals[flag.index]
      let at = column(line.fraction)
      for row in 0..<flag.row { rows[row].put(sign("┊", ":"), at: at, color: line.reference.color) }
    }
    for flag in flags.flags {
      let line = plan.verticals[flag.index]
      let pointer = line.reference.emphasized ? sign("▲", "^") : sign("△", "^")
      let label = labels[flag.index]
      if flag.flipped {
        let from = column(line.fraction) - columns(of: label) - 1
        rows[flag.row].put("\(label) \(pointer)", at: from, color: line.reference.color)
      } else {
        rows[flag.row].put("\(pointer) \(label)", at: column(line.fraction), color: line.reference.color)
      }
    }
    return rows
  }

  private func bracket(_ band: PanelPlan.Span) -> TerminalRow {
    var row = TerminalRow(width: width)
    let (from, to) = (column(band.from), column(band.to))
    let label = text(band.label)
    let wide = columns(of: label)
    row.put(sign("├", "|"), at: from, color: band.color)
    for at in (from + 1)..<max(from + 1, to) { row.put(sign("─", "-"), at: at, color: band.color) }
    if to > from { row.put(sign("┤", "|"), at: to, color: band.color) }
    if label.isEmpty { return row }
    if wide + 4 <= to - from {
      row.put(" \(label) ", at: from + (to - from - wide) / 2, color: band.color)
    } else if to + 2 + wide <= width || from - 1 - wide < 0 {
      row.put(label, at: to + 2, color: band.color)
    } else {
      row.put(label, at: from - 1 - wide, color: band.color)
    }
    return row
  }

  private func ruler() -> [TerminalRow] {
    guard !plan.regions.isEmpty else { return [] }
    var row = TerminalRow(width: width)
    for region in plan.regions {
      let (from, to) = (column(region.from), column(region.to))
      for at in from...max(from, to) { row.put(sign("─", "-"), at: at, color: region.color) }
    }
    for region in plan.regions {
      let (from, to) = (column(region.from), column(region.to))
      for at in [from, to] { row.put(sign("┼", "+"), at: at, color: region.color) }
    }
    for region in plan.regions {
      let (from, to) = (column(region.from), column(region.to))
      var label = text(region.label)
      while !label.isEmpty, columns(of: label) + 2 > to - from - 1 { label.removeLast() }
      if label.isEmpty { continue }
      row.put(" \(label) ", at: from + 1 + (to - from - 1 - columns(of: label) - 2) / 2, color: region.color)
    }
    return [row]
  }
}
