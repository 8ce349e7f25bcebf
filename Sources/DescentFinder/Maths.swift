#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// x^y.
func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

/// The decadic logarithm.
func log10(_ x: Double) -> Double {
  #if canImport(Darwin)
    Darwin.log10(x)
  #elseif canImport(Glibc)
    Glibc.log10(x)
  #elseif canImport(Musl)
    Musl.log10(x)
  #endif
}

/// 10^x.
func exp10(_ x: Double) -> Double { pow(10, x) }

/// The natural logarithm in Float32.
func logarithm(_ x: Float) -> Float { logf(x) }

/// A number for people: two significant digits, without an exponent from 0.001 up to 9999.
func brief(_ x: Double) -> String {
  // Below the normal numbers the power of ten would underflow to 0.
  guard x.isNormal else { return "\(x)" }
  var exponent = Int(floor(log10(abs(x))))
  var digits = Int((abs(x) / pow(10, Double(exponent - 1))).rounded())
  if digits >= 100 {
    digits /= 10
    exponent += 1
  }
  let sign = x < 0 ? "-" : ""
  let (head, tail) = (digits / 10, digits % 10)
  if exponent < -3 || exponent > 3 { return "\(sign)\(head)\(tail == 0 ? "" : ".\(tail)")e\(exponent)" }
  if exponent >= 1 { return sign + "\(digits)" + String(repeating: "0", count: exponent - 1) }
  if exponent == 0 { return sign + "\(head)" + (tail == 0 ? "" : ".\(tail)") }
  return sign + "0." + String(repeating: "0", count: -exponent - 1) + "\(head)" + (tail == 0 ? "" : "\(tail)")
}
