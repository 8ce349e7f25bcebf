internal import CDescentKernels

/// ``NewtonSchulz`` with every matrix in bfloat16 and every product summed in single precision, as its authors run it: on
/// processors that multiply pairs of bfloat16 at twice the rate.
///
/// The matrix is kept wide, turned if it is tall, with sides made up to a multiple of 32 by zeros, which no product changes.
struct BFloat16NewtonSchulz {
  private typealias Halves = UnsafeMutablePointer<UInt16>

  private let rows: Int
  private let columns: Int
  private let path: dk_path
  private let executor: ChunkExecutor?
  /// The two sides as made up.
  private let side: Int
  private let longer: Int
  /// The matrix and the next one: side × longer.
  private let x: Halves
  private let y: Halves
  /// A = X·Xᵀ and b·A + c·A².
  private let gram: Halves
  private let polynomial: Halves
  private let packed: UnsafeMutablePointer<UInt32>

  private static var panel: Int { Int(DK_BF16_SIDE) }
  private static func whole(_ count: Int) -> Int { (count + panel - 1) / panel * panel }

  /// Scratch in elements of single precision: three such matrices, two squares, and a line of cache to begin at.
  static func scratchCount(rows: Int, columns: Int) -> Int {
    let (side, longer) = (whole(min(rows, columns)), whole(max(rows, columns)))
    return (3 * side * longer + 2 * side * side) / 2 + 16
  }

  init(
    rows: Int, columns: Int, scratch: UnsafeMutablePointer<Float>, path: dk_path, executor: ChunkExecutor?
  ) {
    self.rows = rows
    self.columns = columns
    self.path = path
    side = Self.whole(min(rows, columns))
    longer = Self.whole(max(rows, columns))
    // Below this a product takes less than handing it to other threads.
    self.executor = side * side * longer >= 1 << 21 ? executor : nil
    x = UnsafeMutableRawPointer(scratch).alignedUp(toMultipleOf: 64).assumingMemoryBound(to: UInt16.self)
    y = x + side * longer
    gram = y + side * longer
    polynomial = gram + side * side
    packed = UnsafeMutableRawPointer(polynomial + side * side).assumingMemoryBound(to: UInt32.self)
  }

  /// Replaces X (rows × columns, row-major) by what `steps` iterations make of `factor`·X, whose norm must be at most 1.
  func orthonormalise(_ matrix: UnsafeMutablePointer<Float>, factor: Float, steps: Int) {
    load(matrix, factor)
    let (a, b, c) = NewtonSchulz<Float>.coefficients
    var (source, target) = (x, y)
    for _ in 0..<steps {
      pack(source, stride: longer, inner: longer, transposed: true, columns: side)
      multiply(source, inner: longer, into: gram, stride: side, beta: 1, symmetric: true)
      pack(gram, stride: side, inner: side, columns: side)
      multiply(
        gram, inner: side, into: polynomial, stride: side, adding: gram, alpha: b, beta: c, symmetric: true)
      pack(source, stride: longer, inner: side, columns: longer)
      multiply(polynomial, inner: side, into: target, stride: longer, adding: source, alpha: a, beta: 1)
      swap(&source, &target)
    }
    store(source, matrix, scratch: target)
  }

  private var isWide: Bool { rows <= columns }

  private func run(_ count: Int, _ body: (Int) -> Void) {
    if let executor, count > 1 { executor(count, body) } else { for index in 0..<count { body(index) } }
  }

  private func pack(_ b: Halves, stride: Int, inner: Int, transposed: Bool = false, columns: Int) {
    run(columns / Self.panel) { panel in
      dk_bf16_pack(transposed ? 1 : 0, b, stride, inner, panel, packed + panel * Self.panel * inner / 2)
    }
  }

  /// out = alpha·addend + beta·A·B with the B that is packed. Of a symmetric one only the blocks on and below the diagonal
  /// are multiplied.
  private func multiply(
    _ a: Halves, inner: Int, into out: Halves, stride: Int, adding addend: Halves? = nil, alpha: Double = 0,
    beta: Double, symmetric: Bool = false
  ) {
    let product = dk_bf16_product(
      a: a, addend: addend, out: out, stride_a: inner, stride: stride, rows: min(rows, columns), inner: inner,
      alpha: Float(alpha), beta: Float(beta))
    let way = path == dk_best_path() ? dk_bf16_best_path() : dk_bf16_path(rawValue: path.rawValue)
    let panels = stride / Self.panel
    withUnsafePointer(to: product) { product in
      func multiply(_ panel: Int) {
        let start = panel * Self.panel
        dk_bf16_multiply(
          way, product, packed + start * inner / 2, panel, symmetric ? start : 0)
        let next = start + Self.panel
        guard symmetric, next < side else { return }
        dk_bf16_transpose(
          out + next * side + start, side, side - next, Self.panel, out + start * side + next, side)
      }
      guard symmetric else { return run(panels) { multiply($0) } }
      // The first with the last, and so on: pairs are equal work.
      run((panels + 1) / 2) { pair in
        multiply(pair)
        if panels - 1 - pair != pair { multiply(panels - 1 - pair) }
      }
    }
  }

  private func load(_ matrix: UnsafeMutablePointer<Float>, _ factor: Float) {
    let (into, stride) = isWide ? (x, longer) : (y, side)
    let height = isWide ? side : longer
    run(height / Self.panel) { panel in
      for row in (panel * Self.panel)..<((panel + 1) * Self.panel) {
        let start = into + row * stride
        let count = row < rows ? columns : 0
        if count > 0 { dk_bf16_round(path, matrix + row * columns, count, factor, start) }
        (start + count).update(repeating: 0, count: stride - count)
      }
    }
    if !isWide { turn(y, rows: longer, columns: side, into: x) }
    // What products leave as it is.
    let shorter = min(rows, columns)
    (y + shorter * longer).update(repeating: 0, count: (side - shorter) * longer)
    (gram + shorter * side).update(repeating: 0, count: (side - shorter) * side)
    (polynomial + shorter * side).update(repeating: 0, count: (side - shorter) * side)
  }

  private func store(_ source: Halves, _ matrix: UnsafeMutablePointer<Float>, scratch: Halves) {
    if !isWide { turn(source, rows: side, columns: longer, into: scratch) }
    let (from, stride) = isWide ? (source, longer) : (scratch, side)
    run((rows + Self.panel - 1) / Self.panel) { panel in
      for row in (panel * Self.panel)..<min(rows, (panel + 1) * Self.panel) {
        dk_bf16_widen(path, from + row * stride, columns, matrix + row * columns)
      }
    }
  }

  private func turn(_ a: Halves, rows: Int, columns: Int, into out: Halves) {
    run(rows / Self.panel) { panel in
      dk_bf16_transpose(a + panel * Self.panel * columns, columns, Self.panel, columns, out + panel * Self.panel, rows)
    }
  }
}
