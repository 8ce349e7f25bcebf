internal import Foundation

/// A number for sentences: four significant digits, `0.05`, `1.234e-05`.
func fourDigits(_ x: Double) -> String {
  guard x != 0 else { return "0" }
  guard x.isFinite else { return "\(x)" }
  return String(format: "%.4g", x)
}
