/// What a field of a table holds.
enum NumberField: Equatable {
  case number(Double)
  /// Nothing, or one of the usual words for it: NA, N/A, NaN, null, none, ?.
  case missing
  case infinite
  case text

  init(_ field: CSVRecords.Field, in bytes: UnsafeBufferPointer<UInt8>) {
    if let number = decimalNumber(bytes, from: field.start, to: field.end) {
      self = number.isFinite ? .number(number) : .infinite
      return
    }
    switch CSVRecords.text(field, in: bytes).lowercased() {
    case "", "na", "n/a", "nan", "+nan", "-nan", "null", "none", "?": self = .missing
    case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity": self = .infinite
    default: self = .text
    }
  }
}

/// A decimal number with optional sign, fraction and exponent, spaces around it allowed; nil for anything else.
///
/// Correctly rounded: up to 2⁵³ with a power of ten up to 10²² by one exact multiplication or division (Clinger 1990),
/// otherwise by the standard library.
func decimalNumber(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Double? {
  var (at, end) = (start, end)
  while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
  while end > at, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
  let first = at
  var isNegative = false
  if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
    isNegative = bytes[at] == UInt8(ascii: "-")
    at += 1
  }
  var mantissa: UInt64 = 0
  var exponent = 0
  var (digits, kept) = (0, 0)
  var isFraction = false
  scan: while at < end {
    let byte = bytes[at]
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      digits += 1
      // Nineteen digits fit into 64 bits; leading zeros take no place.
      if kept < 19 {
        mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
        if mantissa > 0 { kept += 1 }
        if isFraction { exponent -= 1 }
      } else {
        kept += 1  // Too many digits for the short way below.
      }
    case UInt8(ascii: "."):
      if isFraction { return nil }
      isFraction = true
    case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
    default: return nil
    }
    at += 1
  }
  guard digits > 0 else { return nil }
  if at < end {
    at += 1
    var isExponentNegative = false
    if at < end, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
      isExponentNegative = bytes[at] == UInt8(ascii: "-")
      at += 1
    }
    guard at < end else { return nil }
    var power = 0
    while at < end {
      guard bytes[at] >= UInt8(ascii: "0"), bytes[at] <= UInt8(ascii: "9") else { return nil }
      power = min(power * 10 + Int(bytes[at] - UInt8(ascii: "0")), 100_000)
      at += 1
    }
    exponent += isExponentNegative ? -power : power
  }
  if kept <= 19, mantissa <= 1 << 53, abs(exponent) <= 22 {
    let magnitude =
      exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    return isNegative ? -magnitude : magnitude
  }
  return Double(String(decoding: UnsafeBufferPointer(rebasing: bytes[first..<end]), as: UTF8.self))
}

private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]
