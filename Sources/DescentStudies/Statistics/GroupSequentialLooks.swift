/// When accumulating pairs are looked at, and what share of an error level each look may spend.
///
/// Looks double in size, the cheapest way to drop what is plainly worse. The looks before the last share a fifth of the level,
/// the last has the rest: early ones are for what is far off, and the end loses almost nothing by them (Haybittle 1971,
/// Peto et al. 1976). Together they spend the whole level, whatever the looks have in common.
public struct GroupSequentialLooks: Sendable, Hashable {
  /// Pairs seen at each look, rising; the last is all of them.
  public let counts: [Int]

  /// The fewest pairs of the first look.
  static let fewest = 5
  /// What the looks before the last spend together.
  static let earlyShare = 0.2

  /// - Parameter pairs: in all; 1 or more.
  public init(pairs: Int) {
    var counts = [max(1, pairs)]
    while counts[0] >= 2 * Self.fewest { counts.insert((counts[0] + 1) / 2, at: 0) }
    self.counts = counts
  }

  /// The share of the level for the look at so many pairs; 0 for a number that is none of ``counts``.
  public func share(at count: Int) -> Double {
    guard counts.contains(count) else { return 0 }
    if counts.count == 1 { return 1 }
    return count == counts.last ? 1 - Self.earlyShare : Self.earlyShare / Double(counts.count - 1)
  }
}
