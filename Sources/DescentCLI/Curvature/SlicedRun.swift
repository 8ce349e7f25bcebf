import DescentCore
import DescentData
import DescentStore
import DescentTraining

/// A run at one of its checkpoints, made ready to be measured there.
struct SlicedRun {
  let folder: RunFolder
  let checkpoint: Checkpoint
  let training: TrainingSession
  /// At the checkpoint: its trainee holds the weights and the optimizer's state.
  let trainer: Trainer<ModelTrainee>
  let threads: Int

  var setup: TrainingSetup { training.setup }

  /// - Parameters:
  ///   - reference: as for every command that takes a run.
  ///   - step: of the checkpoint; nil: the last that can be read.
  init(_ reference: String, step: Int?, _ session: Session) throws {
    folder = try RunStore(directory: session.global.out).open(reference)
    checkpoint = try Self.checkpoint(of: folder, step: step, session)
    let recorded = try folder.description()
    threads = session.global.threads ?? recorded.threads
    training = try TrainingSession(RunSpecification(dictionary: recorded.specification), threads: threads)
    trainer = try training.trainer(recorded, from: checkpoint)
  }

  static func checkpoint(of folder: RunFolder, step: Int?, _ session: Session) throws -> Checkpoint {
    if let step { return try folder.checkpoint(step: step) }
    let (checkpoint, notices) = folder.latestCheckpoint()
    for notice in notices { session.note(flattened(notice) + ".") }
    guard let checkpoint else {
      try CompareRun.refuse(try folder.description(), folder)
      let what = notices.isEmpty ? "has no checkpoint yet" : "has no checkpoint left that can be read"
      throw Failure("no-checkpoint", "\(folder.path): the run \(what)", status: .failed)
    }
    return checkpoint
  }

  /// The weights and what the model keeps of another run's last checkpoint, of another step of this run, or of a file.
  func state(of reference: String, _ session: Session) throws -> (state: [Float], name: String) {
    let other: Checkpoint
    let name: String
    if let step = Int(reference) {
      other = try Self.checkpoint(of: folder, step: step, session)
      name = "step \(step)"
    } else if reference.hasSuffix(".safetensors") {
      other = try Safetensors.read(reference)
      name = reference
    } else {
      let folder = try RunStore(directory: session.global.out).open(reference)
      other = try Self.checkpoint(of: folder, step: nil, session)
      name = "\(folder.id), step \(other.step)"
    }
    do { return (try setup.compiled.parameters(in: other), name) } catch {
      throw Failure(
        "bad-value", "--to \(reference) is of another model: \(flattened(error.description))",
        hint: "both ends need the same layers")
    }
  }

  /// Up to `asked` of the training rows; by default all of them, of large data a part.
  ///
  /// - Parameter losses: how many times all of them are gone through.
  func rows(_ asked: Int?, losses: Int, batchStatistics: Bool) -> MeasuredRows {
    let task = setup.task
    // Some seconds on small models; normalisation over the rows holds them all in memory at once.
    var limit = max(256, 1_000_000 / losses / task.data.positionsPerRow)
    if batchStatistics, setup.compiled.normalizesOverBatch { limit = min(limit, 4096) }
    return MeasuredRows(task, limit: asked ?? limit)
  }

  /// Measures under a progress bar of some losses; Ctrl-C ends it.
  ///
  /// - Parameters:
  ///   - total: losses, about.
  ///   - body: given what to call with the number of losses done.
  func progress<Result>(
    _ session: Session, total: Int, _ body: ((Int) throws -> Void) throws -> Result
  ) throws -> Result {
    var bar = session.progress("Losses", total: total)
    let result = try body { done in
      if Interruption.isRequested {
        throw Failure("interrupted", "interrupted; nothing was written", status: .interrupted)
      }
      bar.update(min(done, total))
    }
    bar.finish()
    return result
  }

  /// The numbers of a trainee's state that are trained, and those that are kept besides.
  func parts(of state: [Float]) -> (parameters: [Float], kept: [Float]) {
    let count = setup.compiled.layout.trainableCount
    return (Array(state.prefix(count)), Array(state.dropFirst(count)))
  }

  /// Refuses parameters that have no loss.
  func check(_ loss: Double) throws(Failure) {
    guard loss.isFinite else {
      let earlier = folder.checkpointSteps.filter { $0 < checkpoint.step }.reversed().map(String.init)
      throw Failure(
        "not-finite", "\(folder.path): the loss at step \(checkpoint.step) is not finite",
        hint: earlier.isEmpty
          ? "no earlier checkpoint is kept; train anew at a lower rate"
          : "take an earlier checkpoint with --step; kept: \(earlier.joined(separator: ", "))", status: .failed)
    }
  }
}
