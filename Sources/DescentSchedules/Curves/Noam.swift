/// scale·min(s^−½, s·warmup^−3/2) with the step number s = u ≥ 1 (Vaswani et al. 2017, section 5.3).
struct Noam: Sendable, Hashable {
  /// peak·width^−½.
  var scale: Double
  var warmup: Double

  @inline(__always) func value(_ u: Double) -> Double {
    scale * min(1 / u.squareRoot(), u / (warmup * warmup.squareRoot()))
  }

  func integral(to u: Double) -> Double {
    let rise = min(u, warmup)
    let rising = rise * rise / (2 * warmup * warmup.squareRoot())
    return scale * (rising + 2 * (max(u, warmup).squareRoot() - warmup.squareRoot()))
  }
}
