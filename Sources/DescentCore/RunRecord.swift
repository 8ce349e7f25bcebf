/// How far a run has come.
public enum RunStatus: String, Sendable, Hashable, Codable {
  case running
  case finished
  case diverged
  case interrupted
  case failed
}

/// What a run is: everything needed to do it again, and how it stands. Kept as `run.json`.
public struct RunDescription: Sendable, Hashable, Codable {
  /// Format of this file; readers refuse a larger one.
  public var version = 1
  /// Name of the run and of its folder.
  public var id: String
  /// Start of the first attempt, ISO 8601 in UTC.
  public var createdAt: String
  /// How far the run has come.
  public var status: RunStatus
  /// The arguments as typed, without the program's name.
  public var command: [String]
  /// The training specification, by its keys as they stand in flags and config files.
  public var specification: [String: String]
  /// Chooses initial weights and the order of the batches.
  public var seed: UInt64
  /// Threads the kernels may use; the numbers depend on it.
  public var threads: Int
  /// Versions of Descent and of the libraries the numbers depend on.
  public var versions: [String: String]
  /// Vector instruction set in use: `avx512`, `avx2`, `neon` or `portable`.
  public var cpu: String
  /// Counts from 0; one more for each resume.
  public var attempt: Int
  /// Of the process that writes to the run, while one does.
  public var processIdentifier: Int32?
  /// Steps the run is to make in all.
  public var plannedSteps: Int
  /// Steps completed when this was last written.
  public var completedSteps: Int
  /// Final figures by their JSON names; empty until the run ends.
  public var results: [String: Double]

  public init(
    id: String, createdAt: String, status: RunStatus = .running, command: [String] = [],
    specification: [String: String] = [:], seed: UInt64 = 0, threads: Int = 1, versions: [String: String] = [:],
    cpu: String = "portable", attempt: Int = 0, processIdentifier: Int32? = nil, plannedSteps: Int = 0,
    completedSteps: Int = 0, results: [String: Double] = [:]
  ) {
    self.id = id
    self.createdAt = createdAt
    self.status = status
    self.command = command
    self.specification = specification
    self.seed = seed
    self.threads = threads
    self.versions = versions
    self.cpu = cpu
    self.attempt = attempt
    self.processIdentifier = processIdentifier
    self.plannedSteps = plannedSteps
    self.completedSteps = completedSteps
    self.results = results
  }
}

/// One row of measurements of a run: a line of `metrics.jsonl`.
public struct MetricRow: Sendable, Hashable {
  /// The attempt of the run that measured it, from 0.
  public var attempt: Int
  /// Zero-based step the measurements belong to.
  public var step: Int
  /// Name and value in writing order: `loss`, `lr`, `gradNorm`, `valLoss`, `valAccuracy`, …
  public var values: [(name: String, value: Double)]

  public init(attempt: Int, step: Int, values: [(name: String, value: Double)]) {
    self.attempt = attempt
    self.step = step
    self.values = values
  }

  /// The value of that name; nil if it was not measured at this step.
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

  public static func == (a: MetricRow, b: MetricRow) -> Bool {
    a.attempt == b.attempt && a.step == b.step && a.values.elementsEqual(b.values, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(attempt)
    hasher.combine(step)
    for (name, value) in values {
      hasher.combine(name)
      hasher.combine(value)
    }
  }
}

/// Something that happened in a run: a line of `events.jsonl`.
public struct RunEvent: Sendable, Hashable, Codable {
  /// The attempt of the run it happened in, from 0.
  public var attempt: Int
  /// The zero-based step it happened at.
  public var step: Int
  /// What kind: `started`, `resumed`, `checkpoint`, `diverged`, `interrupted`, `finished`, `finding`, `change`.
  public var kind: String
  /// One sentence for people.
  public var message: String

  public init(attempt: Int, step: Int, kind: String, message: String) {
    self.attempt = attempt
    self.step = step
    self.kind = kind
    self.message = message
  }
}

/// A run as read back: what it is and the valid rows, one per step (those of the highest attempt), in step order.
public struct RunRecord: Sendable, Hashable {
  /// What the run is and how it stands.
  public var description: RunDescription
  /// One row per step, in step order.
  public var metrics: [MetricRow]
  /// What happened, in the order it was told.
  public var events: [RunEvent]
  /// What multiplied the gradient, where that was recorded: in step order, one row per step and tensor.
  public var effectiveRates: [EffectiveRateRow]

  public init(
    description: RunDescription, metrics: [MetricRow], events: [RunEvent], effectiveRates: [EffectiveRateRow] = []
  ) {
    self.description = description
    self.metrics = metrics
    self.events = events
    self.effectiveRates = effectiveRates
  }

  /// Steps and values of one measurement, where it was taken.
  public func series(_ name: String) -> [(step: Int, value: Double)] {
    metrics.compactMap { row in row[name].map { (row.step, $0) } }
  }
}

/// Where the measurements and events of a run go; trainers call it, the store implements it.
public protocol RunSink {
  mutating func record(_ row: MetricRow) throws
  mutating func record(_ event: RunEvent) throws
  /// Keeps the effective rates of one step; those of a sink that has no place for them are dropped.
  mutating func record(_ rates: [EffectiveRateRow]) throws
  /// Replaces what is known of the run as a whole.
  mutating func update(_ description: RunDescription) throws
}

extension RunSink {
  public mutating func record(_ rates: [EffectiveRateRow]) throws {}
}

/// Where checkpoints go.
public protocol CheckpointSink {
  mutating func save(_ checkpoint: Checkpoint) throws
}
