internal import DescentAutodiff
public import DescentCore
internal import DescentData
public import DescentModels
internal import Foundation

/// A model compiled for a task: one program per use, shared by every trainee and lane.
public final class CompiledModel: Sendable {
  public let task: TrainingTask
  public let layout: ParameterLayout
  /// Rows of a training batch.
  public let batchSize: Int
  /// Seconds that tracing, differentiating and compiling the training program took.
  public let compileSeconds: Double
  /// The function that was traced.
  let architecture: any Model
  let starts: [ParameterStart]
  let keptStarts: [Double]
  /// Whether the model draws dropout masks in training.
  public let dropsOut: Bool
  /// Whether it normalises over the batch, so that its rows depend on each other.
  public let normalizesOverBatch: Bool
  /// Results: loss, gradient, and what the model keeps as it is after the step.
  let training: Compiled
  let batchLoss: Compiled
  let evaluation: Compiled

  /// Predictions that evaluation makes at a time.
  static let evaluationSize = 256

  /// A program with its buffers by name.
  struct Compiled: Sendable {
    let program: Program
    let sources: Scope.Sources
    let input: Tape.Buffer
    let targets: Tape.Buffer
    let results: [Tape.Buffer]
    let rows: Int
  }

  /// Traces and compiles `model` for `task`.
  ///
  /// - Parameters:
  ///   - model: the function to trace.
  ///   - task: its data and loss.
  ///   - batchSize: rows of a training batch, at most the training part's.
  /// - Throws: `ShapeError` where the model's operations do not fit, ``TaskError`` if it has no parameters.
  public init(_ model: any Model, task: TrainingTask, batchSize: Int) throws {
    self.task = task
    self.batchSize = batchSize
    architecture = model
    let clock = ContinuousClock()
    let start = clock.now
    let traced = TracedModel(model, task: task, rows: batchSize, mode: .training)
    layout = traced.scope.layout
    starts = traced.scope.starts
    keptStarts = traced.scope.keptStarts
    dropsOut = traced.scope.drawsMasks
    normalizesOverBatch = traced.scope.normalizesOverBatch
    guard layout.trainableCount > 0 else { throw TaskError("The model has no parameters to train.") }
    try Self.checkMemory(parameters: layout.trainableCount)
    let results = [traced.tape.buffer("loss"), traced.tape.buffer("gradient"), traced.tape.buffer("kept after")]
    training = try traced.compiled(
      traced.lossAndGradient(of: traced.meanLoss(), to: results[0], results[1]) + traced.keptUpdates(to: results[2]),
      results, rows: batchSize)
    compileSeconds = (clock.now - start) / .seconds(1)
    let batched = TracedModel(model, task: task, rows: batchSize, mode: .training)
    let loss = batched.tape.buffer("loss")
    batchLoss = try batched.compiled([ProgramOutput(batched.meanLoss(), to: loss)], [loss], rows: batchSize)
    let rows = min(max(1, Self.evaluationSize / task.data.positionsPerRow), task.data.rows)
    let evaluated = TracedModel(model, task: task, rows: rows, mode: .evaluation, loss: task.loss.measured)
    let (losses, outputs) = (evaluated.tape.buffer("losses"), evaluated.tape.buffer("outputs"))
    evaluation = try evaluated.compiled(
      [ProgramOutput(evaluated.rowLosses, to: losses), ProgramOutput(evaluated.outputs, to: outputs)],
      [losses, outputs], rows: rows)
    try Self.checkMemory(
      parameters: layout.trainableCount,
      values: training.program.arenaCount + batchLoss.program.arenaCount + evaluation.program.arenaCount)
  }

  // Parameters, gradient, two state slices and the initial values in Double; then the programs' intermediate values.
  private static func checkMemory(parameters: Int, values: Int = 0) throws(TaskError) {
    let needed = Double(parameters) * 24 + Double(values) * 4
    let available = Double(ProcessInfo.processInfo.physicalMemory)
    guard needed < available else {
      throw TaskError(
        "A model of \(parameters) parameters needs about \(Int(needed / 1e9)) GB to train, but this machine has "
          + "\(Int(available / 1e9)); make its layers narrower\(values > 0 ? " or the batch smaller" : "").")
    }
  }

  /// What the loss of a training step depends on besides parameters and rows, each a sentence's part for people; empty
  /// for most models.
  public var conditions: [String] {
    var result: [String] = []
    if dropsOut { result.append("dropout is on, each step's mask following from the seed") }
    if normalizesOverBatch { result.append("batch normalisation uses each batch's own statistics") }
    return result
  }

  /// Initial parameters for a seed, in layout order; without what the model keeps besides.
  public func initialParameters(seed: UInt64) -> [Double] {
    ParameterStart.values(of: layout, starts: starts, seed: seed)
  }
}
