internal import CDescentKernels
internal import CLapack

/// Factorisations of square row-major matrices without gaps, by LAPACK, on the calling thread only.
///
/// Their workspace is memory of the calling thread, kept for the next call; sides up to 16 384. All return false where
/// LAPACK does not converge (a matrix with numbers that are not finite), leaving anything in the matrix.
public enum Factorisation {
  /// Eigenvalues of a symmetric matrix, ascending; row i of `matrix` becomes the unit eigenvector of value i.
  ///
  /// Only the lower triangle is read. By divide and conquer (`syevd`).
  @discardableResult
  public static func eigen(
    _ matrix: UnsafeMutablePointer<Double>, size: Int, values: UnsafeMutablePointer<Double>
  ) -> Bool {
    clapack_eigen_f64(size, matrix, values, workspace(clapack_eigen_workspace(size))) == 0
  }

  /// The same in single precision.
  @discardableResult
  public static func eigen(
    _ matrix: UnsafeMutablePointer<Float>, size: Int, values: UnsafeMutablePointer<Float>
  ) -> Bool {
    clapack_eigen_f32(size, matrix, values, workspace(clapack_eigen_workspace(size))) == 0
  }

  /// Replaces the rows by orthonormal ones, each from the span of itself and those above it: Qᵀ of the QR factorisation
  /// of the transpose by Householder reflections (`geqrf`, `orgqr`), with LAPACK's signs.
  @discardableResult
  public static func orthonormaliseRows(_ matrix: UnsafeMutablePointer<Double>, size: Int) -> Bool {
    clapack_orthonormalise_f64(size, matrix, workspace(clapack_orthonormalise_workspace(size))) == 0
  }

  /// The same in single precision.
  @discardableResult
  public static func orthonormaliseRows(_ matrix: UnsafeMutablePointer<Float>, size: Int) -> Bool {
    clapack_orthonormalise_f32(size, matrix, workspace(clapack_orthonormalise_workspace(size))) == 0
  }

  private static func workspace<Scalar>(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    dk_thread_scratch(UInt(max(1, count) * MemoryLayout<Scalar>.stride)).assumingMemoryBound(to: Scalar.self)
  }
}
