public import DescentCore

/// The largest eigenvalues of a Hessian at one point, and what to beware of.
public struct SharpnessMeasurement<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  /// Loss at the point.
  public var loss: Double
  /// Of the Hessian, or of P⁻¹·H where there is a preconditioner P (the eigenvectors are those of P^−½·H·P^−½).
  public var eigenpairs: Eigenpairs<Scalar>
  public var warnings: [CurvatureWarning]

  /// λ₁.
  public var sharpness: Double { eigenpairs.values[0] }
}

/// Measures sharpness, the largest eigenvalues of a loss's Hessian, again and again in the course of a training.
///
/// The first measurement evaluates the loss twice to see that it is a fixed function, and, where products are differences
/// of gradients, whether it is smooth enough for them; so does every tenth. Later solves begin where the last ended.
public struct SharpnessMeter<Scalar: BinaryFloatingPoint & Sendable> {
  public private(set) var lanczos: Lanczos<Scalar>
  private var measurements = 0
  private var isNotSmooth: Double?

  /// - Parameter settings: of the eigenvalue solver.
  public init(_ settings: Lanczos<Scalar>.Settings = Lanczos<Scalar>.Settings()) { lanczos = Lanczos(settings) }

  /// The top of the spectrum at `point`.
  ///
  /// - Parameters:
  ///   - objective: the loss over all rows.
  ///   - point: its parameters.
  ///   - preconditioner: the diagonal P of an adaptive rule; nil: none.
  /// - Throws: ``CurvatureError`` if the loss is not deterministic or not finite, or sizes do not fit; what the objective
  ///   throws.
  public mutating func measure(
    _ objective: any Objective<Scalar>, at point: [Scalar], preconditioner: [Double]? = nil
  ) throws -> SharpnessMeasurement<Scalar> {
    let count = objective.parameterCount
    guard point.count == count, preconditioner?.count ?? count == count else {
      throw CurvatureError(
        .unfit,
        "The objective has \(count) parameters, the point \(point.count), the preconditioner "
          + "\(preconditioner?.count ?? count).")
    }
    let isChecked = measurements % 10 == 0
    if isChecked { try objective.checkIsDeterministic(at: point) }
    var hessian = try HessianOperator(objective, at: point)
    if isChecked, !hessian.isExact {
      let difference = try objective.dependenceOnDifferenceStep(at: point)
      isNotSmooth = difference > 0.05 ? difference : nil
    }
    let pairs: Eigenpairs<Scalar>
    if let preconditioner {
      var scaled = PreconditionedOperator(hessian, diagonal: preconditioner)
      pairs = try lanczos.solve(&scaled)
    } else {
      pairs = try lanczos.solve(&hessian)
    }
    measurements += 1
    return SharpnessMeasurement(loss: hessian.loss, eigenpairs: pairs, warnings: warnings(pairs, objective.facts))
  }

  private func warnings(_ pairs: Eigenpairs<Scalar>, _ facts: ObjectiveFacts) -> [CurvatureWarning] {
    var result: [CurvatureWarning] = []
    if let rows = facts.rows, let all = facts.rowsInAll, rows < all { result.append(.miniBatch(rows: rows, of: all)) }
    if facts.usesBatchStatistics { result.append(.batchStatistics) }
    if let isNotSmooth { result.append(.notSmooth(difference: isNotSmooth)) }
    let largest = pairs.values[0]
    if -pairs.oppositeBound > abs(largest) || largest < 0 {
      result.append(.negativeCurvature(smallest: pairs.oppositeBound, largest: largest))
    }
    if !pairs.converged {
      let worst = pairs.residuals.indices.max { pairs.residuals[$0] < pairs.residuals[$1] } ?? 0
      result.append(
        .notConverged(value: pairs.values[worst], residual: pairs.residuals[worst], products: pairs.products))
    }
    return result
  }
}
