/// Something that can take one optimizer step and say what happened.
///
/// This is all that the range test, a study or a schedule needs of a training run. The built-in models conform; a
/// hand-written loop conforms in about ten lines; a foreign process can stand behind one.
///
/// Synchronous, owned by one thread.
public protocol Trainee {
  /// Takes the next mini-batch and one optimizer step.
  ///
  /// - Throws: ``DataExhausted`` when there is no further batch; any other error means the step could not be made.
  mutating func step(_ request: StepRequest) throws -> StepReport
}

extension Trainee {
  /// Takes one step at `learningRate`, everything else as the optimizer is set.
  public mutating func step(learningRate: Double) throws -> StepReport {
    try step(StepRequest(learningRate: learningRate))
  }
}

/// Thrown by ``Trainee/step(_:)`` when the data has ended; a reason to stop, not a failure.
public struct DataExhausted: Error, Sendable, Hashable, CustomStringConvertible {
  public init() {}
  public var description: String { "The data has no further batch." }
}

/// A trainee whose whole state can be kept and put back: weights, buffers, optimizer state, position, random state.
public protocol Restorable: Trainee {
  associatedtype Snapshot: Sendable

  /// Everything needed to continue bit for bit from here.
  func snapshot() throws -> Snapshot

  /// Puts back a snapshot of this trainee or of one made by the same source.
  mutating func restore(_ snapshot: Snapshot) throws

  /// A second trainee that continues from exactly this state and shares nothing mutable with this one.
  func fork() throws -> Self
}

/// A trainee that can measure itself on data it does not train on.
public protocol Evaluable: Trainee {
  /// Measures the current parameters on one part of the data; changes nothing.
  func evaluate(on part: DataPart) throws -> Evaluation
}

/// A trainee that may keep an average of its parameters; while it does, ``Evaluable/evaluate(on:)`` measures that.
public protocol AveragesParameters: Evaluable {
  /// True while there is an average.
  var hasAverage: Bool { get }

  /// Measures the parameters as the last step left them, whatever average is kept; changes nothing.
  func evaluateRaw(on part: DataPart) throws -> Evaluation
}

/// A trainee that can try a step without taking it.
public protocol Probing: Trainee {
  /// The loss on the current batch after a trial step of this request; parameters, optimizer state and position stay.
  mutating func lossAfterTrialStep(_ request: StepRequest) throws -> Double
}

/// Makes fresh trainees; what repeats of a range test and studies take.
public protocol TraineeSource: Sendable {
  associatedtype Made: Trainee

  /// A fresh trainee.
  ///
  /// - Parameters:
  ///   - seed: chooses initial weights and everything random inside the model.
  ///   - batchOrder: chooses the order of the mini-batches; the same number gives the same batches for every seed.
  func makeTrainee(seed: UInt64, batchOrder: UInt64) throws -> Made
}
