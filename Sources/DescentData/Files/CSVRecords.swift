/// The records of a CSV file, one after another (RFC 4180).
///
/// Fields may stand in double quotes and then hold separators, line ends and doubled quotes. Lines end in LF, CR LF or
/// CR. Blank lines are skipped, a UTF-8 byte-order mark too. The separator is the comma; if the first line has none,
/// the semicolon or the tab, whichever occurs there.
final class CSVRecords {
  /// A field's bytes, without quotes around it.
  struct Field {
    var start: Int
    var end: Int
    var isQuoted: Bool
  }

  private let source: ByteReader
  private var buffer: UnsafeMutableBufferPointer<UInt8>
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  private var separator = UInt8(ascii: ",")
  private var nextLine = 1
  /// Fields of the current record, as places in ``bytes``.
  private(set) var fields: [Field] = []
  /// Line the current record begins in, from 1.
  private(set) var line = 0

  // Longer than any row meant as one: a quote was left open.
  private static let longestRecord = 64 << 20

  init(_ path: String) throws(DataError) {
    source = try ByteReader(path)
    buffer = .allocate(capacity: 1 << 18)
    try fill()
    if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { start = 3 }
    separator = separatorOfFirstLine()
  }

  deinit { buffer.deallocate() }

  var path: String { source.path }
  /// Bytes of the file if it is not compressed.
  var plainSize: Int? { source.isCompressed ? nil : source.fileSize }
  /// What the fields' places refer to; valid until the next record.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(buffer) }

  /// Goes to the next record that is not blank; false at the end.
  func next() throws(DataError) -> Bool {
    while true {
      if start == end && isAtEnd { return false }
      guard let (following, lines) = try scan() else {
        try fill()
        continue
      }
      line = nextLine
      nextLine += lines
      start = following
      if fields.count > 1 || fields.contains(where: { $0.isQuoted || !isBlank($0) }) { return true }
    }
  }

  /// The text of a field, doubled quotes made single, without spaces around it if it was not quoted.
  static func text(_ field: Field, in bytes: UnsafeBufferPointer<UInt8>) -> String {
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[field.start..<field.end]), as: UTF8.self)
    if field.isQuoted { return text.replacing("\"\"", with: "\"") }
    var trimmed = text[...]
    while let last = trimmed.last, last.isWhitespace { trimmed.removeLast() }
    return String(trimmed.drop { $0.isWhitespace })
  }

  private func isBlank(_ field: Field) -> Bool {
    buffer[field.start..<field.end].allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// Takes one record apart; returns where the next begins and how many lines this one has, or nil if it is not all in
  /// the buffer yet.
  private func scan() throws(DataError) -> (following: Int, lines: Int)? {
    let (quote, feed, carriage) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    let (buffer, end, separator) = (buffer, end, separator)
    var lines = 1
    var at = start
    // Held locally while it grows: a property of a class is checked for overlapping access at every use.
    var fields: [Field] = []
    swap(&fields, &self.fields)
    defer { swap(&fields, &self.fields) }
    fields.removeAll(keepingCapacity: true)
    while true {
      if at < end, buffer[at] == quote {
        let open = at + 1
        at = open
        while true {
          while at < end, buffer[at] != quote {
            if buffer[at] == feed { lines += 1 }
            at += 1
          }
          guard at < end else {
            guard isAtEnd else { return nil }
            throw DataError(.malformed, "a quote opened in this row is never closed.", path: path, line: nextLine)
          }
          // At the buffer's edge this ends the field for now; the record is then incomplete and read again.
          guard at + 1 < end, buffer[at + 1] == quote else { break }
          at += 2
        }
        fields.append(Field(start: open, end: at, isQuoted: true))
        at += 1
      } else {
        let open = at
        while at < end, buffer[at] != separator, buffer[at] != feed, buffer[at] != carriage { at += 1 }
        fields.append(Field(start: open, end: at, isQuoted: false))
      }
      guard at < end else { return isAtEnd ? (at, lines) : nil }
      switch buffer[at] {
      case separator: at += 1
      case feed: return (at + 1, lines)
      case carriage:
        if at + 1 == end, !isAtEnd { return nil }
        return (at + 1 < end && buffer[at + 1] == feed ? at + 2 : at + 1, lines)
      default:
        throw DataError(
          .malformed, "text follows a closing quote; a quote inside a quoted field is written twice.", path: path,
          line: nextLine + lines - 1)
      }
    }
  }

  /// Moves what is left to the front and reads more behind it.
  private func fill() throws(DataError) {
    if start == 0, end == buffer.count {
      guard end < Self.longestRecord else {
        throw DataError(
          .malformed, "a row is longer than 64 MB; a quote was probably left open.", path: path, line: nextLine)
      }
      let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * buffer.count)
      _ = larger.update(fromContentsOf: buffer)
      buffer.deallocate()
      buffer = larger
    } else if start > 0, let base = buffer.baseAddress {
      base.update(from: base + start, count: end - start)
      (start, end) = (0, end - start)
    }
    let rest = UnsafeMutableBufferPointer(rebasing: buffer[end...])
    let count = try source.read(into: UnsafeMutableRawBufferPointer(rest))
    end += count
    isAtEnd = count < rest.count
  }

  private func separatorOfFirstLine() -> UInt8 {
    var counts = (comma: 0, semicolon: 0, tab: 0)
    var isQuoted = false
    for byte in buffer[start..<end] {
      switch byte {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case _ where isQuoted: continue
      case UInt8(ascii: ","): counts.comma += 1
      case UInt8(ascii: ";"): counts.semicolon += 1
      case UInt8(ascii: "\t"): counts.tab += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if counts.comma + counts.semicolon + counts.tab > 0 { return choice(counts) }
      default: continue
      }
    }
    return choice(counts)
  }

  private func choice(_ counts: (comma: Int, semicolon: Int, tab: Int)) -> UInt8 {
    if counts.comma > 0 || counts.semicolon + counts.tab == 0 { return UInt8(ascii: ",") }
    return counts.semicolon >= counts.tab ? UInt8(ascii: ";") : UInt8(ascii: "\t")
  }
}
