/// Runs of one update rule, peak rate and seed under several schedules: what is made in one go.
public struct ComparisonJob: Sendable, Hashable, Codable {
  /// Place of the rule among the contenders.
  public var optimizer: Int
  public var rate: Double
  public var seed: UInt64
  /// Optimizer steps of each run; fewer than the comparison's for short runs.
  public var steps: Int
  /// Places of the schedules.
  public var schedules: [Int]
}

/// Where finished jobs are kept, so that a comparison cut off goes on where it was.
///
/// Called from several threads at once.
public protocol ComparisonJournal: Sendable {
  /// What a job came to, if it was made before.
  func result(of job: ComparisonJob) -> BranchedRun.Result?

  /// Keeps what a job came to.
  func keep(_ result: BranchedRun.Result, of job: ComparisonJob) throws
}

/// Keeps nothing.
public struct NoJournal: ComparisonJournal {
  public init() {}
  public func result(of job: ComparisonJob) -> BranchedRun.Result? { nil }
  public func keep(_ result: BranchedRun.Result, of job: ComparisonJob) {}
}
