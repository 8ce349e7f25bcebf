/// A small generator with a fixed seed (SplitMix64), so that failures can be made again.
package struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  package init(_ seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func values(_ count: Int, in range: ClosedRange<Double> = -1.5...1.5) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &self) }
  }
}
