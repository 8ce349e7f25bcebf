/// to + (from − to)·((1 + cos πp)/2)^exponent, p = u/L (Optax's `cosine_decay_schedule` with an exponent).
struct CosinePower: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var exponent: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let weight = usualPower((1 + cosine(.pi * (u / length))) / 2, exponent)
    return from * weight + to * (1 - weight)
  }

  /// By quadrature: there is no closed form but for whole exponents.
  func integral(to u: Double) -> Double { quadrature(0, u, value) }
}
