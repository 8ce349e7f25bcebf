/// from/(1 + rate·u), not below `limit` (Robbins & Monro's 1/t; Keras' `InverseTimeDecay`).
struct InverseTime: Sendable, Hashable {
  var from: Double
  var rate: Double
  var limit: Double

  @inline(__always) func value(_ u: Double) -> Double { max(from / (1 + rate * u), limit) }

  func integral(to u: Double) -> Double {
    guard rate > 0 else { return value(0) * u }
    let free = min(u, max(crossing, 0))
    return from * logarithmOnePlus(rate * free) / rate + limit * (u - free)
  }

  /// Where the free curve meets the limit; infinite if never.
  var crossing: Double { limit > 0 ? (from / limit - 1) / rate : .infinity }
}
