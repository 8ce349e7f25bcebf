#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Student's t distribution.
enum StudentT {
  /// P(T > t) with `degrees` degrees of freedom, by the regularised incomplete beta function.
  static func upperTail(_ t: Double, degrees: Double) -> Double {
    guard t.isFinite else { return t > 0 ? 0 : 1 }
    let tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t >= 0 ? tail : 1 - tail
  }

  /// The t whose upper tail is `probability`, 0 < probability ≤ 0.5.
  static func quantile(upperTail probability: Double, degrees: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while upperTail(high, degrees: degrees) > probability, high < 1e9 { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if upperTail(middle, degrees: degrees) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// I_x(a, b) by Lentz's evaluation of its continued fraction (Abramowitz & Stegun 26.5.8).
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on this side only.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for m in 1...500 {
      let m = Double(m)
      for factor in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 + factor * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + factor / c
        if abs(c) < tiny { c = tiny }
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}
