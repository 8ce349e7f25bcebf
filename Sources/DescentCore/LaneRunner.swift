/// Runs independent jobs, perhaps several at once.
///
/// What a job gives may not depend on how many run beside it, so that a study comes out the same on any number of threads.
public protocol LaneRunner: Sendable {
  /// Runs jobs 0 ..< `count`.
  ///
  /// - Parameters:
  ///   - count: jobs; 0 or fewer gives no results.
  ///   - job: does one of them, by its number.
  /// - Returns: what the jobs gave, in their order.
  /// - Throws: the error of the first job, by number, that failed.
  func run<Result: Sendable>(_ count: Int, _ job: @Sendable (Int) throws -> Result) throws -> [Result]
}

/// One job after another on the calling thread.
public struct SerialLanes: LaneRunner {
  public init() {}

  public func run<Result: Sendable>(
    _ count: Int, _ job: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try (0..<max(0, count)).map(job)
  }
}
