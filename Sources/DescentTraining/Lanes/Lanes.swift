import Synchronization

/// What a job running in a lane knows of the outside.
public struct Lane: Sendable {
  /// The job's zero-based number.
  public let index: Int
  fileprivate let board: LaneBoard

  /// True once the caller asked to stop, or a job of a lower number failed: the result is no longer wanted, or a
  /// partial one will do.
  public var isCancelled: Bool { board.isCancelled(index) }

  /// Tells how much of the job is done, 0…1.
  public func report(_ fraction: Double) { board.report(index, fraction) }
}

/// Runs independent jobs over `threads` threads of our own and returns their results in order.
///
/// Which thread runs which job is chance; what is returned or thrown is not. Never on the Swift concurrency pool, whose
/// threads are recycled: the number of OpenMP threads is a setting of each calling thread.
///
/// - Parameters:
///   - count: jobs; 0 or fewer gives no results.
///   - threads: jobs under way at once; below 1 counts as 1.
///   - body: the job, given its zero-based number.
/// - Throws: the error of the first job, by number, that failed. Jobs begun by then are waited for, no further ones
///   begun.
public func runLanes<Result: Sendable>(
  _ count: Int, threads: Int, _ body: @Sendable (Int) throws -> Result
) throws -> [Result] {
  // Nothing stops these: every job has a result, or one has thrown.
  try runLanes(count, threads: threads, stop: StopFlag()) { lane in try body(lane.index) }.compactMap { $0 }
}

/// Runs independent jobs over `threads` threads of our own; they can be stopped and tell how far they are.
///
/// - Parameters:
///   - count: jobs; 0 or fewer gives no results.
///   - threads: jobs under way at once; below 1 counts as 1.
///   - stop: once set, no further job begins; those under way see ``Lane/isCancelled``.
///   - progress: called with a job's number and fraction whenever it reports, and with 1 when it is done: by one thread
///     at a time, never the caller's.
///   - body: the job.
/// - Returns: the results in order; nil for a job that was not begun.
/// - Throws: the error of the first job, by number, that failed.
public func runLanes<Result: Sendable>(
  _ count: Int, threads: Int, stop: StopFlag, progress: (@Sendable (Int, Double) -> Void)? = nil,
  _ body: @Sendable (Lane) throws -> Result
) throws -> [Result?] {
  guard count > 0 else { return [] }
  let board = LaneBoard(jobs: count, stop: stop, progress: progress)
  let results = LaneResults<Result>(count)
  withoutActuallyEscaping(body) { body in
    let work: @Sendable () -> Void = {
      while let index = board.next() {
        do {
          results.put(try body(Lane(index: index, board: board)), at: index)
          board.report(index, 1)
        } catch {
          board.fail(index, error)
        }
      }
    }
    runThreads(min(max(threads, 1), count), work)
  }
  if let error = board.firstError { throw error }
  return results.all
}

/// Runs `work` on that many threads at once and waits for all of them.
private func runThreads(_ count: Int, _ work: @escaping @Sendable () -> Void) {
  guard count > 0 else { return }
  guard let thread = LaneThread(work) else {
    // The system has no further thread: this one takes the place of those that are missing.
    work()
    return
  }
  runThreads(count - 1, work)
  thread.join()
}

/// What the lanes of one call share: which job is next, and what has gone wrong.
private final class LaneBoard: Sendable {
  private let jobs: Int
  private let stop: StopFlag
  private let progress: (@Sendable (Int, Double) -> Void)?
  private let begun = Atomic<Int>(0)
  /// Number of the first job that failed; beyond all jobs as long as none has.
  private let failed: Atomic<Int>
  private let error = Mutex<(any Error)?>(nil)
  private let reporting = Mutex<Void>(())

  init(jobs: Int, stop: StopFlag, progress: (@Sendable (Int, Double) -> Void)?) {
    self.jobs = jobs
    self.stop = stop
    self.progress = progress
    failed = Atomic(jobs)
  }

  /// The next job to begin. Jobs begin in order, so that all before one that fails have begun, and run to their end.
  func next() -> Int? {
    guard !stop.isSet, failed.load(ordering: .acquiring) == jobs else { return nil }
    let index = begun.add(1, ordering: .relaxed).oldValue
    return index < jobs ? index : nil
  }

  func isCancelled(_ index: Int) -> Bool { stop.isSet || failed.load(ordering: .acquiring) < index }

  func fail(_ index: Int, _ failure: any Error) {
    error.withLock { error in
      guard index < failed.load(ordering: .acquiring) else { return }
      failed.store(index, ordering: .releasing)
      error = failure
    }
  }

  var firstError: (any Error)? { error.withLock { $0 } }

  func report(_ index: Int, _ fraction: Double) {
    guard let progress else { return }
    reporting.withLock { _ in progress(index, fraction) }
  }
}

/// Results as they come in.
private final class LaneResults<Result: Sendable>: Sendable {
  private let slots: Mutex<[Result?]>

  init(_ count: Int) { slots = Mutex(Array(repeating: nil, count: count)) }

  func put(_ result: Result, at index: Int) { slots.withLock { $0[index] = result } }

  var all: [Result?] { slots.withLock { $0 } }
}
