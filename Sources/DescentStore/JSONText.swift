/// Writing JSON into a byte buffer; much cheaper per row than an encoder.
extension [UInt8] {
  mutating func append(ascii text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  mutating func append(json value: Int) {
    append(contentsOf: String(value).utf8)
  }

  /// The shortest digits that read back as exactly `value`; the strings "nan", "inf" and "-inf" for what JSON has no
  /// number for. The payload of a NaN is not kept.
  mutating func append(json value: Double) {
    if value.isFinite {
      append(contentsOf: value.description.utf8)
    } else {
      append(ascii: value.isNaN ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\"")
    }
  }

  mutating func append(json text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(ascii: "\\\"")
      case UInt8(ascii: "\\"): append(ascii: "\\\\")
      case 0x0a: append(ascii: "\\n")
      case ..<0x20:
        append(ascii: "\\u00")
        for digit in [byte >> 4, byte & 15] { append(digit + (digit < 10 ? 0x30 : 0x57)) }
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }
}
