/// Why a text is not the JSON that was expected, and at which byte.
struct JSONFault: Error {
  var position: Int
  var reason: String
}

/// Reads JSON (RFC 8259) from left to right, without building a tree: members keep their order, repeated names are
/// seen, and numbers are read exactly.
struct JSONScanner {
  private let bytes: [UInt8]
  private let end: Int
  private(set) var position: Int
  private var followsValue = false

  init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The bytes of a value that was skipped.
  func text(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  func fault(_ reason: String) -> JSONFault { JSONFault(position: position, reason: reason) }

  /// First byte of the next value.
  mutating func peek() -> UInt8? {
    while position < end, bytes[position] <= 0x20, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    return position < end ? bytes[position] : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONFault) {
    if !take(character) { throw fault("expected \"\(character)\"") }
  }

  mutating func beginObject() throws(JSONFault) {
    try expect("{")
    followsValue = false
  }

  /// The next member's name, or nil after the last.
  mutating func nextKey() throws(JSONFault) -> String? {
    guard try hasNext(before: "}") else { return nil }
    let key = try string()
    try expect(":")
    return key
  }

  mutating func beginArray() throws(JSONFault) {
    try expect("[")
    followsValue = false
  }

  /// True if another element follows.
  mutating func hasElement() throws(JSONFault) -> Bool { try hasNext(before: "]") }

  private mutating func hasNext(before closing: Unicode.Scalar) throws(JSONFault) -> Bool {
    if take(closing) {
      followsValue = true
      return false
    }
    if followsValue { try expect(",") }
    return true
  }

  /// Makes sure that nothing but white space is left.
  mutating func finish() throws(JSONFault) {
    if peek() != nil { throw fault("unexpected text after the end") }
  }

  mutating func double() throws(JSONFault) -> Double {
    let start = position
    guard let value = Double(String(decoding: bytes[try number()], as: UTF8.self)) else {
      throw JSONFault(position: start, reason: "expected a number")
    }
    return value
  }

  mutating func integer() throws(JSONFault) -> Int {
    let start = position
    guard let value = Int(String(decoding: bytes[try number()], as: UTF8.self)) else {
      throw JSONFault(position: start, reason: "expected a whole number of at most 64 bits")
    }
    return value
  }

  /// Passes over a number and returns where it stands.
  private mutating func number() throws(JSONFault) -> Range<Int> {
    _ = peek()
    let start = position
    func digit(_ at: Int) -> Bool { at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39 }
    var next = start
    if next < end, bytes[next] == UInt8(ascii: "-") { next += 1 }
    guard digit(next) else { throw fault("expected a number") }
    if bytes[next] == UInt8(ascii: "0") { next += 1 } else { while digit(next) { next += 1 } }
    if next < end, bytes[next] == UInt8(ascii: ".") {
      next += 1
      guard digit(next) else { throw fault("expected a digit after the point") }
      while digit(next) { next += 1 }
    }
    if next < end, bytes[next] | 0x20 == UInt8(ascii: "e") {
      next += 1
      if next < end, bytes[next] == UInt8(ascii: "+") || bytes[next] == UInt8(ascii: "-") { next += 1 }
      guard digit(next) else { throw fault("expected a digit in the exponent") }
      while digit(next) { next += 1 }
    }
    position = next
    followsValue = true
    return start..<next
  }

  mutating func string() throws(JSONFault) -> String {
    try expect("\"")
    followsValue = true
    let start = position
    while position < end, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\") {
      if bytes[position] < 0x20 { throw fault("control character in a string") }
      position += 1
    }
    if position < end, bytes[position] == UInt8(ascii: "\"") {
      position += 1
      return try decoded(bytes[start..<position - 1], from: start)
    }
    return try escapedString(from: start)
  }

  /// The rest of a string whose first part, up to the first backslash, began at `start`.
  private mutating func escapedString(from start: Int) throws(JSONFault) -> String {
    var content = Array(bytes[start..<position])
    while position < end {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try decoded(content[...], from: start)
      case UInt8(ascii: "\\"): content += String(try escape()).utf8
      case ..<0x20: throw fault("control character in a string")
      default: content.append(byte)
      }
    }
    throw fault("a string does not end")
  }

  private func decoded(_ content: ArraySlice<UInt8>, from start: Int) throws(JSONFault) -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw JSONFault(position: start, reason: "a string is not UTF-8")
    }
    return text
  }

  private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
    guard position < end else { throw fault("a string does not end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try fourHexDigits()
      if code & 0xfc00 == 0xd800, position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        let low = try fourHexDigits()
        guard low & 0xfc00 == 0xdc00 else { throw fault("half a surrogate pair in a string") }
        code = 0x10000 + (code & 0x3ff) << 10 + low & 0x3ff
      }
      guard let scalar = Unicode.Scalar(code) else { throw fault("half a surrogate pair in a string") }
      return scalar
    default: throw fault("unknown escape in a string")
    }
  }

  private mutating func fourHexDigits() throws(JSONFault) -> UInt32 {
    guard position + 4 <= end,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw fault("expected four hexadecimal digits") }
    position += 4
    return code
  }

  /// Passes over one value of any kind and returns where it stands.
  @discardableResult
  mutating func skipValue(depth: Int = 0) throws(JSONFault) -> Range<Int> {
    guard depth < 100 else { throw fault("nested too deeply") }
    let kind = peek()
    let start = position
    switch kind {
    case UInt8(ascii: "{"):
      try beginObject()
      while try nextKey() != nil { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try beginArray()
      while try hasElement() { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try literal("true")
    case UInt8(ascii: "f"): try literal("false")
    case UInt8(ascii: "n"): try literal("null")
    default: _ = try number()
    }
    return start..<position
  }

  private mutating func literal(_ word: StaticString) throws(JSONFault) {
    let count = word.utf8CodeUnitCount
    guard position + count <= end, word.withUTF8Buffer({ $0.elementsEqual(bytes[position..<position + count]) }) else {
      throw fault("expected a value")
    }
    position += count
    followsValue = true
  }
}
