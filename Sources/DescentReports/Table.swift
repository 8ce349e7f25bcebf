import DescentCharts

extension HTMLPage {
  /// Rows under named columns.
  public struct Table: Sendable, Hashable {
    /// What the table shows, or empty.
    public var caption: String
    /// The headings; without one that says anything there is no row of them.
    public var columns: [String]
    /// Cells by row. A short row is filled with empty cells; surplus cells widen the table under an empty heading.
    public var rows: [[String]]

    /// A table.
    public init(caption: String = "", columns: [String], rows: [[String]]) {
      self.caption = caption
      self.columns = columns
      self.rows = rows
    }
  }
}

extension HTMLPage.Table {
  /// Whether every filled cell of a column begins like a number, so that it is set to the right.
  func isNumeric(_ column: Int) -> Bool {
    let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
    return !cells.isEmpty
      && cells.allSatisfy { cell in
        let first = cell.split(separator: " ").first ?? ""
        return Double(first.hasSuffix("%") ? first.dropLast() : first) != nil || ["–", "—", "NaN", "∞"].contains(cell)
      }
  }

  var html: String {
    let width = max(columns.count, rows.map(\.count).max() ?? 0)
    guard width > 0 else { return "" }
    let style = (0..<width).map { isNumeric($0) ? " class=\"number\"" : "" }
    func cell(_ cells: [String], _ column: Int) -> String {
      column < cells.count ? escapedMarkup(cells[column]) : ""
    }
    var html = "<div class=\"table\"><table>\n"
    if !caption.isEmpty { html += "<caption>\(escapedMarkup(caption))</caption>\n" }
    if columns.contains(where: { !$0.isEmpty }) {
      html += "<thead><tr>"
      for column in 0..<width { html += "<th scope=\"col\"\(style[column])>\(cell(columns, column))</th>" }
      html += "</tr></thead>\n"
    }
    html += "<tbody>\n"
    for row in rows {
      html += "<tr>"
      for column in 0..<width { html += "<td\(style[column])>\(cell(row, column))</td>" }
      html += "</tr>\n"
    }
    return html + "</tbody>\n</table></div>\n"
  }
}
