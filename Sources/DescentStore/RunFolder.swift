public import DescentCore

/// A run's folder, for reading; writers are ``RunWriter``s.
public struct RunFolder: Sendable, Hashable {
  /// The folder; relative to the working directory if it was so given.
  public var path: String { files.folder }
  /// The folder's name.
  public var id: String { split(path).name }
  let files: RunFiles

  /// - Throws: ``StoreError`` (`notFound`) if there is no `run.json` in the folder.
  public init(opening path: String) throws(StoreError) {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    files = RunFiles(folder: trimmed)
    guard exists(files.description) else {
      throw StoreError(.notFound, path, "is not a run's folder: it has no run.json")
    }
  }

  /// True while a process is writing to the run.
  public var isLive: Bool { RunLock.isHeld(path) }

  /// What `run.json` says; a run that claims to be running but has no live writer is told as interrupted.
  public func description() throws(StoreError) -> RunDescription {
    // The lock is asked before the file is read: a run that ends in between is then told as finished.
    let live = isLive
    var description = try RunDescriptionFile(reading: files.description).description
    if description.status == .running && !live { description.status = .interrupted }
    return description
  }

  /// The whole record: one row per step, of the highest attempt, in step order; of effective rates one per step and
  /// tensor.
  ///
  /// Several rows of one attempt and step are joined; a name given twice keeps its last value. A torn last line is
  /// ignored.
  ///
  /// - Throws: ``StoreError`` with file and line for any other line that cannot be read.
  public func record() throws(StoreError) -> RunRecord {
    let rows = try RunLine.read(files.metrics) { line throws(JSONFault) in try RunLine.row(line) }
    let events = try RunLine.read(files.events) { line throws(JSONFault) in try RunLine.event(line) }
    let rates = try RunLine.read(files.effectiveRates) { line throws(JSONFault) in try RunLine.effectiveRates(line) }
    return RunRecord(
      description: try description(), metrics: merged(rows), events: events, effectiveRates: merged(rates))
  }

  /// Steps of the checkpoints kept, the newest first.
  public var checkpointSteps: [Int] { files.checkpointSteps() }

  /// The checkpoint taken after `step` steps.
  ///
  /// - Throws: ``StoreError`` (`notFound`) if it is not kept, naming those that are; other codes if it cannot be read.
  public func checkpoint(step: Int) throws(StoreError) -> Checkpoint {
    let kept = checkpointSteps
    guard kept.contains(step) else {
      let list = kept.isEmpty ? "none" : kept.reversed().map(String.init).joined(separator: ", ")
      throw StoreError(.notFound, path, "has no checkpoint of step \(step); kept: \(list)")
    }
    return try Safetensors.read(files.checkpoint(step))
  }

  /// The newest checkpoint that can be read.
  ///
  /// - Returns: nil if there is none, and a sentence for every newer one that is damaged.
  public func latestCheckpoint() -> (checkpoint: Checkpoint?, notices: [String]) {
    var notices: [String] = []
    for step in checkpointSteps {
      do {
        let checkpoint = try Safetensors.read(files.checkpoint(step))
        if checkpoint.step == step { return (checkpoint, notices) }
        notices.append("skipped \(files.checkpoint(step)): it says it is of step \(checkpoint.step)")
      } catch {
        notices.append("skipped a damaged checkpoint: \(error)")
      }
    }
    return (nil, notices)
  }
}

private func merged(_ rows: [MetricRow]) -> [MetricRow] {
  var result: [MetricRow] = []
  var places: [Int: Int] = [:]
  result.reserveCapacity(rows.count)
  for row in rows {
    guard let place = places[row.step] else {
      places[row.step] = result.count
      result.append(row)
      continue
    }
    if row.attempt > result[place].attempt {
      result[place] = row
    } else if row.attempt == result[place].attempt {
      for value in row.values {
        if let old = result[place].values.firstIndex(where: { $0.name == value.name }) {
          result[place].values[old] = value
        } else {
          result[place].values.append(value)
        }
      }
    }
  }
  return result.sorted { $0.step < $1.step }
}

/// Of every step the rows of the highest attempt, of every tensor the last; in step order.
private func merged(_ rows: [EffectiveRateRow]) -> [EffectiveRateRow] {
  var highest: [Int: Int] = [:]
  for row in rows { highest[row.step] = max(highest[row.step] ?? 0, row.attempt) }
  var result: [EffectiveRateRow] = []
  var places: [EffectiveRatePlace: Int] = [:]
  for row in rows where row.attempt == highest[row.step] {
    let place = EffectiveRatePlace(step: row.step, tensor: row.tensor)
    if let old = places[place] {
      result[old] = row
    } else {
      places[place] = result.count
      result.append(row)
    }
  }
  // By step, and as written within one: the library's sort does not promise to be stable.
  return result.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element)
}

private struct EffectiveRatePlace: Hashable {
  let step: Int
  let tensor: String
}
