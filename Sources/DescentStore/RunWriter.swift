public import DescentCore
import Foundation

/// The one writer of a run's folder, holding its lock.
///
/// Measurements are gathered and reach the file at least every second while they are recorded, before each
/// checkpoint, and at the end: a checkpoint never knows steps that `metrics.jsonl` does not. Owned by one thread.
public final class RunWriter: RunSink, CheckpointSink {
  /// Checkpoints kept: the newest, and one to fall back on.
  public static let checkpointsKept = 2

  /// The run as last written to `run.json`.
  public var description: RunDescription { file.description }
  public let folder: RunFolder
  private var file: RunDescriptionFile
  private let metrics: LineWriter
  private let events: LineWriter
  // Made by the first rates recorded: most runs have none.
  private var effectiveRates: LineWriter?
  private let lock: OpenFile

  /// Starts the run `description.id` in a folder that was just made at `path`.
  init(creating path: String, _ description: RunDescription) throws(StoreError) {
    let files = RunFiles(folder: path)
    lock = try RunLock.acquire(path)
    file = RunDescriptionFile(description)
    if mkdir(files.checkpoints, 0o755) != 0 { throw systemError(files.checkpoints, "make") }
    metrics = try LineWriter(files.metrics)
    events = try LineWriter(files.events)
    try file.write(to: files.description)
    folder = try RunFolder(opening: path)
  }

  /// Goes on with a run as its next attempt.
  ///
  /// Repairs what a sudden end left behind: a torn last line, temporary files, a damaged newest checkpoint (which is
  /// passed over, with an event of kind `notice`).
  ///
  /// - Returns: the writer, and the checkpoint to continue from, or nil to begin at step 0.
  /// - Throws: ``StoreError``: `locked` if a live process is writing to the run.
  public static func resume(_ folder: RunFolder) throws(StoreError) -> (writer: RunWriter, checkpoint: Checkpoint?) {
    let writer = try RunWriter(resuming: folder)
    let (checkpoint, notices) = folder.latestCheckpoint()
    for notice in notices {
      try writer.record(
        RunEvent(
          attempt: writer.description.attempt, step: checkpoint?.step ?? 0, kind: "notice", message: notice))
    }
    return (writer, checkpoint)
  }

  private init(resuming folder: RunFolder) throws(StoreError) {
    self.folder = folder
    lock = try RunLock.acquire(folder.path)
    folder.files.removeTemporaries()
    file = try RunDescriptionFile(reading: folder.files.description)
    file.description.attempt += 1
    file.description.status = .running
    file.description.processIdentifier = getpid()
    metrics = try LineWriter(folder.files.metrics)
    events = try LineWriter(folder.files.events)
    if mkdir(folder.files.checkpoints, 0o755) != 0, errno != EEXIST {
      throw systemError(folder.files.checkpoints, "make")
    }
    try file.write(to: folder.files.description)
  }

  /// Appends a row of measurements.
  ///
  /// - Throws: ``StoreError``: `invalid` if a measurement is called `attempt` or `step`.
  public func record(_ row: MetricRow) throws(StoreError) {
    for (name, _) in row.values where name == "step" || name == "attempt" {
      throw StoreError(.invalid, "a measurement cannot be called \"\(name)\"; every row has that already")
    }
    try metrics.append { RunLine.append(row, to: &$0) }
  }

  /// Appends an event, at once.
  public func record(_ event: RunEvent) throws(StoreError) {
    try events.append { RunLine.append(event, to: &$0) }
    try events.flush()
  }

  /// Appends the effective rates of one step.
  public func record(_ rates: [EffectiveRateRow]) throws(StoreError) {
    if rates.isEmpty { return }
    if effectiveRates == nil { effectiveRates = try LineWriter(folder.files.effectiveRates) }
    for row in rates { try effectiveRates?.append { RunLine.append(row, to: &$0) } }
  }

  /// Replaces `run.json`; members in it that are not part of a description stay.
  public func update(_ description: RunDescription) throws(StoreError) {
    try metrics.flush()
    try effectiveRates?.flush()
    file.description = description
    try file.write(to: folder.files.description)
  }

  /// Writes a checkpoint, after every measurement recorded so far, and removes all but the last two.
  public func save(_ checkpoint: Checkpoint) throws(StoreError) {
    try metrics.synchronize()
    try effectiveRates?.synchronize()
    let files = folder.files
    try Safetensors.write(checkpoint, to: files.checkpoint(checkpoint.step))
    let steps = files.checkpointSteps()
    // A later one is left from an attempt that could not be continued from it.
    let stale = steps.filter { $0 > checkpoint.step }
    let old = steps.filter { $0 <= checkpoint.step }.dropFirst(Self.checkpointsKept)
    for step in stale + old { unlink(files.checkpoint(step)) }
  }

  /// Hands everything recorded so far to the operating system.
  public func flush() throws(StoreError) {
    try metrics.flush()
    try events.flush()
    try effectiveRates?.flush()
  }
}
