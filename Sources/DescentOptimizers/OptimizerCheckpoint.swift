public import DescentCore

extension Optimizer {
  private static var stepName: String { "optimizer.step" }

  private var keptStates: [(index: Int, name: String)] {
    (0..<spec.rule.stateCount).filter { storage.bases[$0] != nil }.map { ($0, "optimizer." + spec.rule.stateName($0)) }
  }

  /// The whole state: `optimizer.step` and one tensor per state slice (`optimizer.exp_avg`, …).
  public var state: [CheckpointTensor] {
    [CheckpointTensor(Self.stepName, [UInt64(stepCount)])]
      + keptStates.map { Scalar.checkpointTensor($0.name, Array(storage.values($0.index))) }
  }

  /// Continues bit for bit from a state of an optimizer of the same specification and size.
  ///
  /// - Parameter tensors: may hold others, which are left alone.
  /// - Throws: ``OptimizerError`` if one is missing or has another size or element type; nothing has changed then.
  public mutating func restore(_ tensors: [CheckpointTensor]) throws(OptimizerError) {
    guard let steps = tensors.first(where: { $0.name == Self.stepName })?.unsignedIntegers, steps.count == 1,
      let step = Int(exactly: steps[0])
    else { throw OptimizerError("The checkpoint holds no \(Self.stepName).") }
    var slices: [(index: Int, values: [Scalar])] = []
    for (index, name) in keptStates {
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        throw OptimizerError("The checkpoint holds no \(name), which \(spec) needs; it is of another optimizer.")
      }
      guard let values = Scalar.values(of: tensor), values.count == parameterCount else {
        throw OptimizerError(
          "\(name) in the checkpoint is \(tensor.element.rawValue) \(tensor.shape), not \(parameterCount) values of "
            + "\(Scalar.self).")
      }
      slices.append((index, values))
    }
    restore(step: step, slices: slices)
  }
}
