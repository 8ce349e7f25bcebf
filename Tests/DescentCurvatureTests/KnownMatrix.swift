import DescentCurvature

/// A symmetric matrix with a spectrum of our choosing: Q·diag(λ)·Q with the reflection Q = 1 − 2·w·wᵀ.
struct KnownMatrix<Scalar: BinaryFloatingPoint & Sendable>: SymmetricOperator {
  let eigenvalues: [Double]
  let mirror: [Double]
  private(set) var products = 0
  var count: Int { eigenvalues.count }

  init(_ eigenvalues: [Double]) {
    self.eigenvalues = eigenvalues
    let raw = eigenvalues.indices.map { 1 + 0.37 * Double(($0 * 7919) % 13) }
    let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    mirror = raw.map { $0 / norm }
  }

  func reflected(_ x: [Double]) -> [Double] {
    let along = 2 * zip(mirror, x).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(x, mirror).map { $0 - along * $1 }
  }

  /// The eigenvector to `eigenvalues[index]`.
  func eigenvector(_ index: Int) -> [Double] { reflected(eigenvalues.indices.map { $0 == index ? 1 : 0 }) }

  mutating func apply(_ vector: [Scalar], into product: inout [Scalar]) {
    products += 1
    let inner = zip(eigenvalues, reflected(vector.map { Double($0) })).map { $0 * $1 }
    for (i, value) in reflected(inner).enumerated() { product[i] = Scalar(value) }
  }
}
