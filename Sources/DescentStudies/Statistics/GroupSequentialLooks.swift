#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// When accumulating pairs are looked at, and how strict each look must be for all of them together to keep a level.
///
/// Every look tests at the same nominal level (Pocock 1977). The level follows from the joint distribution of the looks'
/// normal scores, integrated look by look (Armitage, McPherson & Rowe 1969); it is then used on t-tests, Pocock's
/// "significance level approach". Looks double in size, the cheapest way to drop what is plainly worse.
public struct GroupSequentialLooks: Sendable, Hashable {
  /// Pairs seen at each look, rising; the last is all of them.
  public let counts: [Int]

  /// The fewest pairs of the first look.
  static let fewest = 5

  /// - Parameter pairs: in all; 1 or more.
  public init(pairs: Int) {
    var counts = [max(1, pairs)]
    while counts[0] >= 2 * Self.fewest { counts.insert((counts[0] + 1) / 2, at: 0) }
    self.counts = counts
  }

  /// The one-sided level of each look at which the chance that any of them errs is `level`.
  ///
  /// - Parameter level: of all looks together, one-sided, in 0 … 0.5.
  public func nominalLevel(for level: Double) -> Double {
    guard counts.count > 1, level > 0 else { return level }
    // Between one look and looks that have nothing in common.
    let bound = Self.bisection(
      from: Self.normalQuantile(level), to: Self.normalQuantile(level / Double(counts.count)), tolerance: 1e-5
    ) { crossing($0) > level }
    return Self.normalTail(bound)
  }

  /// The chance that the score of any look is above `bound` where nothing differs.
  func crossing(_ bound: Double) -> Double {
    let points = 241
    let lowest = -8.0
    let width = (bound - lowest) / Double(points - 1)
    let grid = (0..<points).map { lowest + Double($0) * width }
    let density = { (x: Double) in exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
    // By the trapezoid rule, whose ends count half.
    var mass = grid.indices.map { density(grid[$0]) * width * ($0 == 0 || $0 == points - 1 ? 0.5 : 1) }
    var crossed = Self.normalTail(bound)
    for (earlier, later) in zip(counts, counts.dropFirst()) {
      let share = Double(earlier) / Double(later)
      let (kept, added) = (share.squareRoot(), (1 - share).squareRoot())
      crossed += zip(grid, mass).reduce(0) { $0 + $1.1 * Self.normalTail((bound - kept * $1.0) / added) }
      mass = grid.indices.map { place in
        let sum = zip(grid, mass).reduce(0) { $0 + $1.1 * density((grid[place] - kept * $1.0) / added) }
        return sum / added * width * (place == 0 || place == points - 1 ? 0.5 : 1)
      }
    }
    return crossed
  }

  private static func normalQuantile(_ tail: Double) -> Double {
    bisection(from: 0, to: 40, tolerance: 1e-9) { normalTail($0) > tail }
  }

  /// Where `isBelow` turns false.
  private static func bisection(
    from low: Double, to high: Double, tolerance: Double, _ isBelow: (Double) -> Bool
  ) -> Double {
    var (low, high) = (low, high)
    while high - low > tolerance {
      let middle = (low + high) / 2
      if isBelow(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func normalTail(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }
}
