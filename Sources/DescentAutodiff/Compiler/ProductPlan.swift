/// A matrix product as the kernels run it: which memory is read and written, with which strides.
///
/// Transposes, slices and reshapes of operands cost nothing where they only mean other strides, and a result that is
/// only transposed or put into a larger tensor is written there at once.
struct ProductPlan: Sendable {
  var rows: Int
  var columns: Int
  var depth: Int
  /// Sizes of the two loops over batches.
  var batches = [1, 1]
  var left: Matrix
  var right: Matrix
  var result: Matrix
  /// Whether left and right have changed places, since the result is written transposed.
  let isTurned: Bool

  /// A batch of matrices: strides of the two loops, and of the rows; or of the columns, if it is transposed.
  struct Matrix: Sendable {
    var offset: Int
    var batchStrides: [Int]
    var leading: Int
    var isTransposed: Bool
  }

  /// - Parameters:
  ///   - left: `[…, rows, depth]`.
  ///   - right: `[…, depth, columns]`.
  ///   - result: `[…, rows, columns]`.
  /// - Returns: nil if the kernels have no such strides.
  init?(left: View, right: View, result: View) {
    let rank = result.shape.count
    (rows, columns) = (result.shape[rank - 2], result.shape[rank - 1])
    depth = left.shape[rank - 1]
    guard let loops = Self.loops(left, right, result) else { return nil }
    batches = loops.map(\.size)
    guard let left = Matrix(left, loops.map { $0.strides[0] }), let right = Matrix(right, loops.map { $0.strides[1] }),
      let result = Matrix(result, loops.map { $0.strides[2] })
    else { return nil }
    isTurned = result.isTransposed
    if isTurned {
      // Cᵀ = Bᵀ·Aᵀ: the same sums in the same order.
      (rows, columns) = (columns, rows)
      (self.left, self.right, self.result) = (right.turned, left.turned, result.turned)
    } else {
      (self.left, self.right, self.result) = (left, right, result)
    }
  }

  // The leading dimensions as two loops, neighbours that run on in all three joined; nil if that leaves more than two.
  private static func loops(_ left: View, _ right: View, _ result: View) -> [(size: Int, strides: [Int])]? {
    var loops: [(size: Int, strides: [Int])] = []
    for d in 0..<(result.shape.count - 2) where result.shape[d] != 1 {
      let (size, strides) = (result.shape[d], [left.strides[d], right.strides[d], result.strides[d]])
      if let last = loops.last, zip(last.strides, strides).allSatisfy({ $0 == $1 * size }) {
        loops[loops.count - 1] = (last.size * size, strides)
      } else {
        loops.append((size, strides))
      }
    }
    guard loops.count <= 2 else { return nil }
    return [(size: Int, strides: [Int])](repeating: (1, [0, 0, 0]), count: 2 - loops.count) + loops
  }
}

extension ProductPlan.Matrix {
  init?(_ view: View, _ batchStrides: [Int]) {
    let rank = view.shape.count
    let (rows, columns) = (view.shape[rank - 2], view.shape[rank - 1])
    let (row, column) = (view.strides[rank - 2], view.strides[rank - 1])
    offset = view.offset
    self.batchStrides = batchStrides
    if column == 1 || columns == 1, rows == 1 || row >= columns {
      (leading, isTransposed) = (rows == 1 ? columns : row, false)
    } else if row == 1 || rows == 1, columns == 1 || column >= rows {
      (leading, isTransposed) = (columns == 1 ? rows : column, true)
    } else {
      return nil
    }
  }

  var turned: ProductPlan.Matrix {
    var result = self
    result.isTransposed.toggle()
    return result
  }
}
