public import DescentCore

/// Sharpness of one slice of the parameters with all others held still.
public struct LayerCurvature: Sendable, Hashable {
  public var name: String
  /// The largest eigenvalue of the slice's block of the Hessian: never above the whole's, which may lie far above all.
  public var sharpness: Double
  public var residual: Double
  public var products: Int
  public var converged: Bool

  /// The blocks of all trainable slices of a layout, at one point.
  ///
  /// - Parameters:
  ///   - objective: the loss over all rows.
  ///   - point: its parameters.
  ///   - layout: its slices.
  ///   - tolerance: of the eigenvalue solver.
  /// - Throws: ``CurvatureError`` if the layout is another's; what the objective throws.
  public static func measure<Scalar: BinaryFloatingPoint & Sendable>(
    _ objective: any Objective<Scalar>, at point: [Scalar], layout: ParameterLayout, tolerance: Double = 1e-2
  ) throws -> [LayerCurvature] {
    guard layout.trainableCount == point.count, objective.parameterCount == point.count else {
      throw CurvatureError(
        .unfit,
        "The layout has \(layout.trainableCount) trainable elements, the objective \(objective.parameterCount) and "
          + "the point \(point.count).")
    }
    let hessian = try HessianOperator(objective, at: point)
    return try layout.trainable.filter { $0.count > 0 }.map { slice in
      var block = BlockOperator(hessian, range: slice.range)
      var lanczos = Lanczos<Scalar>(Lanczos<Scalar>.Settings(tolerance: tolerance))
      let pairs = try lanczos.solve(&block)
      return LayerCurvature(
        name: slice.name, sharpness: pairs.values[0], residual: pairs.residuals[0], products: pairs.products,
        converged: pairs.converged)
    }
  }
}
