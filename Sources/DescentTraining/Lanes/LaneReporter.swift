import Synchronization

/// Calls a closure from any thread, one call at a time.
final class LaneReporter: Sendable {
  private let progress: @Sendable (LaneProgress) -> Void
  private let calling = Mutex<Void>(())

  init(_ progress: @escaping @Sendable (LaneProgress) -> Void) { self.progress = progress }

  func report(_ value: LaneProgress) { calling.withLock { _ in progress(value) } }
}
