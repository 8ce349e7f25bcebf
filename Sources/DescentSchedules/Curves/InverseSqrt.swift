/// from/√(1 + u/timescale), not below `limit` (Zhai et al. 2022's reciprocal square root; after a warm-up of `timescale`
/// steps the same as transformers' `inverse_sqrt`).
struct InverseSqrt: Sendable, Hashable {
  var from: Double
  var timescale: Double
  var limit: Double

  @inline(__always) func value(_ u: Double) -> Double { max(from / (1 + u / timescale).squareRoot(), limit) }

  func integral(to u: Double) -> Double {
    let free = min(u, max(crossing, 0))
    return 2 * from * free / ((1 + free / timescale).squareRoot() + 1) + limit * (u - free)
  }

  /// Where the free curve meets the limit; infinite if never.
  var crossing: Double { limit > 0 ? timescale * ((from / limit) * (from / limit) - 1) : .infinity }
}
