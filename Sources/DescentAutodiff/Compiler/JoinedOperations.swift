internal import CDescentKernels

/// Pairs of a chain's operations that the kernels have as one, joined: the same values with one pass less over a tile.
///
/// - Parameters:
///   - ops: in order.
///   - inputs: registers that hold operands, which no operation writes.
///   - results: the registers after them up to this one hold results, whose memory may be an operand's.
func joinedOperations(_ ops: [dk_chain_op], inputs: Int, results: Int) -> [dk_chain_op] {
  var ops = ops
  var at = 0
  while at < ops.count {
    if let (reader, joined) = joined(at, ops, inputs: inputs, results: results) {
      ops[reader] = joined
      ops.remove(at: at)
    } else {
      at += 1
    }
  }
  return ops
}

/// The operation that can take the place of the one at `first` and of the one reader of its value, and that reader.
private func joined(
  _ first: Int, _ ops: [dk_chain_op], inputs: Int, results: Int
) -> (reader: Int, joined: dk_chain_op)? {
  let op = ops[first]
  let value = op.destination
  guard Int(value) >= results, let reader = ops[(first + 1)...].firstIndex(where: { $0.reads(value) }) else {
    return nil
  }
  var joined = ops[reader]
  guard joined.per_row == op.per_row else { return nil }
  // The value must end there, and what it is made of must still be what it was.
  let operands = kernelArity(op.op) == 2 ? [op.a, op.b] : [op.a]
  for between in ops[(first + 1)..<reader] {
    let written = between.destination
    if written == value || operands.contains(written) || (inputs..<results).contains(Int(written)) { return nil }
  }
  for later in ops[(reader + 1)...] {
    if later.reads(value) { return nil }
    if later.destination == value { break }
  }
  let (isLeft, isRight) = (joined.a == value, kernelArity(joined.op) >= 2 && joined.b == value)
  guard isLeft != isRight else { return nil }
  let other = isLeft ? joined.b : joined.a
  switch (dk_op(UInt32(op.op)), dk_op(UInt32(joined.op))) {
  case (DK_POSITIVE, DK_MULTIPLY):
    joined.op = UInt8(DK_GATE.rawValue)
    (joined.a, joined.b, joined.c) = (op.a, other, op.a)
  case (DK_ADD, DK_ADD):
    joined.op = UInt8(DK_ADD3.rawValue)
    (joined.a, joined.b, joined.c) = (op.a, op.b, other)
  default:
    return nil
  }
  return (reader, joined)
}

extension dk_chain_op {
  fileprivate func reads(_ register: UInt8) -> Bool {
    let arity = kernelArity(op)
    return a == register || (arity >= 2 && b == register) || (arity >= 3 && c == register)
  }
}

/// Operands that the kernel of this number reads.
private func kernelArity(_ op: UInt8) -> Int {
  switch dk_op(UInt32(op)) {
  case DK_SELECT, DK_ADD3: 3
  case DK_ADD, DK_SUBTRACT, DK_MULTIPLY, DK_DIVIDE, DK_MAXIMUM, DK_MINIMUM, DK_GREATER, DK_POWER, DK_GATE: 2
  default: 1
  }
}
