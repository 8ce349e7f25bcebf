import Foundation

/// A number for a person's eyes: four significant digits, `1.234e-05`, `0.05`.
func figure(_ value: Double) -> String {
  value.isFinite ? String(format: "%.4g", value) : decimal(value)
}

/// Rows with their columns aligned, the first row above as a heading.
///
/// - Parameter leading: columns set flush left; the others are flush right, as numbers are.
func table(_ rows: [[String]], leading: Set<Int> = []) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    let cells = row.enumerated().map { column, text in
      let gap = String(repeating: " ", count: widths[column] - text.count)
      return leading.contains(column) ? text + gap : gap + text
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }.joined(separator: "\n")
}
