/// to + (from − to)·(1 + cos(πu/L))/2 (Loshchilov & Hutter 2017, eq. 5). Never used past L, where PyTorch's rises again.
struct Cosine: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let weight = (1 + DescentSchedules.cosine(.pi * (u / length))) / 2
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    (from + to) / 2 * u + (from - to) / 2 * (length / .pi) * sine(.pi * (u / length))
  }
}
