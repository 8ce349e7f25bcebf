import DescentCore
import Foundation

/// The rows of many runs in one file of plain doubles, column by column: steps, then values.
///
/// Made once, they can be judged as often as a detector changes.
struct RowFile {
  /// A column's place in the file, in doubles.
  struct Column: Codable {
    var name: String
    var start: Int
    var count: Int
  }

  private let file: FileHandle
  private var place = 0

  /// Begins a new file.
  init?(creating path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    guard let file = FileHandle(forWritingAtPath: path) else { return nil }
    self.file = file
  }

  /// Appends rows; what is not a number in them comes back as it was.
  mutating func append(_ rows: [MetricRow]) throws -> [Column] {
    var names: [String] = []
    var columns: [String: (steps: [Double], values: [Double])] = [:]
    for row in rows {
      for (name, value) in row.values {
        if columns[name] == nil { names.append(name) }
        columns[name, default: ([], [])].steps.append(Double(row.step))
        columns[name]?.values.append(value)
      }
    }
    return try names.map { name in
      let (steps, values) = columns[name] ?? ([], [])
      try file.write(contentsOf: (steps + values).withUnsafeBytes { Data($0) })
      defer { place += 2 * values.count }
      return Column(name: name, start: place, count: values.count)
    }
  }

  /// The rows that were appended as these columns.
  static func rows(_ columns: [Column], in doubles: UnsafeBufferPointer<Double>) -> [MetricRow] {
    var rows: [MetricRow] = []
    for column in columns {
      var row = 0
      for i in 0..<column.count {
        let step = Int(doubles[column.start + i])
        while row < rows.count, rows[row].step < step { row += 1 }
        // The first column, the losses, has every step.
        if row == rows.count { rows.append(MetricRow(attempt: 0, step: step, values: [])) }
        rows[row].values.append((column.name, doubles[column.start + column.count + i]))
      }
    }
    return rows
  }
}
