/// to + (from − to)·(1 − u/L)^exponent.
struct Polynomial: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var exponent: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let weight = usualPower(max(1 - u / length, 0), exponent)
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    // 1 − (1 − p)^(e+1), without cancellation for small p
    let part = -exponentialMinusOne((exponent + 1) * logarithmOnePlus(max(-u / length, -1)))
    return to * u + (from - to) * length / (exponent + 1) * part
  }
}
