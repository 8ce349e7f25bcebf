/// from·(to/from)^p, p = u/L: a straight line on a logarithmic axis (fastai's `SchedExp`; the last stage of fairseq's
/// tri-stage). Both ends are above 0.
struct Geometric: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double { from * power(to / from, u / length) }

  func integral(to u: Double) -> Double {
    let slope = logarithm(to / from)
    guard slope != 0 else { return from * u }
    return from * (length / slope) * exponentialMinusOne(slope * (u / length))
  }
}
