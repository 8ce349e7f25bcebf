internal import DescentCore
internal import DescentModels
internal import DescentOptimizers

/// The average a trainee keeps of its parameters, in memory of its own. Owned by one thread.
final class AveragedParameters {
  private(set) var averaging: ParameterAveraging
  private let layout: ParameterLayout
  /// The whole vector of the layout: the average of the trainable parameters, then what the model keeps.
  private let memory: AlignedBuffer<Float>

  init(_ averaging: ParameterAveraging, layout: ParameterLayout) {
    self.averaging = averaging
    self.layout = layout
    memory = AlignedBuffer(layout.count)
  }

  /// True once a step's result has been taken.
  func isUnderWay(after completedSteps: Int) -> Bool { completedSteps > averaging.start }

  /// What the zero-based `step` does to the average; nil if that is nothing.
  func update(by step: Int) -> UpdatePass<Float>.Average? {
    guard let weight = averaging.weight(afterStep: step) else { return nil }
    // The first step's result is taken as it is: from zeros that is exact.
    if step == averaging.start { memory.elements.update(repeating: 0) }
    return UpdatePass.Average(values: memory.base, weight: weight)
  }

  /// The average as a whole vector of the layout.
  ///
  /// - Parameter state: the trainee's own; what the model keeps besides its parameters (the statistics of normalisation)
  ///   is not averaged but taken from there, as `torch.optim.swa_utils.AveragedModel` does.
  func whole(with state: AlignedBuffer<Float>) -> AlignedBuffer<Float> {
    for i in layout.trainableCount..<layout.count { memory.base[i] = state.base[i] }
    return memory
  }

  /// The average of the trainable parameters.
  var values: [Float] {
    get { Array(memory.elements.prefix(layout.trainableCount)) }
    set { memory.update(from: newValue) }
  }

}

// MARK: Checkpoints

extension AveragedParameters {
  private static let prefix = "average."
  private static let startName = "average.start"

  /// `average.` and the name of each trainable parameter, and the step it began at.
  var tensors: [CheckpointTensor] {
    let values = values
    return layout.trainable.map { slice in
      CheckpointTensor(Self.prefix + slice.name, Array(values[slice.range]), shape: slice.shape)
    } + [CheckpointTensor(Self.startName, [UInt64(averaging.start)])]
  }

  /// Goes on from what a checkpoint keeps.
  ///
  /// The run may have been given another length since, and with it another beginning of the mean. One that is under way
  /// goes on if the new beginning has passed already; else it begins anew there. One that should be under way but is
  /// not begins at once.
  ///
  /// - Throws: ``TaskError`` naming the first tensor that is missing or has another shape; nothing has changed then.
  func restore(from checkpoint: Checkpoint, after completedSteps: Int) throws(TaskError) {
    let kept = try Self.values(in: checkpoint, layout)
    guard averaging.start < completedSteps else { return }
    averaging = averaging.starting(at: kept?.start ?? completedSteps)
    if let kept { values = kept.values }
  }

  /// The average in a checkpoint; nil if it holds none.
  static func values(
    in checkpoint: Checkpoint, _ layout: ParameterLayout
  ) throws(TaskError) -> (values: [Float], start: Int)? {
    guard let start = checkpoint[startName]?.unsignedIntegers?.first.flatMap({ Int(exactly: $0) }) else { return nil }
    var values = [Float](repeating: 0, count: layout.trainableCount)
    try layout.read(layout.trainable, in: checkpoint, prefix: prefix, into: &values)
    return (values, start)
  }
}

extension ParameterAveraging {
  /// The same from another step on.
  fileprivate func starting(at start: Int) -> ParameterAveraging {
    switch self {
    case .exponential(let decay, _): .exponential(decay: decay, start: start)
    case .mean: .mean(start: start)
    }
  }
}

extension ParameterLayout {
  /// Puts the tensors of some slices, called by the slices' names after a prefix, in their places.
  ///
  /// - Throws: ``TaskError`` naming the first one that is missing or has another shape.
  func read(
    _ slices: [Slice], in checkpoint: Checkpoint, prefix: String = "", into values: inout [Float]
  ) throws(TaskError) {
    for slice in slices {
      let name = prefix + slice.name
      guard let tensor = checkpoint[name] else {
        throw TaskError("The checkpoint holds no \(name) \(slice.shape); it is of another model.")
      }
      guard let found = tensor.floats, tensor.shape == slice.shape, found.count == slice.count else {
        throw TaskError(
          "\(name) is \(tensor.element.rawValue) \(tensor.shape) in the checkpoint, but F32 \(slice.shape) in the model."
        )
      }
      values.replaceSubrange(slice.range, with: found)
    }
  }
}
