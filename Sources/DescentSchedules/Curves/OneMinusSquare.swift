/// to + (from − to)·(1 − p²), p = u/L (a cool-down of pytorch_optimizer's `get_wsd_schedule`).
struct OneMinusSquare: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let p = u / length
    return from * (1 - p * p) + to * (p * p)
  }

  func integral(to u: Double) -> Double {
    let part = (u / length) * (u / length) / 3
    return u * (from * (1 - part) + to * part)
  }
}
