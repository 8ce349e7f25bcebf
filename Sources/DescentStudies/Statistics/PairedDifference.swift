/// The mean of differences that were measured pair by pair, and how sure it is.
public struct PairedDifference: Sendable, Hashable, Codable {
  /// Mean difference; above 0 where the second of each pair is higher.
  public var mean: Double
  /// Ends of the 95 % interval by Student's t; the mean itself where one pair or none differs in spread.
  public var low: Double
  public var high: Double
  /// Pairs.
  public var pairs: Int
  /// Share of the pairs in which the second is the lower one, ties half.
  public var lowerShare: Double
  /// One-sided, that the second is no higher.
  public var pValue: Double

  /// - Parameters:
  ///   - first: values of the one.
  ///   - second: values of the other, in the same order; as many.
  public init(from first: [Double], to second: [Double]) {
    let differences = zip(first, second).map { $1 - $0 }
    pairs = differences.count
    let mean = differences.isEmpty ? 0 : differences.reduce(0, +) / Double(pairs)
    self.mean = mean
    let wins = differences.reduce(0) { $0 + ($1 < 0 ? 1 : $1 == 0 ? 0.5 : 0) }
    lowerShare = pairs == 0 ? 0.5 : wins / Double(pairs)
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = pairs > 1 ? (squares / Double(pairs - 1) / Double(pairs)).squareRoot() : .infinity
    if pairs > 1, error > 0 {
      let degrees = Double(pairs - 1)
      let reach = StudentT.quantile(upperTail: 0.025, degrees: degrees) * error
      (low, high) = (mean - reach, mean + reach)
      pValue = StudentT.upperTail(mean / error, degrees: degrees)
    } else {
      // Equal differences leave no doubt; one alone leaves every doubt.
      (low, high) = pairs > 1 ? (mean, mean) : (-.infinity, .infinity)
      pValue = pairs > 1 && mean > 0 ? 0 : 1
    }
  }
}
