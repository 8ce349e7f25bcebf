public import DescentCore

/// Some stretches of the parameter vector with settings of their own.
public struct ParameterGroup: Sendable, Hashable, Codable {
  /// The name that `StepRequest.groupFactors` uses.
  public var name: String
  /// Element ranges, not empty and apart from one another.
  public var ranges: [Range<Int>]
  /// Multiplies the learning rate (default 1).
  public var learningRateFactor: Double
  /// Settings that differ from the optimizer's own.
  public var overrides: [Hyperparameter: Double]

  public init(
    name: String, ranges: [Range<Int>], learningRateFactor: Double = 1, overrides: [Hyperparameter: Double] = [:]
  ) {
    self.name = name
    self.ranges = ranges
    self.learningRateFactor = learningRateFactor
    self.overrides = overrides
  }
}

extension ParameterGroup {
  /// What is wrong with these groups of a vector of `count` elements, if anything.
  static func problem(of groups: [ParameterGroup], count: Int) -> String? {
    var names: Set<String> = []
    var taken: [(range: Range<Int>, name: String)] = []
    for group in groups {
      guard names.insert(group.name).inserted else { return "two parameter groups are called \"\(group.name)\"" }
      guard group.learningRateFactor >= 0, group.learningRateFactor.isFinite else {
        return "the learning-rate factor of group \"\(group.name)\" must be at least 0"
      }
      for range in group.ranges {
        guard range.lowerBound >= 0, range.upperBound <= count else {
          return "group \"\(group.name)\" takes elements \(range), outside the vector's 0..<\(count)"
        }
        taken.append((range, group.name))
      }
    }
    taken.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (a, b) in zip(taken, taken.dropFirst()) where a.range.upperBound > b.range.lowerBound {
      return "groups \"\(a.name)\" and \"\(b.name)\" both take element \(b.range.lowerBound)"
    }
    return nil
  }
}
