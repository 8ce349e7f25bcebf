public import DescentCore

/// Where all that a training run leaves goes: the store's run folders, or memory.
public typealias TrainingSink = RunSink & CheckpointSink

/// Keeps a run in memory: measurements, events, effective rates, what is known of it, and the last checkpoint.
public struct RunMemory: RunSink, CheckpointSink, Sendable {
  public private(set) var rows: [MetricRow] = []
  public private(set) var events: [RunEvent] = []
  public private(set) var effectiveRates: [EffectiveRateRow] = []
  public private(set) var description: RunDescription?
  public private(set) var lastCheckpoint: Checkpoint?

  public init() {}

  public mutating func record(_ row: MetricRow) { rows.append(row) }
  public mutating func record(_ event: RunEvent) { events.append(event) }
  public mutating func record(_ rates: [EffectiveRateRow]) { effectiveRates += rates }
  public mutating func update(_ description: RunDescription) { self.description = description }
  public mutating func save(_ checkpoint: Checkpoint) { lastCheckpoint = checkpoint }
}

/// Keeps nothing.
public struct NoRecord: RunSink, CheckpointSink, Sendable {
  public init() {}

  public mutating func record(_ row: MetricRow) {}
  public mutating func record(_ event: RunEvent) {}
  public mutating func update(_ description: RunDescription) {}
  public mutating func save(_ checkpoint: Checkpoint) {}
}
