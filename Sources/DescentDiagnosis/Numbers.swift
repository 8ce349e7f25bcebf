/// A number in a sentence: four significant digits.
func number(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
  var scale = 1.0
  var digits = 0
  let size = abs(value)
  while size * scale < 1000, digits < 300 { (scale, digits) = (scale * 10, digits + 1) }
  guard size < 1e6, size >= 1e-4 else { return scientific(value) }
  let rounded = size >= 1000 ? value.rounded() : (value * scale).rounded() / scale
  let text = "\(rounded)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

private func scientific(_ value: Double) -> String {
  var (mantissa, exponent) = (abs(value), 0)
  while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  let text = "\((mantissa * 1000).rounded() / 1000)"
  let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  return "\(value < 0 ? "-" : "")\(short)e\(exponent)"
}

/// A share as percent.
func percent(_ share: Double) -> String { number((share * 1000).rounded() / 10) + " %" }
