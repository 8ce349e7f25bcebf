internal import DescentRandom

/// An orthonormal basis that Lanczos builds up, and the matrix projected on it.
struct KrylovBasis<Scalar: BinaryFloatingPoint & Sendable> {
  /// Elements of a vector.
  let length: Int
  /// Vectors that products have been made of.
  private(set) var size = 0
  private let capacity: Int
  // One more than the capacity: the last is the next direction.
  private var basis: [[Scalar]]
  private var next: [Scalar]
  // The projected matrix, capacity × capacity; `size` rows and columns of it are in use.
  private var projected: [Double]
  // After a restart it is not tridiagonal.
  private var isTridiagonal = true
  /// Norm of what the last product added to the space.
  private var beta = 0.0
  /// Largest norm of a product so far.
  private var scale = 0.0
  private var random: RandomSequence

  init(length: Int, capacity: Int, seed: UInt64) {
    self.length = length
    self.capacity = capacity
    basis = Array(repeating: [Scalar](repeating: 0, count: length), count: capacity + 1)
    next = [Scalar](repeating: 0, count: length)
    projected = [Double](repeating: 0, count: capacity * capacity)
    random = RandomSequence(seed: seed, stream: .probing)
  }

  var isFull: Bool { size == capacity }

  /// Whether products lead out of the space no more.
  var isInvariant: Bool { beta == 0 }

  /// Empties the basis; the first vector will be the sum of `start`, or random.
  mutating func begin(with start: [[Scalar]]) {
    size = 0
    isTridiagonal = true
    scale = 0
    for i in projected.indices { projected[i] = 0 }
    if start.isEmpty {
      fillRandom()
    } else {
      for i in next.indices { next[i] = 0 }
      for vector in start { add(1, times: vector, to: &next) }
    }
    normalizeNext()
  }

  private mutating func fillRandom() {
    for i in next.indices { next[i] = Scalar(random.normal()) }
  }

  /// Makes `next` orthogonal to the basis, of norm 1, and the basis' vector number `size`. Where nothing is left of it, a
  /// random vector takes its place.
  private mutating func normalizeNext() {
    var size = norm(next)
    var attempts = 0
    while !(size > 0), attempts < 3 {
      fillRandom()
      orthogonalize()
      size = norm(next)
      attempts += 1
    }
    assign(size > 0 ? 1 / size : 0, times: next, to: &basis[self.size])
  }

  private mutating func scaleNext(by factor: Double) { multiply(&next, by: factor) }

  /// Takes away what the basis spans, twice.
  private mutating func orthogonalize() {
    for _ in 0..<2 {
      for j in 0..<size { add(-dot(basis[j], next), times: basis[j], to: &next) }
    }
  }

  /// Multiplies the newest vector by `sign`·`matrix`.
  mutating func extend(by matrix: inout some SymmetricOperator<Scalar>, sign: Double) throws {
    try matrix.apply(basis[size], into: &next)
    if sign < 0 { scaleNext(by: -1) }
    let image = norm(next)
    guard image.isFinite else {
      throw CurvatureError(
        .notFinite, "A Hessian product is not finite: the loss has blown up here, or its second derivative overflows.")
    }
    let last = size
    size += 1
    projected[last * capacity + last] = dot(basis[last], next)
    orthogonalize()
    beta = norm(next)
    scale = max(scale, image)
    // Rounding alone leaves about this much: the space is invariant, and the rest of the spectrum lies outside it.
    if beta <= 100 * epsilon(of: Scalar.self) * scale {
      beta = 0
      for i in next.indices { next[i] = 0 }
    }
    guard size < length else { return }
    if beta == 0 { fillRandom() }
    if beta < 1e-3 * scale {
      // So little was left that rounding shows in its direction.
      let size = norm(next)
      if size > 0 { scaleNext(by: 1 / size) }
      orthogonalize()
    }
    normalizeNext()
    guard size < capacity else { return }
    projected[last * capacity + size] = beta
    projected[size * capacity + last] = beta
  }

  /// Eigenvalues and eigenvectors of the projected matrix.
  func ritz() -> SymmetricEigensystem {
    if isTridiagonal {
      return SymmetricEigensystem(
        diagonal: (0..<size).map { projected[$0 * capacity + $0] },
        offDiagonal: (0..<max(0, size - 1)).map { projected[$0 * capacity + $0 + 1] })
    }
    var matrix = [Double](repeating: 0, count: size * size)
    for i in 0..<size { for j in 0..<size { matrix[i * size + j] = projected[i * capacity + j] } }
    return SymmetricEigensystem(matrix: matrix)
  }

  /// ‖A·u − λ·u‖ of the Ritz pair number `index` from the upper end.
  func residual(_ ritz: SymmetricEigensystem, _ index: Int) -> Double {
    beta * abs(ritz.vector(ritz.count - 1 - index, row: size - 1))
  }

  /// The outermost Ritz vectors at the upper end, of norm 1.
  func vectors(_ ritz: SymmetricEigensystem, count: Int) -> [[Scalar]] {
    (0..<count).map { index in
      var result = [Scalar](repeating: 0, count: length)
      for j in 0..<size { add(ritz.vector(ritz.count - 1 - index, row: j), times: basis[j], to: &result) }
      let norm = norm(result)
      if norm > 0 { multiply(&result, by: 1 / norm) }
      return result
    }
  }

  /// Replaces the basis by its outermost Ritz vectors and the next direction.
  mutating func restart(_ ritz: SymmetricEigensystem, keeping kept: Int) {
    let residuals = (0..<kept).map { beta * ritz.vector(ritz.count - 1 - $0, row: size - 1) }
    let direction = basis[size]
    let vectors = vectors(ritz, count: kept)
    for i in projected.indices { projected[i] = 0 }
    for i in 0..<kept {
      basis[i] = vectors[i]
      projected[i * capacity + i] = ritz.values[ritz.count - 1 - i]
      projected[i * capacity + kept] = residuals[i]
      projected[kept * capacity + i] = residuals[i]
    }
    basis[kept] = direction
    size = kept
    isTridiagonal = false
  }
}
