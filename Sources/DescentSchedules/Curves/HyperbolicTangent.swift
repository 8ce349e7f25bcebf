/// to + (from − to)·(1 − tanh z)/2, z from `first` to `last` along the way (Hsueh, Li, Wu 2019, arXiv:1806.01593; timm's
/// `TanhLRScheduler`, there −7 to 3). Its ends are near `from` and `to`, not on them.
struct HyperbolicTangent: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var first: Double
  var last: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let p = u / length
    let weight = (1 - tangent(first * (1 - p) + last * p)) / 2
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    guard first != last else { return value(0) * u }
    let p = u / length
    let slope = (last - first) / length
    // (1 − tanh z)/2 is the logistic of −2z, whose antiderivative is −softplus(−2z)/2: no cancellation where it is small.
    let area = (softplus(-2 * first) - softplus(-2 * (first * (1 - p) + last * p))) / (2 * slope)
    return to * u + (from - to) * area
  }

  /// ln(1 + eˣ).
  private func softplus(_ x: Double) -> Double { max(x, 0) + logarithmOnePlus(exponential(-abs(x))) }
}
