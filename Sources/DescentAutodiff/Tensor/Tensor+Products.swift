extension Tensor {
  /// The matrix product: `[…, m, k]` times `[…, k, n]` gives `[…, m, n]`.
  ///
  /// Leading dimensions must be equal, or the right side a plain matrix that every batch member is multiplied with.
  public func matmul(_ other: Tensor) -> Tensor {
    let likely = Array(shape.dropLast()) + Array(other.shape.suffix(1))
    guard rank >= 2, other.rank >= 2 else {
      return tape.fail("matmul", "\(shape) and \(other.shape) must both have two dimensions or more", shape: likely)
    }
    guard shape[rank - 1] == other.shape[other.rank - 2] else {
      return tape.fail(
        "matmul", "\(shape) and \(other.shape) do not fit: \(shape[rank - 1]) is not \(other.shape[other.rank - 2])",
        shape: likely)
    }
    if rank > 2, other.rank == 2 {
      let rows = shape.dropLast().reduce(1, *)
      return reshaped([rows, shape[rank - 1]]).matmul(other).reshaped(likely)
    }
    guard shape.dropLast(2) == other.shape.dropLast(2) else {
      return tape.fail("matmul", "\(shape) and \(other.shape) differ in their leading dimensions", shape: likely)
    }
    return .product(self, transposed: false, other, transposed: false)
  }

  /// op(a)·op(b); a transpose that an operand carries is taken into the product.
  package static func product(
    _ a: Tensor, transposed transposeLeft: Bool, _ b: Tensor, transposed transposeRight: Bool
  ) -> Tensor {
    let (left, flipLeft) = a.withoutTranspose
    let (right, flipRight) = b.withoutTranspose
    let transposesLeft = transposeLeft != flipLeft
    let transposesRight = transposeRight != flipRight
    let rank = left.rank
    let rows = left.shape[transposesLeft ? rank - 1 : rank - 2]
    let columns = right.shape[transposesRight ? rank - 2 : rank - 1]
    return a.tape.record(
      .product(transposeLeft: transposesLeft, transposeRight: transposesRight), [left, right],
      shape: Array(left.shape.dropLast(2)) + [rows, columns])
  }

  private var withoutTranspose: (Tensor, Bool) {
    guard case .transpose(let permutation) = node.primitive,
      permutation == Array(0..<(rank - 2)) + [rank - 1, rank - 2]
    else { return (self, false) }
    let inner = node.operands[0]
    return (Tensor(tape: tape, id: inner, shape: tape.graph[inner].shape), true)
  }
}
