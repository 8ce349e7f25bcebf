/// Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, 8.5).
struct SymmetricEigen {
  /// Ascending.
  var values: [Double]
  /// Of unit length, in the order of `values`.
  var vectors: [[Double]]

  init(_ matrix: [[Double]]) {
    var a = matrix
    let n = a.count
    var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
    for _ in 0..<60 {
      var off = 0.0
      var all = 0.0
      for i in 0..<n {
        for j in 0..<n {
          all += a[i][j] * a[i][j]
          if i != j { off += a[i][j] * a[i][j] }
        }
      }
      // Written so that a matrix with a not-a-number ends at once.
      if !(off > 1e-30 * all) { break }
      for p in 0..<n {
        for q in (p + 1)..<max(n, p + 1) where a[p][q] != 0 {
          let tau = (a[q][q] - a[p][p]) / (2 * a[p][q])
          let t = (tau >= 0 ? 1.0 : -1.0) / (abs(tau) + (1 + tau * tau).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          let s = t * c
          for k in 0..<n { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
          for k in 0..<n { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
          for k in 0..<n { (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]) }
        }
      }
    }
    let order = (0..<n).sorted { a[$0][$0] < a[$1][$1] }
    values = order.map { a[$0][$0] }
    vectors = order.map { column in (0..<n).map { v[$0][column] } }
  }

  /// The length of `x` along the eigenvectors whose eigenvalue fulfils `condition`.
  func length(of x: [Double], where condition: (Double) -> Bool) -> Double {
    var sum = 0.0
    for (value, vector) in zip(values, vectors) where condition(value) {
      let part = zip(vector, x).reduce(0) { $0 + $1.0 * $1.1 }
      sum += part * part
    }
    return sum.squareRoot()
  }

  /// A⁻¹·b; nil if an eigenvalue is 0 for what rounding leaves.
  func solve(_ b: [Double]) -> [Double]? {
    let largest = values.map(abs).max() ?? 0
    var x = b.map { _ in 0.0 }
    for (value, vector) in zip(values, vectors) {
      guard abs(value) > 1e-12 * largest else { return nil }
      let part = zip(vector, b).reduce(0) { $0 + $1.0 * $1.1 } / value
      for i in x.indices { x[i] += part * vector[i] }
    }
    return x
  }
}

extension TraceProblem {
  /// The whole Hessian at a point, by its products.
  func hessian(at point: [Double]) -> [[Double]] {
    var linearization = TraceLinearization(problem: self, point: point, loss: 0)
    return point.indices.map { i in
      var row = point
      linearization.hessianProduct(point.indices.map { $0 == i ? 1 : 0 }, into: &row)
      return row
    }
  }
}

/// A point for sentences: `(1, -0.5)`; of many coordinates the first three.
func placeText(_ point: [Double]) -> String {
  let largest = point.map(abs).max() ?? 0
  let shown = point.prefix(point.count > 4 ? 3 : 4).map { x in
    // What rounding leaves of a 0 is no figure.
    abs(x) <= 1e-9 * max(1, largest) ? "0" : fourDigits(x)
  }
  return "(\(shown.joined(separator: ", "))\(point.count > 4 ? ", …" : ""))"
}

/// The length of the straight line between two points.
func distance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}
