public import DescentCore

/// What the steps of mini-batch gradient descent feel: E over batches B of gᵀ·H_B·g/‖g‖², g being the gradient on B.
///
/// Where full-batch sharpness settles below 2/η, this one is what approaches it.
///
/// - Source: Andreyev & Beneventano 2024 (arXiv:2412.20553).
public struct BatchSharpness: Sendable, Hashable {
  /// The mean of the ratios.
  public var mean: Estimate
  /// The ratio of the means, E[gᵀ·H_B·g]/E[‖g‖²], which single small gradients cannot upset.
  public var ratioOfMeans: Double
  /// Whether the relative standard error met the tolerance.
  public var converged: Bool

  /// Measures batch after batch until the standard error is small enough.
  ///
  /// - Parameters:
  ///   - objective: the loss by batches; they are taken from number 0 on, each once.
  ///   - point: parameters.
  ///   - tolerance: relative standard error to stop at.
  ///   - batches: numbers of batches to stop at, at the least and at the most.
  /// - Throws: ``CurvatureError`` if a gradient is not finite, or all are zero; what the objective throws.
  public static func measure<Scalar: BinaryFloatingPoint & Sendable>(
    _ objective: any StochasticObjective<Scalar>, at point: [Scalar], tolerance: Double = 5e-3,
    batches: ClosedRange<Int> = 10...1000
  ) throws -> BatchSharpness {
    var (gradient, product) = (point, point)
    var ratios = RunningMean()
    var (numerator, denominator) = (0.0, 0.0)
    for index in 0..<min(batches.upperBound, objective.batchCount) {
      let loss = try objective.gradient(ofBatch: index, at: point, into: &gradient)
      let squares = dot(gradient, gradient)
      guard loss.isFinite, squares.isFinite else {
        throw CurvatureError(.notFinite, "The loss or gradient of batch \(index) is not finite.")
      }
      // A batch that is fitted exactly does not move the parameters.
      guard squares > 0 else { continue }
      var linearization = try objective.linearized(batch: index, at: point)
      try linearization.hessianProduct(gradient, into: &product)
      let along = dot(gradient, product)
      ratios.add(along / squares)
      numerator += along
      denominator += squares
      if ratios.count >= batches.lowerBound, ratios.estimate.relativeError <= tolerance { break }
    }
    guard denominator > 0 else { throw CurvatureError(.unfit, "The gradients of all batches are zero.") }
    let mean = ratios.estimate
    return BatchSharpness(
      mean: mean, ratioOfMeans: numerator / denominator, converged: mean.relativeError <= tolerance)
  }
}
