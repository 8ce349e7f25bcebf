import DescentCore
import DescentSchedules
import Foundation

/// What a trainer itself must remember to continue bit for bit; the rest is the trainee's, and the schedule needs none.
struct TrainerState: Codable {
  /// Factor on the schedule's rates: halved by every backoff.
  var rateFactor = 1.0
  var backoffs = 0
  var detector = DivergenceDetector()
  /// The divergence the run goes on in spite of, or ended with.
  var divergence: Divergence?
  var divergenceRate = 0.0
  /// The trainee's own count, which need not begin with the run.
  var traineeStep = 0
  /// Steps whose gradient was clipped; nil for a trainee that does not clip.
  var clippedSteps: Int?
  /// The plan's controller, as the last step left it.
  var controller: Controller?

  /// The factor on the schedule's rates now.
  var factor: Double { rateFactor * (controller?.multiplier ?? 1) }
}

/// A trainer's checkpoint: the trainee's, and with it the trainer's state and the state a backoff would go back to.
///
/// The latter's tensors and metadata carry the prefix `rewind/`.
enum TrainerCheckpoint {
  private static let key = "trainer"
  private static let prefix = "rewind/"
  private static let stepKey = "rewind-step"

  static func pack(
    _ trainee: Checkpoint, step: Int, _ state: TrainerState, rewind: Checkpoint?
  ) throws -> Checkpoint {
    var checkpoint = trainee
    var state = state
    state.traineeStep = trainee.step
    checkpoint.step = step
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    checkpoint.metadata[key] = String(decoding: try encoder.encode(state), as: UTF8.self)
    guard let rewind else { return checkpoint }
    checkpoint.metadata[stepKey] = String(rewind.step)
    for (name, value) in rewind.metadata { checkpoint.metadata[prefix + name] = value }
    for var tensor in rewind.tensors {
      tensor.name = prefix + tensor.name
      checkpoint.tensors.append(tensor)
    }
    return checkpoint
  }

  /// - Throws: ``TrainingError`` (`checkpoint`) if there is no state of a trainer in it, or it cannot be read.
  static func unpack(
    _ checkpoint: Checkpoint
  ) throws(TrainingError) -> (trainee: Checkpoint, state: TrainerState, rewind: Checkpoint?) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard
      let text = checkpoint.metadata[key],
      let state = try? decoder.decode(TrainerState.self, from: Data(text.utf8))
    else {
      throw TrainingError(
        .checkpoint,
        "The checkpoint of step \(checkpoint.step) does not say how its run stood (metadata \"\(key)\"); "
          + "only checkpoints of training runs can be resumed.")
    }
    var trainee = Checkpoint(step: state.traineeStep, tensors: [])
    var rewind = checkpoint.metadata[stepKey].flatMap(Int.init).map { Checkpoint(step: $0, tensors: []) }
    for var tensor in checkpoint.tensors {
      if tensor.name.hasPrefix(prefix) {
        tensor.name.removeFirst(prefix.count)
        rewind?.tensors.append(tensor)
      } else {
        trainee.tensors.append(tensor)
      }
    }
    for (name, value) in checkpoint.metadata where name != key && name != stepKey {
      if name.hasPrefix(prefix) {
        rewind?.metadata[String(name.dropFirst(prefix.count))] = value
      } else {
        trainee.metadata[name] = value
      }
    }
    return (trainee, state, rewind)
  }
}
