/// to + (from − to)·(1 + cos 2πnp)/2, p = u/L: n whole waves, of which one half is the usual cosine (transformers'
/// `cosine` with `num_cycles`).
struct Waves: Sendable, Hashable {
  var from: Double
  var to: Double
  var length: Double
  var count: Double

  @inline(__always) func value(_ u: Double) -> Double {
    let weight = (1 + cosine(2 * .pi * count * (u / length))) / 2
    return from * weight + to * (1 - weight)
  }

  func integral(to u: Double) -> Double {
    let turn = 2 * .pi * count
    return (from + to) / 2 * u + (from - to) / 2 * (length / turn) * sine(turn * (u / length))
  }
}
