/// to + (from − to)·(1 − p)/(1 − p/2), p = u/L (Chen, Wolfe, Kyrillidis 2021, arXiv:2107.04197; some trainers use
/// (1 − p)/(0.1 + 0.9(1 − p)) under the same name).
struct Rex: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let p = u / length
    let weight = (1 - p) / (1 - p / 2)
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    let p = u / length
    // ∫ (1 − p)/(1 − p/2) dp = 2p + 2 ln(1 − p/2)
    return to * u + (from - to) * length * (2 * p + 2 * logarithmOnePlus(-p / 2))
  }
}
