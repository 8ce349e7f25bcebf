/// from·factor^(u/every), not past `limit`: a floor for factors up to 1, a ceiling above (Optax's `end_value`).
struct Exponential: Sendable, Hashable {
  var from: Double
  var factor: Double
  var limit: Double
  var every = 1.0

  @inline(__always) func value(_ u: Double) -> Double {
    let rate = from * power(factor, u / every)
    return factor > 1 ? min(rate, limit) : max(rate, limit)
  }

  func integral(to u: Double) -> Double {
    guard factor != 1 else { return value(0) * u }
    let free = crossing.isFinite ? min(u, max(crossing, 0)) : u
    let slope = logarithm(factor) / every
    let rest = u > free ? limit * (u - free) : 0
    return from * exponentialMinusOne(free * slope) / slope + rest
  }

  /// Where the free curve meets the limit; not finite if never.
  var crossing: Double {
    guard limit > 0 else { return .infinity }
    guard from > 0 else { return factor > 1 ? .infinity : 0 }
    return logarithm(limit / from) / logarithm(factor) * every
  }
}
