extension Tensor {
  /// Rows of this table `[rows, columns]` by their numbers: indices `[…]` give `[…, columns]`.
  ///
  /// An index outside the table gives a row of NaN.
  public func gathered(_ indices: Tensor) -> Tensor {
    guard rank == 2, indices.isLabel else {
      return tape.fail(
        "gather", "needs a table [rows, columns] and whole numbers, not \(shape) and \(indices.shape)",
        shape: indices.shape + [shape.last ?? 1])
    }
    return .gather(self, by: indices, shape: indices.shape + [shape[1]])
  }

  static func gather(_ table: Tensor, by indices: Tensor, shape: [Int]) -> Tensor {
    table.tape.record(.gather, [table, indices], shape: shape)
  }

  static func scatter(_ values: Tensor, rows: Int, by indices: Tensor) -> Tensor {
    values.tape.record(.scatter, [indices, values], shape: [rows, values.shape.last ?? 1])
  }
}
