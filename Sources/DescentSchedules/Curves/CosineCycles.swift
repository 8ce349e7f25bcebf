/// Cosine cycles of one length, each `decay` times as high above `to` as the one before.
struct CosineCycles: Sendable, Hashable {
  var from: Double
  var to: Double
  var cycle: Int
  var decay: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let length = Double(cycle)
    let index = (u / length).rounded(.down)
    return wave(index).value(u - index * length)
  }

  /// The value just before u: the floor where a cycle ends.
  func valueBefore(_ u: Double) -> Double {
    u > 0 && u.truncatingRemainder(dividingBy: Double(cycle)) == 0 ? to : value(u)
  }

  func integral(to u: Double) -> Double {
    let length = Double(cycle)
    let whole = (u / length).rounded(.down)
    let heights = geometricSum(decay, whole)
    let full = length * (to * whole + (from - to) / 2 * heights)
    return full + wave(whole).integral(to: u - whole * length)
  }

  @inline(__always) private func wave(_ index: Double) -> Cosine {
    let height = decay == 1 ? from : to + (from - to) * power(decay, index)
    return Cosine(from: height, to: to, length: Double(cycle))
  }
}
