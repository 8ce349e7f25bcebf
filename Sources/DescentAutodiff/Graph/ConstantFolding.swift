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
    case .sigmoid: x[0] >= 0 ? 1 / (1 + systemExp(-x[0])) : systemExp(x[0]) / (1 + systemExp(x[0]))
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

// Inside the extension the bare names would mean the enum's cases.
private func systemExp(_ x: Double) -> Double { exp(x) }
private func systemLog(_ x: Double) -> Double { log(x) }
private func systemTanh(_ x: Double) -> Double { tanh(x) }
private func systemErf(_ x: Double) -> Double { erf(x) }
private func systemSin(_ x: Double) -> Double { sin(x) }
private func systemCos(_ x: Double) -> Double { cos(x) }
private func systemPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
