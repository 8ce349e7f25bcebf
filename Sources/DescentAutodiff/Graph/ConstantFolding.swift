#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension ElementwiseOperation {
  /// The result for constant operands, as the kernels give it.
  package func value(of x: [Double]) -> Double {
    switch self {
    case .negate: -x[0]
    case .exp: systemExp(x[0])
    case .log: systemLog(x[0])
    case .tanh: systemTanh(x[0])
    case .sigmoid: logistic(x[0])
    case .relu: x[0] < 0 ? 0 : x[0]
    case .positive: x[0] > 0 ? 1 : 0
    case .sqrt: x[0].squareRoot()
    case .reciprocal: 1 / x[0]
    case .abs: x[0].magnitude
    case .sign: x[0] > 0 ? 1 : x[0] < 0 ? -1 : x[0]
    case .square: x[0] * x[0]
    case .erf: systemErf(x[0])
    case .sin: systemSin(x[0])
    case .cos: systemCos(x[0])
    case .geluTanh: x[0] * logistic(GELU.twiceInner(x[0]))
    case .geluTanhSlope: GELU.slope(x[0])
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    case .divide: x[0] / x[1]
    case .maximum: x[0] > x[1] || x[0].isNaN ? x[0] : x[1]
    case .minimum: x[0] < x[1] || x[0].isNaN ? x[0] : x[1]
    case .greater: x[0] > x[1] ? 1 : 0
    case .power: systemPow(x[0], x[1])
    case .select: x[0] != 0 ? x[1] : x[2]
    }
  }
}

private func logistic(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }

/// The tanh approximation as x·sigmoid(2u), u = √(2/π)·(x + 0.044715·x³).
enum GELU {
  /// 2√(2/π)
  static let factor = 1.5957691216057308
  static let cubic = 0.044715

  static func twiceInner(_ x: Double) -> Double { factor * (x + cubic * x * x * x) }

  static func slope(_ x: Double) -> Double {
    let s = logistic(twiceInner(x))
    return s + x * s * (1 - s) * factor * (1 + 3 * cubic * x * x)
  }
}

// Inside the extension the bare names would mean the enum's cases.
private func systemExp(_ x: Double) -> Double { exp(x) }
private func systemLog(_ x: Double) -> Double { log(x) }
private func systemTanh(_ x: Double) -> Double { tanh(x) }
private func systemErf(_ x: Double) -> Double { erf(x) }
private func systemSin(_ x: Double) -> Double { sin(x) }
private func systemCos(_ x: Double) -> Double { cos(x) }
private func systemPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
