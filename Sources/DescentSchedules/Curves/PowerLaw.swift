/// from·min(1, (u/knee)^−exponent), not below `limit`; u counts from the beginning of the run (Shen et al. 2024,
/// arXiv:2408.13359: min(η_max, a·n^−b), whose knee is (a/η_max)^(1/b)).
struct PowerLaw: Sendable, Hashable {
  var from: Double
  var knee: Double
  var exponent: Double
  var limit: Double

  @inline(__always) func value(_ u: Double) -> Double {
    max(u > knee ? from * power(u / knee, -exponent) : from, limit)
  }

  func integral(to u: Double) -> Double {
    let end = crossing
    if end <= knee { return max(from, limit) * u }
    let free = min(u, end)
    var area = from * min(u, knee)
    if free > knee {
      // knee·(x^(1−b) − 1)/(1 − b) with x = free/knee
      let ln = logarithm(free / knee)
      let rest = 1 - exponent
      area += from * knee * (rest == 0 ? ln : exponentialMinusOne(rest * ln) / rest)
    }
    return area + (u > free ? limit * (u - free) : 0)
  }

  /// Where the free curve meets the limit; infinite if never.
  var crossing: Double { limit > 0 ? knee * power(from / limit, 1 / exponent) : .infinity }
}
