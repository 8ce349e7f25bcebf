internal import DescentAutodiff
internal import DescentCore
internal import DescentData
internal import DescentModels

/// A model's graph for a number of rows, up to the loss of each prediction; programs are compiled from it.
struct TracedModel {
  let tape: Tape
  let sources: Scope.Sources
  let input: Tape.Buffer
  let targets: Tape.Buffer
  let outputs: Tensor
  /// The loss of each prediction: one for a row, or for each position of a text.
  let rowLosses: Tensor
  let scope: Scope

  /// - Parameter loss: by default the task's.
  init(_ model: any Model, task: TrainingTask, rows: Int, mode: ModelMode, loss: Loss? = nil) {
    tape = Tape()
    sources = Scope.Sources(tape)
    input = tape.buffer("input")
    targets = tape.buffer("targets")
    scope = Scope(tape, sources: sources, mode: mode)
    let data = task.data
    let x =
      data.text == nil
      ? tape.source(input, shape: [rows] + data.featureShape) : tape.labels(input, shape: [rows] + data.featureShape)
    // Every position of a text is predicted.
    let predictions = rows * data.positionsPerRow
    let isClasses = data.classCount != nil
    let y =
      isClasses
      ? tape.labels(targets, shape: [predictions]) : tape.source(targets, shape: [predictions, data.outputCount])
    let modelOutputs = model(x, in: scope)
    // A no-op where the model gives the shape it should, else the error that says so.
    let outputs = tape.scope("model") { modelOutputs.reshaped([predictions, data.outputCount]) }
    self.outputs = outputs
    rowLosses = tape.scope("loss") { (loss ?? task.loss)(outputs, y, targetsAreClasses: isClasses) }
  }

  /// This graph's part of the mean loss over `total` predictions: all of it by default.
  func meanLoss(over total: Int? = nil) -> Tensor {
    rowLosses.sum() * (1 / Double(max(1, total ?? rowLosses.count)))
  }

  /// The loss and its gradient, which goes to `gradient` by the layout.
  func lossAndGradient(of mean: Tensor, to loss: Tape.Buffer, _ gradient: Tape.Buffer) -> [ProgramOutput] {
    let gradients = tape.gradient(of: mean, by: scope.parameters)
    return [ProgramOutput(mean, to: loss)]
      + zip(gradients, scope.layout.trainable).map { ProgramOutput($0, to: gradient, offset: $1.offset) }
  }

  /// What the model keeps, as it is after a training step.
  func keptUpdates(to kept: Tape.Buffer) -> [ProgramOutput] {
    let layout = scope.layout
    return zip(scope.keptUpdates, layout.buffers).compactMap { update, slice in
      update.map { ProgramOutput($0, to: kept, offset: slice.offset - layout.trainableCount) }
    }
  }
}
