internal import DescentRandom

/// The Lanczos method for eigenvalues at one end of a spectrum, with memory from solve to solve.
///
/// Each product adds a vector to an orthonormal basis of the Krylov space; the eigenvalues of the matrix projected on it
/// (Ritz values) approach those at the ends of the spectrum first. New vectors are made orthogonal to all others
/// twice, so no eigenvalue shows up as several. It stops when the residuals ‖A·u − λ·u‖, which cost nothing, are at most
/// `tolerance`·|λ|. A full basis is replaced by its best Ritz vectors (thick restart).
///
/// Successive solves of matrices that change little begin with the eigenvectors of the one before (``isWarm``): some
/// four products instead of fifteen. Buffers are kept: a product allocates nothing.
///
/// - Source: Lanczos 1950; Parlett, "The Symmetric Eigenvalue Problem", ch. 13; Wu & Simon, SIAM J. Matrix Anal. Appl. 22
///   (2000), section 2, for the restart.
public struct Lanczos<Scalar: BinaryFloatingPoint & Sendable> {
  /// How to solve.
  public struct Settings: Sendable, Hashable {
    /// Eigenpairs wanted, at least 1.
    public var count: Int
    public var end: SpectrumEnd
    /// Largest residual over |λ|. An eigenvalue's error is about its square over the relative gap to the next.
    public var tolerance: Double
    /// Products after which a solve gives up; the result then says that it has not converged.
    public var maximumProducts: Int
    /// Vectors kept, each as long as the parameters.
    public var basisSize: Int
    /// Chooses the starting vector of the first solve.
    public var seed: UInt64

    /// - Parameters:
    ///   - count: eigenpairs wanted, at least 1.
    ///   - end: of the spectrum.
    ///   - tolerance: largest residual over |λ|.
    ///   - maximumProducts: products after which a solve gives up.
    ///   - basisSize: vectors kept; by default `count` and 30 more.
    ///   - seed: chooses the starting vector.
    public init(
      count: Int = 1, end: SpectrumEnd = .largest, tolerance: Double = 1e-2, maximumProducts: Int = 300,
      basisSize: Int? = nil, seed: UInt64 = 0
    ) {
      self.count = max(1, count)
      self.end = end
      self.tolerance = tolerance
      self.maximumProducts = max(1, maximumProducts)
      self.basisSize = max(basisSize ?? self.count + 30, self.count + 3)
      self.seed = seed
    }
  }

  public let settings: Settings
  /// Eigenvectors of the last solve; empty before the first. Setting them gives the next solve its start.
  public var start: [[Scalar]] = []
  private var krylov: KrylovBasis<Scalar>?

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Whether the next solve begins with eigenvectors of an earlier one.
  public var isWarm: Bool { !start.isEmpty }

  /// The eigenpairs at the end of the spectrum of `matrix`.
  ///
  /// - Parameter matrix: only its products are used.
  /// - Returns: as many pairs as asked for, fewer only where the matrix has fewer rows.
  /// - Throws: ``CurvatureError`` for a product that is not finite; what the matrix throws.
  public mutating func solve(_ matrix: inout some SymmetricOperator<Scalar>) throws -> Eigenpairs<Scalar> {
    let n = matrix.count
    guard n > 0 else { throw CurvatureError(.unfit, "There are no parameters to measure curvature over.") }
    let wanted = min(settings.count, n)
    var basis = krylov ?? KrylovBasis<Scalar>(length: n, capacity: min(settings.basisSize, n), seed: settings.seed)
    if basis.length != n { basis = KrylovBasis(length: n, capacity: min(settings.basisSize, n), seed: settings.seed) }
    krylov = nil
    basis.begin(with: start.filter { $0.count == n })
    let sign = settings.end == .largest ? 1.0 : -1.0
    var products = 0
    // An old eigenvector may by now be a neighbour of the one sought, and looks converged: the third product shows it.
    var fewest = isWarm ? 3 : 1
    var hasLookedElsewhere = false
    while true {
      try basis.extend(by: &matrix, sign: sign)
      products += 1
      // What was found may lie inside the spectrum or be one of several equal ones: look elsewhere too, once, since a
      // matrix of low rank comes to this again and again.
      if basis.isInvariant, !hasLookedElsewhere {
        fewest = products + 8
        hasLookedElsewhere = true
      }
      let ritz = basis.ritz()
      let exhausted = basis.size == n
      let found = min(wanted, basis.size)
      let residuals = (0..<found).map { exhausted ? 0 : basis.residual(ritz, $0) }
      let floor = 8 * epsilon(of: Scalar.self) * max(abs(ritz.values[0]), abs(ritz.values[ritz.count - 1]))
      let isEnough =
        found == wanted && products >= fewest
        && (0..<found).allSatisfy {
          residuals[$0] <= max(settings.tolerance * abs(ritz.values[ritz.count - 1 - $0]), floor)
        }
      if isEnough || exhausted || products == settings.maximumProducts {
        let vectors = basis.vectors(ritz, count: found)
        start = vectors
        krylov = basis
        return Eigenpairs(
          values: (0..<found).map { sign * ritz.values[ritz.count - 1 - $0] }, residuals: residuals, vectors: vectors,
          products: products, converged: isEnough || exhausted, oppositeBound: sign * ritz.values[0])
      }
      if basis.isFull { basis.restart(ritz, keeping: min(wanted + 8, basis.size - 2)) }
    }
  }
}
