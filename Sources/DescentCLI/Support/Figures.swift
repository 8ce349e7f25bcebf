import Foundation

/// A number for a person's eyes: four significant digits, `1.234e-05`, `0.05`.
func figure(_ value: Double) -> String {
  value.isFinite ? String(format: "%.4g", value) : decimal(value)
}

/// Rows with their columns aligned, the first row above as a heading.
///
/// - Parameters:
///   - leading: columns set flush left; the others are flush right, as numbers are.
///   - width: the last column is broken at spaces to keep lines within this; nil: it is not.
func table(_ rows: [[String]], leading: Set<Int> = [], width: Int? = nil) -> String {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    let cells = row.enumerated().map { column, text in
      let gap = String(repeating: " ", count: widths[column] - text.count)
      return leading.contains(column) ? text + gap : gap + text
    }
    guard let width, let last = row.last, row.count > 1 else { return cells.joined(separator: "  ").trimmedEnd }
    let head = cells.dropLast().joined(separator: "  ") + "  "
    let indent = "\n" + String(repeating: " ", count: head.count)
    return (head + wrapped(last, to: max(20, width - head.count)).joined(separator: indent)).trimmedEnd
  }.joined(separator: "\n")
}

/// The lines of a text broken at spaces.
func wrapped(_ text: String, to width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let last = lines[lines.count - 1]
    if last.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if last.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}

extension String {
  fileprivate var trimmedEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
