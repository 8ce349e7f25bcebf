/// All eigenvalues and eigenvectors of a small symmetric matrix, such as Lanczos gives.
///
/// A tridiagonal matrix is solved by implicit QR steps with Wilkinson's shift (Golub & Van Loan, "Matrix Computations",
/// 4th ed., algorithms 8.3.2 and 8.3.3), a full one by cyclic Jacobi rotations (section 8.5). Each eigenvalue is right to
/// a few ulp of the largest one.
public struct SymmetricEigensystem: Sendable, Hashable {
  /// In ascending order.
  public private(set) var values: [Double]
  // Eigenvector j is elements j·n ..< (j + 1)·n.
  private var vectors: [Double]

  /// Number of eigenvalues.
  public var count: Int { values.count }

  /// Element `row` of the eigenvector to `values[index]`; each has norm 1.
  public func vector(_ index: Int, row: Int) -> Double { vectors[index * count + row] }

  /// The eigenvector to `values[index]`, of norm 1.
  public func vector(_ index: Int) -> [Double] { Array(vectors[(index * count)..<((index + 1) * count)]) }

  /// Solves a symmetric tridiagonal matrix.
  ///
  /// - Parameters:
  ///   - diagonal: n elements.
  ///   - offDiagonal: n − 1 elements beside the diagonal (further ones are ignored).
  public init(diagonal: [Double], offDiagonal: [Double]) {
    values = diagonal
    vectors = Self.identity(diagonal.count)
    var beside = offDiagonal
    solveTridiagonal(&beside)
    sort()
  }

  /// Solves a full symmetric matrix.
  ///
  /// - Parameter matrix: n × n elements, row-major; only the upper triangle is read.
  public init(matrix: [Double]) {
    let n = Int(Double(matrix.count).squareRoot().rounded())
    precondition(n * n == matrix.count, "a square matrix")
    values = (0..<n).map { matrix[$0 * n + $0] }
    vectors = Self.identity(n)
    solveFull(matrix, n)
    sort()
  }

  private static func identity(_ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: n * n)
    for i in 0..<n { result[i * n + i] = 1 }
    return result
  }

  private mutating func solveTridiagonal(_ beside: inout [Double]) {
    let n = values.count
    guard n > 1 else { return }
    var last = n - 1
    // QR steps converge cubically: two or three for each eigenvalue. The bound only guards against not-a-number.
    var stepsLeft = 60 * n
    while last > 0, stepsLeft > 0 {
      if isNegligible(beside[last - 1], values[last - 1], values[last]) {
        beside[last - 1] = 0
        last -= 1
        continue
      }
      var first = last - 1
      while first > 0, !isNegligible(beside[first - 1], values[first - 1], values[first]) { first -= 1 }
      stepsLeft -= 1
      step(from: first, to: last, &beside)
    }
  }

  private func isNegligible(_ beside: Double, _ a: Double, _ b: Double) -> Bool {
    abs(beside) <= Double.ulpOfOne * (abs(a) + abs(b)) || abs(beside) < .leastNormalMagnitude
  }

  /// One QR step with implicit shift on the unreduced block `first...last`: the bulge that the shifted first rotation
  /// makes is chased down the diagonal.
  private mutating func step(from first: Int, to last: Int, _ beside: inout [Double]) {
    let b = beside[last - 1]
    let half = (values[last - 1] - values[last]) / 2
    let root = length(half, b)
    let shift = values[last] - b * b / (half < 0 ? half - root : half + root)
    var (x, z) = (values[first] - shift, beside[first])
    for k in first..<last {
      let r = length(x, z)
      let (c, s) = r > 0 ? (x / r, z / r) : (1, 0)
      if k > first { beside[k - 1] = r }
      let (a, e, d) = (values[k], beside[k], values[k + 1])
      values[k] = c * c * a + 2 * c * s * e + s * s * d
      values[k + 1] = s * s * a - 2 * c * s * e + c * c * d
      beside[k] = c * s * (d - a) + (c * c - s * s) * e
      if k + 1 < last {
        (x, z) = (beside[k], s * beside[k + 1])
        beside[k + 1] *= c
      }
      rotate(k, k + 1, c, s)
    }
  }

  private mutating func solveFull(_ matrix: [Double], _ n: Int) {
    var a = matrix
    for i in 0..<n { for j in 0..<i { a[i * n + j] = a[j * n + i] } }
    for _ in 0..<60 {
      var (off, all) = (0.0, 0.0)
      for i in 0..<n {
        for j in 0..<n {
          all += a[i * n + j] * a[i * n + j]
          if i != j { off += a[i * n + j] * a[i * n + j] }
        }
      }
      guard off > 1e-34 * all else { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) where a[p * n + q] != 0 {
          let theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          let s = t * c
          for k in 0..<n {
            let (x, y) = (a[k * n + p], a[k * n + q])
            a[k * n + p] = c * x - s * y
            a[k * n + q] = s * x + c * y
          }
          for k in 0..<n {
            let (x, y) = (a[p * n + k], a[q * n + k])
            a[p * n + k] = c * x - s * y
            a[q * n + k] = s * x + c * y
          }
          rotate(p, q, c, -s)
        }
      }
    }
    for i in 0..<n { values[i] = a[i * n + i] }
  }

  private mutating func rotate(_ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    let n = values.count
    vectors.withUnsafeMutableBufferPointer { vectors in
      for i in 0..<n {
        let (x, y) = (vectors[p * n + i], vectors[q * n + i])
        vectors[p * n + i] = c * x + s * y
        vectors[q * n + i] = c * y - s * x
      }
    }
  }

  private mutating func sort() {
    let order = values.indices.sorted { values[$0] < values[$1] }
    let n = values.count
    let old = self
    for (place, index) in order.enumerated() {
      values[place] = old.values[index]
      for i in 0..<n { vectors[place * n + i] = old.vectors[index * n + i] }
    }
  }
}

/// √(x² + y²) without overflow.
private func length(_ x: Double, _ y: Double) -> Double {
  let (small, large) = (min(abs(x), abs(y)), max(abs(x), abs(y)))
  guard large > 0 else { return 0 }
  let ratio = small / large
  return large * (1 + ratio * ratio).squareRoot()
}
