/// A log as a table: CSV text with a header line, or with nothing but numbers.
///
/// Blank lines are skipped; a byte-order mark, blanks and quotes around fields do not count, and a quoted field may hold
/// commas. Fields are read as numbers only when a column is asked for, so a log may have columns of text besides.
public struct MetricTable: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    /// The line of the text, from 1.
    public var line: Int
    public var fields: [String]
  }

  /// The names of the columns as written; nil: the first line has nothing but numbers.
  public let header: [String]?
  public let rows: [Row]
  /// The line of the header, or of the first row.
  public let firstLine: Int

  /// - Throws: ``MetricTableError`` for text without lines and for a line with another number of fields than the first.
  public init(csv: String) throws(MetricTableError) {
    var rows: [Row] = []
    for (index, line) in csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = Self.fields(of: line)
      if fields.count == 1, fields[0].isEmpty { continue }
      if let first = rows.first, fields.count != first.fields.count {
        throw MetricTableError(
          "The line has \(fields.count) fields; the first has \(first.fields.count).", line: index + 1)
      }
      rows.append(Row(line: index + 1, fields: fields))
    }
    guard let first = rows.first else { throw MetricTableError("The file is empty.") }
    firstLine = first.line
    let isNumbers = first.fields.allSatisfy { Double($0) != nil }
    header = isNumbers ? nil : first.fields
    self.rows = isNumbers ? rows : Array(rows.dropFirst())
  }

  /// How many columns there are.
  public var columnCount: Int { header?.count ?? rows.first?.fields.count ?? 0 }

  /// The first column with one of these names, in the order of the names; upper and lower case are the same.
  public func column(named names: [String]) -> Int? {
    guard let lower = header?.map({ $0.lowercased() }) else { return nil }
    return names.lazy.compactMap { lower.firstIndex(of: $0.lowercased()) }.first
  }

  /// A column's numbers, nil where a field is empty; `nan`, `inf` and `-inf` are numbers.
  ///
  /// - Throws: ``MetricTableError`` with the line of the first field that is something else.
  public func numbers(inColumn column: Int) throws(MetricTableError) -> [Double?] {
    var numbers: [Double?] = []
    for row in rows {
      let field = row.fields[column]
      if field.isEmpty {
        numbers.append(nil)
      } else if let value = Double(field) {
        numbers.append(value)
      } else {
        let name = header.map { "\($0[column]) " } ?? ""
        throw MetricTableError("The \(name)\"\(field)\" is not a number.", line: row.line)
      }
    }
    return numbers
  }

  /// The step of every row: from the column `step` (or `iteration`, `update`), else counted from 0.
  ///
  /// - Throws: ``MetricTableError`` for a step that is no whole number of 0 or more.
  public func steps() throws(MetricTableError) -> [Int] {
    guard let column = column(named: ["step", "iteration", "iter", "update", "global_step"]) else {
      return Array(rows.indices)
    }
    var steps: [Int] = []
    for (row, value) in zip(rows, try numbers(inColumn: column)) {
      guard let value, let step = Int(exactly: value), step >= 0 else {
        throw MetricTableError("The step \"\(row.fields[column])\" is not a whole number of 0 or more.", line: row.line)
      }
      steps.append(step)
    }
    return steps
  }

  private static func fields(of line: Substring) -> [String] {
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    for character in line {
      switch character {
      case "\"":
        isQuoted.toggle()
        field.append(character)
      case "," where !isQuoted:
        fields.append(trimmed(field))
        field = ""
      default: field.append(character)
      }
    }
    return fields + [trimmed(field)]
  }

  /// Without surrounding blanks, quotes and a byte-order mark.
  private static func trimmed(_ field: String) -> String {
    let dropped: Set<Character> = [" ", "\t", "\"", "\u{FEFF}"]
    var field = Substring(field)
    while let first = field.first, dropped.contains(first) { field.removeFirst() }
    while let last = field.last, dropped.contains(last) { field.removeLast() }
    return String(field)
  }
}

/// A log that does not read: one sentence with what is wrong and what would be right.
public struct MetricTableError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String
  /// The line of the text, from 1, if one is to blame.
  public var line: Int?

  public init(_ message: String, line: Int? = nil) {
    self.message = message
    self.line = line
  }

  public var description: String { message }
}
