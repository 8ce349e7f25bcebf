public import DescentOptimizers

/// What became of an optimizer's path, and why.
///
/// For gradient descent with any momentum on a quadratic it follows from the curvature alone, whatever path was seen;
/// otherwise it is read off the path and the curvature where it ends.
public struct TraceVerdict: Sendable, Hashable {
  public enum Outcome: String, Sendable, Hashable, Codable {
    /// Shrinks in every direction, but so little in one that halving the distance takes more than 100 steps and more
    /// than were made.
    case crawls
    /// Shrinks steadily in every direction.
    case converges
    /// Overshoots, but lands or swings closer each time.
    case oscillates
    /// Stays where the stability threshold holds it: neither closer nor further.
    case bounces
    /// Grows, or falls, without end.
    case blowsUp = "blows up"
    /// Near a saddle with nothing, or little yet, that would lead away from it.
    case saddle = "stays at the saddle"
    /// Ends at a global minimum.
    case minimum = "reaches the minimum"
    /// Ends at a minimum that is not the lowest.
    case localMinimum = "ends in a local minimum"
    /// Keeps jumping about without getting lower.
    case unsettled = "does not settle"
    /// None of these yet.
    case underWay = "is under way"
  }

  public var outcome: Outcome
  /// One sentence with the reason in numbers.
  public var sentence: String

  /// A verdict with its sentence.
  public init(_ outcome: Outcome, sentence: String) {
    self.outcome = outcome
    self.sentence = sentence
  }

  /// The verdict on a path.
  ///
  /// Nil if no rate is above 0, for an empty path, and for more than 200 parameters (50 where it is read off the path).
  ///
  /// - Parameters:
  ///   - problem: what was descended.
  ///   - optimizer: the rule that was followed; nil for one that has no specification, judged by its path.
  ///   - rates: the rate of each step.
  ///   - path: the parameters after each step.
  public init?(problem: TraceProblem, optimizer: OptimizerSpec?, rates: [Double], path: [[Double]]) {
    guard let rate = rates.max(), rate > 0, rate.isFinite, problem.start.count <= 200, !path.isEmpty else {
      return nil
    }
    let sgd = optimizer?.rule as? SGD
    if let sgd, let hessian = problem.constantHessian {
      self = QuadraticDescent(problem: problem, hessian: hessian, rule: sgd, rate: rate, steps: path.count)
        .verdict(steady: rates.allSatisfy { $0 == rate })
    } else {
      guard problem.start.count <= 50 else { return nil }
      self = PathEnd(problem: problem, path: path, threshold: sgd?.stabilityThreshold(learningRate: rate)).verdict
    }
  }
}
