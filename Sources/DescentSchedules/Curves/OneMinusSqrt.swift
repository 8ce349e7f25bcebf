/// to + (from − to)·(1 − √(u/L)) (Hägele et al. 2024, arXiv:2405.18392).
struct OneMinusSqrt: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let root = (u / length).squareRoot()
    return from * (1 - root) + to * root
  }

  func integral(to u: Double) -> Double {
    let part = (u / length).squareRoot() * 2 / 3
    return u * (from * (1 - part) + to * part)
  }
}
