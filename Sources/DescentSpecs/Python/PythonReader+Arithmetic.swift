#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `10*500`, `2**3`, `1/25`: as Python does it, whole numbers staying whole except under `/`.
extension PythonReader {
  func combined(
    _ left: PythonExpression, _ sign: String, _ right: PythonExpression, at place: Int
  ) throws(SpecError) -> PythonExpression {
    for side in [left, right] where side.value.number == nil {
      throw error("only numbers can be combined by \"\(sign)\", not \(side.value.kind)", at: side.position)
    }
    let value: PythonValue?
    if case .integer(let a) = left.value, case .integer(let b) = right.value {
      value = Self.whole(a, sign, b)
    } else if let a = left.value.number, let b = right.value.number {
      value = Self.real(a, sign, b)
    } else {
      value = nil
    }
    guard let value else { throw error("\"\(sign)\" has no result in range here", at: place) }
    return PythonExpression(value: value, position: left.position)
  }

  private static func whole(_ a: Int, _ sign: String, _ b: Int) -> PythonValue? {
    func kept(_ result: (partialValue: Int, overflow: Bool)) -> PythonValue? {
      result.overflow ? nil : .integer(result.partialValue)
    }
    switch sign {
    case "+": return kept(a.addingReportingOverflow(b))
    case "-": return kept(a.subtractingReportingOverflow(b))
    case "*": return kept(a.multipliedReportingOverflow(by: b))
    case "**":
      guard b >= 0 else { return real(Double(a), sign, Double(b)) }
      let result = pow(Double(a), Double(b))
      return abs(result) < 0x1p53 ? .integer(Int(result)) : nil
    case "//", "%":
      guard b != 0, let quotient = real(Double(a), "//", Double(b))?.number, abs(quotient) < 0x1p53 else { return nil }
      let floor = Int(quotient)
      return sign == "//" ? .integer(floor) : kept(a.subtractingReportingOverflow(floor &* b))
    default: return real(Double(a), sign, Double(b))
    }
  }

  private static func real(_ a: Double, _ sign: String, _ b: Double) -> PythonValue? {
    let result: Double =
      switch sign {
      case "+": a + b
      case "-": a - b
      case "*": a * b
      case "**": pow(a, b)
      case "//": floorDivided(a, b)
      case "%": a - b * floorDivided(a, b)
      default: a / b
      }
    return result.isFinite ? .real(result) : nil
  }
}

/// Python's `a // b` for floats: the floor of the exact quotient, not of the rounded one.
package func floorDivided(_ a: Double, _ b: Double) -> Double {
  var rest = a.truncatingRemainder(dividingBy: b)
  var quotient = (a - rest) / b
  if rest != 0, (b < 0) != (rest < 0) {
    rest += b
    quotient -= 1
  }
  let floor = quotient.rounded(.down)
  return quotient - floor > 0.5 ? floor + 1 : floor
}
