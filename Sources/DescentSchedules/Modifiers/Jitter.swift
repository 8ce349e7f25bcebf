/// Seeded noise: the rate times 1 + amount·x, x drawn anew for each step (timm's `noise_*`, which is off by its state).
///
/// A pure function of seed and step, so that random access and a resumed run see the same noise. Never below 0.
public struct Jitter: Sendable, Hashable {
  public enum Distribution: String, Sendable, Hashable, CaseIterable {
    /// x even in −1 … 1.
    case uniform
    /// x normal with deviation 1, cut off at ±3.
    case normal
  }

  /// A share of the rate, 0 … 1.
  public var amount: Double
  public var distribution: Distribution
  public var seed: UInt64
  /// The step of the run it begins with, nil: the first.
  public var from: Length?
  /// The first step of the run that it leaves alone, nil: none.
  public var to: Length?

  public init(
    _ amount: Double, _ distribution: Distribution = .uniform, seed: UInt64 = 0, from: Length? = nil, to: Length? = nil
  ) {
    self.amount = amount
    self.distribution = distribution
    self.seed = seed
    self.from = from
    self.to = to
  }

  var problem: String? {
    if !(amount >= 0 && amount <= 1) { return "jitter is 0% to 100% of the rate, not \(number(amount * 100))%" }
    return from?.problem ?? to?.problem
  }
}

/// Jitter over a run: steps instead of lengths.
struct Noise: Sendable, Hashable {
  var amount: Double
  var isNormal: Bool
  var seed: UInt64
  var steps: Range<Int>

  @inline(__always) func factor(_ step: Int) -> Double {
    guard steps.contains(step) else { return 1 }
    let key = mixed(seed &+ 0x9e37_79b9_7f4a_7c15 &* (UInt64(bitPattern: Int64(step)) &+ 1))
    let x = unit(key)
    if !isNormal { return 1 + amount * (2 * x - 1) }
    // Box & Muller; 1 − x is never 0.
    let radius = (-2 * logarithm(1 - x)).squareRoot()
    let normal = radius * cosine(2 * .pi * unit(mixed(key &+ 0x9e37_79b9_7f4a_7c15)))
    return max(1 + amount * min(max(normal, -3), 3), 0)
  }

  /// 0 ≤ x < 1 from the upper 53 bits.
  @inline(__always) private func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  /// SplitMix64's finaliser (Steele, Lea, Flood 2014).
  @inline(__always) private func mixed(_ bits: UInt64) -> UInt64 {
    var z = bits
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
