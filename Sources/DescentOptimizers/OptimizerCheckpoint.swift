public import DescentCore

extension Optimizer {
  private static var stepName: String { "optimizer.step" }

  /// The whole state: `optimizer.step`, one tensor per array over all parameters (`optimizer.exp_avg`, …), and one for
  /// each number over the whole vector. What a wrapper keeps stands under its name (`optimizer.lookahead.slow`), so that
  /// a rule's own arrays are called the same whether it is wrapped or not.
  public var state: [CheckpointTensor] {
    var tensors = [CheckpointTensor(Self.stepName, [UInt64(stepCount)])]
    memory.forEachState(table) { name, part in
      switch part {
      case .number(let value): tensors.append(CheckpointTensor(name, [value.pointee]))
      case .array(let state, let bytes):
        let element = state.element.inCheckpoint(Scalar.self)
        tensors.append(
          CheckpointTensor(name: name, element: element, shape: [bytes.count / element.size], bytes: Array(bytes)))
      }
    }
    return tensors
  }

  /// Continues bit for bit from a state of an optimizer of the same specification and size.
  ///
  /// - Parameter tensors: may hold others, which are left alone.
  /// - Throws: ``OptimizerError`` if one is missing or has another size or element type; nothing has changed then.
  public mutating func restore(_ tensors: [CheckpointTensor]) throws(OptimizerError) {
    guard let steps = tensors.first(where: { $0.name == Self.stepName })?.unsignedIntegers, steps.count == 1,
      let step = Int(exactly: steps[0])
    else { throw OptimizerError("The checkpoint holds no \(Self.stepName).") }
    let restored = memory.copy()
    var problem: String?
    restored.forEachState(table) { name, part in
      guard problem == nil else { return }
      guard let tensor = tensors.first(where: { $0.name == name }) else {
        problem = "The checkpoint holds no \(name), which \(spec) needs; it is of another optimizer."
        return
      }
      let (element, target): (CheckpointTensor.Element, UnsafeMutableRawBufferPointer) =
        switch part {
        case .number(let value): (.float64, UnsafeMutableRawBufferPointer(start: value, count: 8))
        case .array(let state, let bytes): (state.element.inCheckpoint(Scalar.self), bytes)
        }
      guard tensor.element == element, tensor.bytes.count == target.count else {
        problem =
          "\(name) in the checkpoint is \(tensor.element.rawValue) \(tensor.shape), not \(target.count / element.size) "
          + "values of \(element.rawValue)."
        return
      }
      target.copyBytes(from: tensor.bytes)
    }
    if let problem { throw OptimizerError(problem) }
    memory = restored
    stepCount = step
  }
}

/// Something of a rule's memory that a checkpoint holds.
private enum StatePart {
  case array(RuleState, UnsafeMutableRawBufferPointer)
  case number(UnsafeMutablePointer<Double>)
}

extension RuleMemory {
  /// Calls `body` with each array that is kept and each number, by its name in checkpoints.
  fileprivate func forEachState(_ table: RuleTable, prefix: String = "optimizer.", _ body: (String, StatePart) -> Void)
  {
    let prefix = table.inner.isEmpty ? prefix : prefix + table.own.name + "."
    for (index, array) in arrays.enumerated() {
      if let bytes = bytes(index) { body(prefix + array.state.name, .array(array.state, bytes)) }
    }
    for (index, scalar) in scalars.enumerated() { body(prefix + scalar.name, .number(numbers + index)) }
    guard let innerTable = table.inner.first, let inner else { return }
    // A rule that is no wrapper has no name of its own in front, wherever it stands.
    inner.forEachState(innerTable, prefix: innerTable.inner.isEmpty ? "optimizer." : prefix, body)
  }
}

extension RuleState.Element {
  func inCheckpoint<Scalar: UpdateScalar>(_ type: Scalar.Type) -> CheckpointTensor.Element {
    switch self {
    case .scalar: Scalar.self == Float.self ? .float32 : .float64
    case .double: .float64
    case .bfloat16: .bfloat16
    case .byte: .uint8
    }
  }
}
