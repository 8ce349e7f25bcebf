internal import DescentSpecs

/// Reads `FILE.csv[:target]`.
///
/// The first record is a header if none of its fields is a number, or if somewhere it has text where the second has
/// a number. All columns but the target are features and must be numbers.
///
/// - Parameters:
///   - target: a column's name, or its number from 0; nil for the last column.
///   - purpose: nil to decide by the rule of ``TargetColumn``.
func loadCSV(_ path: String, target: String?, purpose: TargetPurpose?) throws(DataError) -> Dataset {
  let records = try CSVRecords(path)
  guard try records.next() else { throw DataError(.empty, "the file is empty.", path: path) }
  let first = CSVRow(records)
  guard first.fields.count > 1 else {
    throw DataError(
      .malformed, "the first row has one column; a table needs at least one feature and a target, separated by commas.",
      path: path, line: first.line)
  }
  let hasSecond = try records.next()
  let header = isHeader(first, second: hasSecond ? CSVRow(records) : nil, target: target) ? first.texts : nil
  guard hasSecond || header == nil else { throw DataError(.empty, "the file has a header but no rows.", path: path) }
  let column = try targetColumn(target, header: header, count: first.fields.count, path: path)
  var table = CSVTable(path: path, header: header, columns: first.fields.count, target: column, purpose: purpose)
  if let size = records.plainSize, let last = records.fields.last, let start = records.fields.first {
    table.reserve(fileBytes: size, rowBytes: last.end - start.start)
  }
  if header == nil {
    let row = first
    try row.bytes.withUnsafeBufferPointer { bytes throws(DataError) in try table.append(row.fields, bytes, row.line) }
  }
  if hasSecond {
    repeat { try table.append(records.fields, records.bytes, records.line) } while try records.next()
  }
  return try table.dataset()
}

/// A record kept beyond the next.
private struct CSVRow {
  var bytes: [UInt8] = []
  var fields: [CSVRecords.Field] = []
  var line: Int

  init(_ records: CSVRecords) {
    line = records.line
    for field in records.fields {
      let start = bytes.count
      bytes += records.bytes[field.start..<field.end]
      fields.append(CSVRecords.Field(start: start, end: bytes.count, isQuoted: field.isQuoted))
    }
  }

  var texts: [String] {
    bytes.withUnsafeBufferPointer { bytes in fields.map { CSVRecords.text($0, in: bytes) } }
  }

  var contents: [NumberField] {
    bytes.withUnsafeBufferPointer { bytes in fields.map { NumberField($0, in: bytes) } }
  }
}

private func isHeader(_ first: CSVRow, second: CSVRow?, target: String?) -> Bool {
  func isNumber(_ content: NumberField) -> Bool {
    if case .number = content { true } else { false }
  }
  let contents = first.contents
  if !contents.contains(where: isNumber) { return contents.contains(.text) }
  if let target, zip(first.texts, contents).contains(where: { $0 == target && $1 == .text }) { return true }
  guard let second else { return false }
  return zip(contents, second.contents).contains { $0 == .text && isNumber($1) }
}

private func targetColumn(_ target: String?, header: [String]?, count: Int, path: String) throws(DataError) -> Int {
  guard let target else { return count - 1 }
  if let header {
    let places = header.indices.filter { header[$0] == target }
    if places.count > 1 {
      throw DataError(
        .unknownColumn, "the header has \"\(target)\" \(places.count) times; give the column's number from 0.",
        path: path)
    }
    if let place = places.first { return place }
  }
  if let place = Int(target) {
    guard place >= 0, place < count else {
      throw DataError(.unknownColumn, "there is no column \(place); columns are 0 to \(count - 1).", path: path)
    }
    return place
  }
  guard let header else {
    throw DataError(
      .unknownColumn,
      "the file has no header, so there is no column \"\(target)\"; give its number, 0 to \(count - 1).",
      path: path)
  }
  throw DataError(
    .unknownColumn, "there is no column \"\(target)\"; \(suggestion(for: target, among: header))", path: path)
}

/// A table while it is read. Each number goes straight to its place, so that no second copy of the data exists.
private struct CSVTable {
  private let path: String
  private let header: [String]?
  private let columns: Int
  private let targetColumn: Int
  private var features: [Float] = []
  private var target: TargetColumn

  init(path: String, header: [String]?, columns: Int, target: Int, purpose: TargetPurpose?) {
    self.path = path
    self.header = header
    self.columns = columns
    targetColumn = target
    self.target = TargetColumn(label: Self.label(target, header), purpose: purpose, path: path)
  }

  /// Room for as many rows as rows of that length would fill the file; memory never written to costs nothing.
  mutating func reserve(fileBytes: Int, rowBytes: Int) {
    features.reserveCapacity((fileBytes / max(2 * columns, rowBytes) + 1) * (columns - 1))
  }

  @inline(__always)
  mutating func append(
    _ fields: [CSVRecords.Field], _ bytes: UnsafeBufferPointer<UInt8>, _ line: Int
  ) throws(DataError) {
    guard fields.count == columns else {
      throw DataError(
        .malformed, "this row has \(fields.count) fields, the first has \(columns).", path: path, line: line)
    }
    for column in 0..<columns {
      let field = fields[column]
      if column == targetColumn {
        try target.append(field, in: bytes, line: line)
      } else if let number = decimalNumber(bytes, from: field.start, to: field.end), Float(number).isFinite {
        features.append(Float(number))
      } else {
        features.append(
          try NumberField(field, in: bytes)
            .float(Self.label(column, header), CSVRecords.text(field, in: bytes), path, line))
      }
    }
  }

  func dataset() throws(DataError) -> Dataset {
    var names = header
    names?.remove(at: targetColumn)
    return Dataset(
      name: path, featureShape: [columns - 1], featureNames: names, features: .floats(features),
      targets: try target.targets(), wantsStandardization: true)
  }

  private static func label(_ column: Int, _ header: [String]?) -> String {
    header.map { "column \"\($0[column])\"" } ?? "column \(column) (from 0)"
  }
}
