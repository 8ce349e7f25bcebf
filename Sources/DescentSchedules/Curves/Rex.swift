/// to + (from − to)·(1 − p)/(1 − bend·p), p = u/L.
///
/// Two versions go by the name: bend ½ is the paper's (Chen, Wolfe, Kyrillidis 2021, arXiv:2107.04197) and
/// pytorch_optimizer's; 0.9 is that of axolotl and kohya's trainers.
struct Rex: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var bend = 0.5

  @inline(__always) func value(_ u: Double) -> Double {
    // Past the end it stays, also where the divisor is zero.
    let p = min(u / length, 1)
    let weight = (1 - p) / (1 - bend * p)
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    // The closed form cancels where the bend is slight.
    guard bend > 0.1 else { return quadrature(0, u, value) }
    let p = u / length
    let area = p / bend + (1 - bend) / (bend * bend) * logarithmOnePlus(-bend * p)
    return to * u + (from - to) * length * area
  }
}
