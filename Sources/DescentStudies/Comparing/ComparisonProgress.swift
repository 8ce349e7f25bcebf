/// How far a comparison is.
public struct ComparisonProgress: Sendable {
  /// What is being done.
  public enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
    /// Short runs at every rate.
    case screen
    /// Whole runs that choose leaders.
    case lead
    /// Whole runs on fresh seeds against the leaders.
    case race
  }

  public var stage: Stage
  /// Jobs of the present round that are done, and all of it.
  public var jobsDone: Int
  public var jobs: Int
  /// Optimizer steps made so far, those of an earlier attempt among them.
  public var stepsSpent: Int
  /// The settings still in it (places among the arms) and their mean loss so far on the seeds of the present stage; best
  /// first, empty until there are any.
  public var standings: [(arm: Int, meanLoss: Double)]
}
