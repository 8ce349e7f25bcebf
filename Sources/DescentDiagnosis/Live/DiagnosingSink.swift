public import DescentCore

/// Passes a run's records on and adds what a ``LiveDiagnosis`` finds in them as events of the kind `finding`.
public struct DiagnosingSink<Sink: RunSink & CheckpointSink>: RunSink, CheckpointSink {
  /// Where the records go.
  public var sink: Sink
  /// What has been found.
  public private(set) var diagnosis = LiveDiagnosis()
  private let tell: (Finding, Int) -> Void

  /// - Parameters:
  ///   - sink: where the records go.
  ///   - tell: called with every finding and the step that showed it.
  public init(_ sink: Sink, tell: @escaping (Finding, Int) -> Void = { _, _ in }) {
    self.sink = sink
    self.tell = tell
  }

  public mutating func record(_ row: MetricRow) throws {
    try sink.record(row)
    for finding in diagnosis.observe(row) {
      let message = "\(finding.code.rawValue): \(finding.evidence.sentence) \(finding.advice)"
      try sink.record(RunEvent(attempt: row.attempt, step: row.step, kind: "finding", message: message))
      tell(finding, row.step)
    }
  }

  public mutating func record(_ event: RunEvent) throws { try sink.record(event) }
  public mutating func record(_ rates: [EffectiveRateRow]) throws { try sink.record(rates) }
  public mutating func update(_ description: RunDescription) throws { try sink.update(description) }
  public mutating func save(_ checkpoint: Checkpoint) throws { try sink.save(checkpoint) }
}
