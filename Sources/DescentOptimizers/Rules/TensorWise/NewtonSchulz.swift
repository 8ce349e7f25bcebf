/// The nearest matrix with orthonormal rows or columns, roughly, by an iteration of matrix products alone.
///
/// X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ, from X divided by its Frobenius norm; (a, b, c) = (3.4445, −4.7750, 2.0315)
/// are as steep as can be at 0 and leave the singular values between about 0.7 and 1.2 after five steps.
/// Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
struct NewtonSchulz<Scalar: UpdateScalar> {
  static var coefficients: (Double, Double, Double) { (3.4445, -4.7750, 2.0315) }

  /// Elements of scratch: a copy of the matrix and two squares of the shorter side.
  static func scratchCount(rows: Int, columns: Int) -> Int {
    let side = min(rows, columns)
    return rows * columns + 2 * side * side
  }

  /// Makes X (rows × columns, row-major) roughly orthonormal; its norm must be at most 1.
  ///
  /// - Parameter executor: shares fixed parts of each product among threads; no bit depends on it.
  static func orthonormalise(
    _ x: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, steps: Int, scratch: UnsafeMutablePointer<Scalar>,
    executor: ChunkExecutor? = nil
  ) {
    let side = min(rows, columns)
    let longer = max(rows, columns)
    let wide = rows <= columns
    // Below this a product takes less than handing it to other threads.
    let executor = side * side * longer >= 1 << 20 ? executor : nil
    let (gram, polynomial, other) = (scratch, scratch + side * side, scratch + 2 * side * side)
    let (a, b, c) = (Scalar(coefficients.0), Scalar(coefficients.1), Scalar(coefficients.2))
    let (g, p) = (VectorArray(gram), VectorArray(polynomial))
    var (source, target) = (x, other)
    for _ in 0..<steps {
      // A = X·Xᵀ where X is wide, Xᵀ·X where it is tall: no matrix is transposed in memory.
      Scalar.symmetricProduct(
        source, transposed: !wide, side: side, inner: longer, into: gram, executor: executor)
      Scalar.symmetricProduct(gram, transposed: false, side: side, inner: side, into: polynomial, executor: executor)
      for i in VectorPlaces<Scalar>(0..<(side * side)) { p[i] = b * g[i] + c * p[i] }
      for i in 0..<side { polynomial[i * side + i] += a }
      // X ← P·X, or X·P where it is tall; by columns, of which each part packs its own.
      let (width, part) = (wide ? longer : side, 128)
      // Constants, since a variable that a closure captures asks for memory.
      let (from, into) = (source, target)
      share((width + part - 1) / part, executor) { index in
        let start = index * part
        let count = min(part, width - start)
        if wide {
          Scalar.productBlock(
            polynomial, stride: side, transposed: false, from + start, stride: longer, transposed: false, rows: side,
            columns: count, inner: side, into: into + start, stride: longer)
        } else {
          Scalar.productBlock(
            from, stride: side, transposed: false, polynomial + start, stride: side, transposed: false, rows: longer,
            columns: count, inner: side, into: into + start, stride: side)
        }
      }
      swap(&source, &target)
    }
    if source != x { x.update(from: source, count: rows * columns) }
  }
}

/// Runs `body` for 0 ..< count by the executor, if there is one.
@inline(__always)
private func share(_ count: Int, _ executor: ChunkExecutor?, _ body: (Int) -> Void) {
  if let executor, count > 1 { executor(count, body) } else { for index in 0..<count { body(index) } }
}

extension UpdateScalar {
  /// C = op(A)·op(A)ᵀ, of which only the blocks on and below the diagonal are multiplied; op(A) is side × inner.
  static func symmetricProduct(
    _ a: UnsafePointer<Self>, transposed: Bool, side: Int, inner: Int, into c: UnsafeMutablePointer<Self>,
    executor: ChunkExecutor? = nil
  ) {
    // By columns, of which each block packs its own: a panel of two of the widest vectors.
    let width = side >= 128 ? 32 : side
    let blocks = max(1, (side + width - 1) / max(1, width))
    let stride = transposed ? side : inner
    func block(_ index: Int) {
      let start = index * width
      let columns = min(width, side - start)
      let first = transposed ? a + start : a + start * inner
      productBlock(
        first, stride: stride, transposed: transposed, first, stride: stride, transposed: !transposed,
        rows: side - start, columns: columns, inner: inner, into: c + start * side + start, stride: side)
      // What is right of the block on the diagonal, in squares that stay in the nearest cache.
      let tile = 16
      for top in Swift.stride(from: start + columns, to: side, by: tile) {
        for left in Swift.stride(from: start, to: start + columns, by: tile) {
          for j in left..<min(start + columns, left + tile) {
            for i in top..<min(side, top + tile) { c[j * side + i] = c[i * side + j] }
          }
        }
      }
    }
    // The first with the last, and so on: pairs are equal work.
    share((blocks + 1) / 2, executor) { pair in
      block(pair)
      if blocks - 1 - pair != pair { block(blocks - 1 - pair) }
    }
  }
}
