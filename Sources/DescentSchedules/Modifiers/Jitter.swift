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
    if !isNormal { return 1 + amount * (2 * unit(key) - 1) }
    return max(1 + amount * min(max(normalQuantile(unit(key) + 0x1p-54), -3), 3), 0)
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

/// The inverse of the normal distribution function by Acklam's rational approximations (2003), good to 10⁻⁹: in all but
/// one case of twenty no logarithm is needed.
@inline(__always) func normalQuantile(_ p: Double) -> Double {
  let tail = 0.02425
  if p < tail { return normalTail((-2 * logarithm(p)).squareRoot()) }
  if p > 1 - tail { return -normalTail((-2 * logarithm(1 - p)).squareRoot()) }
  let q = p - 0.5
  let r = q * q
  let above =
    ((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.383577518672690e2) * r
      - 3.066479806614716e1) * r + 2.506628277459239
  let below =
    ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r
      - 1.328068155288572e1) * r + 1
  return above * q / below
}

private func normalTail(_ q: Double) -> Double {
  let above =
    ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q
      + 4.374664141464968) * q + 2.938163982698783
  let below =
    (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1
  return above / below
}
