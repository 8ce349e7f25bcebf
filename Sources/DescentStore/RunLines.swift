import DescentCore

/// One line of `metrics.jsonl` or `events.jsonl`.
enum RunLine {
  /// Appends `row` as a line.
  static func append(_ row: MetricRow, to bytes: inout [UInt8]) {
    begin(attempt: row.attempt, step: row.step, &bytes)
    for (name, value) in row.values {
      bytes.append(UInt8(ascii: ","))
      bytes.append(json: name)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(json: value)
    }
    bytes.append(ascii: "}\n")
  }

  /// Appends `event` as a line.
  static func append(_ event: RunEvent, to bytes: inout [UInt8]) {
    begin(attempt: event.attempt, step: event.step, &bytes)
    bytes.append(ascii: ",\"kind\":")
    bytes.append(json: event.kind)
    bytes.append(ascii: ",\"message\":")
    bytes.append(json: event.message)
    bytes.append(ascii: "}\n")
  }

  static func begin(attempt: Int, step: Int, _ bytes: inout [UInt8]) {
    bytes.append(ascii: "{\"attempt\":")
    bytes.append(json: attempt)
    bytes.append(ascii: ",\"step\":")
    bytes.append(json: step)
  }

  /// Reads a row of measurements: every member that is a number, or one of "nan", "inf" and "-inf".
  static func row(_ scanner: consuming JSONScanner) throws(JSONFault) -> MetricRow {
    var attempt: Int?
    var step: Int?
    var values: [(name: String, value: Double)] = []
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      switch name {
      case "attempt": attempt = try scanner.integer()
      case "step": step = try scanner.integer()
      default:
        if let value = try measurement(&scanner) { values.append((name, value)) }
      }
    }
    try scanner.finish()
    guard let attempt, let step else { throw scanner.fault("a row needs \"attempt\" and \"step\"") }
    return MetricRow(attempt: attempt, step: step, values: values)
  }

  /// A number, or nil for a member of another kind, which belongs to somebody else.
  static func measurement(_ scanner: inout JSONScanner) throws(JSONFault) -> Double? {
    switch scanner.peek() ?? 0 {
    case UInt8(ascii: "\""):
      switch try scanner.string() {
      case "nan": return .nan
      case "inf": return .infinity
      case "-inf": return -.infinity
      default: return nil
      }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try scanner.double()
    default:
      try scanner.skipValue()
      return nil
    }
  }

  /// Reads an event.
  static func event(_ scanner: consuming JSONScanner) throws(JSONFault) -> RunEvent {
    var event = RunEvent(attempt: 0, step: 0, kind: "", message: "")
    var seen: Set<String> = []
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      seen.insert(name)
      switch name {
      case "attempt": event.attempt = try scanner.integer()
      case "step": event.step = try scanner.integer()
      case "kind": event.kind = try scanner.string()
      case "message": event.message = try scanner.string()
      default: try scanner.skipValue()
      }
    }
    try scanner.finish()
    guard seen.isSuperset(of: ["attempt", "step", "kind", "message"]) else {
      throw scanner.fault("an event needs \"attempt\", \"step\", \"kind\" and \"message\"")
    }
    return event
  }

  /// All lines of the file at `path`; none if there is no such file.
  ///
  /// Text after the last line break that is not a whole line was torn off by a sudden end and is ignored.
  static func read<Line>(
    _ path: String, _ parse: (consuming JSONScanner) throws(JSONFault) -> Line
  ) throws(StoreError) -> [Line] {
    guard let bytes = try contents(path) else { return [] }
    var lines: [Line] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      do {
        lines.append(try parse(JSONScanner(bytes, in: start..<(end ?? bytes.count))))
      } catch {
        if end == nil { break }
        throw StoreError(
          .malformed, path, line: lines.count + 1, "column \(error.position - start + 1): \(error.reason)")
      }
      start = (end ?? bytes.count) + 1
    }
    return lines
  }

  private static func contents(_ path: String) throws(StoreError) -> [UInt8]? {
    exists(path) ? try OpenFile.contents(of: path) : nil
  }
}
