/// from + (to − from)·u/L.
struct Line: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let p = u / length
    // Both ends come out exactly.
    return from * (1 - p) + to * p
  }

  func integral(to u: Double) -> Double { u * (from + value(u)) / 2 }
}
