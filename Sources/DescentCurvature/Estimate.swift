/// A number estimated from random draws.
public struct Estimate: Sendable, Hashable {
  public var value: Double
  /// Standard error of `value`; nil from a single draw.
  public var standardError: Double?
  /// Draws it is the mean of.
  public var draws: Int

  public init(value: Double, standardError: Double?, draws: Int) {
    self.value = value
    self.standardError = standardError
    self.draws = draws
  }

  /// Standard error over |value|; infinite where it is not known.
  public var relativeError: Double {
    guard let standardError, value != 0 else { return .infinity }
    return standardError / abs(value)
  }
}

/// Mean and variance of numbers as they come (Welford 1962).
struct RunningMean {
  private(set) var count = 0
  private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(_ x: Double) {
    count += 1
    let difference = x - mean
    mean += difference / Double(count)
    squares += difference * (x - mean)
  }

  var estimate: Estimate {
    let error = count > 1 ? (squares / Double(count - 1) / Double(count)).squareRoot() : nil
    return Estimate(value: mean, standardError: error, draws: count)
  }
}
