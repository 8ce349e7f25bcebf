/// Looks for one kind of finding in a run's log.
public protocol Detector: Sendable {
  /// What it finds.
  var code: FindingCode { get }
  /// True if it may be asked while the run is still being made.
  var isLive: Bool { get }

  /// What keeps it from judging this log (a measurement that is missing, too few rows); nil: nothing.
  func obstacle(in log: RunLog) -> String?

  /// What it finds, or nil.
  func finding(in log: RunLog) -> Finding?
}

extension Detector {
  public var isLive: Bool { false }
  public func obstacle(in log: RunLog) -> String? { nil }
}

extension RunLog {
  /// The obstacle of a detector that needs so many losses.
  func needs(_ rows: Int) -> String? {
    loss.values.count >= rows ? nil : "the log has \(loss.values.count) losses; it takes \(rows)"
  }
}
