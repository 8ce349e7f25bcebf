public import DescentCore

/// Watches a run while it is made: takes its rows and tells each finding once.
///
/// Detectors are asked whenever the rows have doubled, from ``firstRows`` on, so that a step's share of the work stays the
/// same however long the run is.
public struct LiveDiagnosis: Sendable {
  /// Rows before the first look.
  public static let firstRows = 64

  /// What was told so far.
  public private(set) var findings: [Finding] = []
  private var log = RunLog()
  private var nextLook = Self.firstRows
  private let detectors = Diagnosis.detectors.filter(\.isLive)

  public init() { log.isComplete = false }

  /// Takes a row and returns what it newly shows.
  ///
  /// A row that goes back in time, as after a backoff, drops those that it replaces.
  public mutating func observe(_ row: MetricRow) -> [Finding] {
    if let last = log.loss.steps.last, row.step <= last { log.removeRows(from: row.step) }
    log.append(step: row.step, row.values)
    guard log.loss.values.count >= nextLook else { return [] }
    nextLook = log.loss.values.count * 2
    return look()
  }

  private mutating func look() -> [Finding] {
    let known = Set(findings.map(\.code))
    let found = detectors.compactMap { detector -> Finding? in
      guard !known.contains(detector.code), detector.obstacle(in: log) == nil, let finding = detector.finding(in: log),
        finding.severity != .note
      else { return nil }
      return finding
    }
    let settled = Diagnosis.settled(found)
    findings += settled
    return settled
  }
}
