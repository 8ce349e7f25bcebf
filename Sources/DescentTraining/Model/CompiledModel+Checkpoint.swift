public import DescentCore
internal import DescentModels

extension CompiledModel {
  /// The whole vector of the layout as kept in a checkpoint.
  ///
  /// - Throws: ``TaskError`` naming the first parameter that is missing or has another shape.
  public func parameters(in checkpoint: Checkpoint) throws(TaskError) -> [Float] {
    var result = [Float](repeating: 0, count: layout.count)
    try layout.read(layout.trainable + layout.buffers, in: checkpoint, into: &result)
    return result
  }

  static let viewPrefix = "evaluation."

  /// The same with the average of the parameters, or those the optimizer means to be used, in their place; nil if the
  /// checkpoint keeps neither.
  ///
  /// - Throws: as ``parameters(in:)``.
  public func averagedParameters(in checkpoint: Checkpoint) throws(TaskError) -> [Float]? {
    var result = try parameters(in: checkpoint)
    if let average = try AveragedParameters.values(in: checkpoint, layout) {
      result.replaceSubrange(0..<layout.trainableCount, with: average.values)
      return result
    }
    guard let first = layout.trainable.first, checkpoint[Self.viewPrefix + first.name] != nil else { return nil }
    try layout.read(layout.trainable, in: checkpoint, prefix: Self.viewPrefix, into: &result)
    return result
  }
}
