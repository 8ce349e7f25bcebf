public import DescentCore

/// Jobs over threads of our own, as by ``runLanes(_:threads:_:)``.
public struct ThreadedLanes: LaneRunner {
  /// Jobs under way at once; below 1 counts as 1.
  public let threads: Int

  /// - Parameter threads: jobs under way at once; below 1 counts as 1.
  public init(threads: Int) { self.threads = threads }

  public func run<Result: Sendable>(
    _ count: Int, _ job: @Sendable (Int) throws -> Result
  ) throws -> [Result] {
    try runLanes(count, threads: threads, job)
  }
}
