import Synchronization

/// A request to stop, seen by every thread that shares it; once made it stays.
public final class StopFlag: Sendable {
  private let requested = Atomic<Bool>(false)

  public init() {}

  public var isSet: Bool { requested.load(ordering: .acquiring) }

  public func set() { requested.store(true, ordering: .releasing) }
}
