/// Eigenvalues at one end of a spectrum with their eigenvectors, and what is known of their errors.
public struct Eigenpairs<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// The eigenvalues, from the end of the spectrum inwards.
  public var values: [Double]
  /// ‖A·u − λ·u‖ of each: some eigenvalue is no further from λ than this.
  public var residuals: [Double]
  /// Eigenvectors of norm 1, one for each value.
  public var vectors: [[Scalar]]
  /// Products with the matrix that were spent.
  public var products: Int
  /// Whether every residual met the tolerance.
  public var converged: Bool
  /// The outermost Ritz value at the other end: for the largest eigenvalues a bound that the smallest does not exceed. A
  /// by-product; solve for the other end to know it.
  public var oppositeBound: Double

  public init(
    values: [Double], residuals: [Double], vectors: [[Scalar]], products: Int, converged: Bool, oppositeBound: Double
  ) {
    self.values = values
    self.residuals = residuals
    self.vectors = vectors
    self.products = products
    self.converged = converged
    self.oppositeBound = oppositeBound
  }
}

/// An end of the spectrum of a symmetric matrix.
public enum SpectrumEnd: Sendable, Hashable {
  /// The algebraically largest eigenvalues: what stability depends on.
  case largest
  /// The algebraically smallest: how negative the curvature is.
  case smallest
}
