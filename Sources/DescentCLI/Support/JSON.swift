/// A JSON value with its keys in the order written.
///
/// Numbers print as the shortest text that reads back to the same Double; not-a-number and the infinities, which JSON
/// lacks, print as the strings "nan", "inf" and "-inf".
enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])
  /// JSON text from elsewhere, joined to one line.
  case raw(String)

  struct Member: Sendable, Hashable {
    var key: String
    var value: JSON
  }

  /// The number, or null for nil.
  init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  /// The number, or null for nil.
  init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
  /// The text, or null for nil.
  init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  init(_ values: some Sequence<Double>) { self = .array(values.map { .number($0) }) }
  init(_ values: some Sequence<String>) { self = .array(values.map { .string($0) }) }

  /// An object from pairs, in their order.
  static func object(_ pairs: some Sequence<(String, JSON)>) -> JSON {
    .object(pairs.map { Member(key: $0.0, value: $0.1) })
  }

  /// The value on one line.
  var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? decimal(value) : "\"\(decimal(value))\""
    case .string(let value): Self.quote(value, to: &text)
    case .raw(let json):
      // A line break in JSON text always stands between tokens.
      for line in json.split(whereSeparator: \.isNewline) { text += line.drop { $0 == " " } }
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        Self.quote(member.key, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral
{
  init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(stringLiteral value: String) { self = .string(value) }
  init(booleanLiteral value: Bool) { self = .bool(value) }
  init(integerLiteral value: Int) { self = .integer(value) }
  init(floatLiteral value: Double) { self = .number(value) }
}

/// The shortest text that reads back to the same number: `0.1`, `1e-07`, `3`; `nan`, `inf`, `-inf`.
func decimal(_ value: Double) -> String {
  if value.isNaN { return "nan" }
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
