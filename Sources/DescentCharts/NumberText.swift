/// Decimal text of numbers without Foundation and without a locale.
package enum NumberText {
  /// `value` with at most `digits` significant digits, no trailing zeros: "1e-5", "0.01", "10", "2.5e7", "NaN", "∞".
  ///
  /// Decimal from 0.001 up to 999999, scientific outside.
  package static func short(_ value: Double, digits: Int = 3) -> String {
    guard let decimal = Decimal(value, digits: digits) else { return special(value) }
    return decimal.exponent < -3 || decimal.exponent > 5 ? decimal.scientific : decimal.plain
  }

  /// `value` with exactly `decimals` digits behind the point.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return special(value) }
    guard var decimal = Decimal(value, digits: 17) else { return special(value) }
    decimal.round(toDigits: decimal.exponent + 1 + decimals)
    var text = decimal.plain
    guard decimals > 0 else { return text }
    if !text.contains(".") { text += "." }
    let present = text.split(separator: ".", omittingEmptySubsequences: false).last?.count ?? 0
    return text + String(repeating: "0", count: max(0, decimals - present))
  }

  /// `value` in scientific form with at most `digits` significant digits.
  package static func scientific(_ value: Double, digits: Int) -> String {
    guard value != 0, let decimal = Decimal(value, digits: digits) else { return value == 0 ? "0" : special(value) }
    return decimal.scientific
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞"
  }
}

/// Decimal digits d₀d₁… and an exponent: d₀.d₁d₂… × 10^exponent. Taken from Swift's shortest round-trip text, so that no
/// power of ten can overflow.
private struct Decimal {
  var negative: Bool
  var digits: [Int]
  var exponent: Int

  init?(_ value: Double, digits count: Int) {
    guard value.isFinite else { return nil }
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let whole = mantissa[0].compactMap(\.wholeNumberValue)
    let rest = mantissa.count > 1 ? mantissa[1].compactMap(\.wholeNumberValue) : []
    negative = value < 0
    exponent = whole.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    digits = whole + rest
    while digits.count > 1, digits.first == 0 {
      digits.removeFirst()
      exponent -= 1
    }
    if digits == [0] { exponent = 0 }
    round(toDigits: max(1, count))
  }

  mutating func round(toDigits count: Int) {
    if count < digits.count {
      let up = count >= 0 && digits[max(0, count)] >= 5
      digits = Array(digits.prefix(max(0, count)))
      if up {
        var place = digits.count - 1
        while place >= 0, digits[place] == 9 {
          digits[place] = 0
          place -= 1
        }
        if place >= 0 {
          digits[place] += 1
        } else {
          digits.insert(1, at: 0)
          exponent += 1
        }
      }
    }
    while let last = digits.last, last == 0 { digits.removeLast() }
    if digits.isEmpty { (digits, exponent, negative) = ([0], 0, false) }
  }

  private var sign: String { negative ? "-" : "" }

  var scientific: String {
    let rest = digits.dropFirst().map(String.init).joined()
    return "\(sign)\(digits[0])\(rest.isEmpty ? "" : "." + rest)e\(exponent)"
  }

  var plain: String {
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits.map(String.init).joined()
    }
    let padded = digits + Array(repeating: 0, count: max(0, exponent + 1 - digits.count))
    let whole = padded.prefix(exponent + 1).map(String.init).joined()
    let rest = padded.dropFirst(exponent + 1).map(String.init).joined()
    return sign + whole + (rest.isEmpty ? "" : "." + rest)
  }
}
