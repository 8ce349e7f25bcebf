public import DescentCore

/// The simple gradient noise scale B = tr Σ/‖G‖²: the batch size at which noise and gradient weigh the same. Much below it
/// a larger batch saves steps in proportion; much above it saves none.
///
/// - Source: McCandlish, Kaplan & Amodei 2018 (arXiv:1812.06162), section 2.2 and appendix A.1.
public struct GradientNoiseScale: Sendable, Hashable {
  /// B in rows, with the jackknife's standard error over batches; not positive where the gradient drowns in the noise.
  public var scale: Estimate
  /// tr Σ, the variance of one row's gradient summed over parameters.
  public var noise: Double
  /// ‖G‖², free of bias.
  public var squaredGradient: Double

  /// Estimates it from the gradients of some batches: their mean stands for a large batch, each for a small one.
  ///
  /// Costs two gradients a batch.
  ///
  /// - Parameters:
  ///   - objective: the loss by batches, of independent rows.
  ///   - batchSize: rows in each.
  ///   - point: parameters.
  ///   - batches: how many to use, at least 2.
  /// - Throws: ``CurvatureError`` with fewer than two batches or gradients that are not finite; what the objective throws.
  public static func measure<Scalar: BinaryFloatingPoint & Sendable>(
    _ objective: any StochasticObjective<Scalar>, batchSize: Int, at point: [Scalar], batches: Int = 64
  ) throws -> GradientNoiseScale {
    let count = min(batches, objective.batchCount)
    guard count > 1 else {
      throw CurvatureError(.unfit, "The noise scale needs two batches or more, not \(count).")
    }
    let (k, rows) = (Double(count), Double(batchSize))
    var (gradient, mean) = (point, [Scalar](repeating: 0, count: point.count))
    var squares = [Double](repeating: 0, count: count)
    for index in 0..<count {
      _ = try objective.gradient(ofBatch: index, at: point, into: &gradient)
      squares[index] = dot(gradient, gradient)
      add(1 / k, times: gradient, to: &mean)
    }
    let squaredMean = dot(mean, mean)
    guard squaredMean.isFinite else { throw CurvatureError(.notFinite, "The gradient of a batch is not finite.") }
    // Leaving one batch out needs only its product with the mean.
    var left: [Double] = []
    let sum = squares.reduce(0, +)
    for index in 0..<count where count > 2 {
      _ = try objective.gradient(ofBatch: index, at: point, into: &gradient)
      let others = (k * k * squaredMean - 2 * k * dot(mean, gradient) + squares[index]) / ((k - 1) * (k - 1))
      left.append(scale(meanSquare: (sum - squares[index]) / (k - 1), squaredMean: others, k - 1, rows).scale)
    }
    let whole = scale(meanSquare: sum / k, squaredMean: squaredMean, k, rows)
    var error: Double?
    if !left.isEmpty {
      let middle = left.reduce(0, +) / k
      error = ((k - 1) / k * left.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }).squareRoot()
    }
    return GradientNoiseScale(
      scale: Estimate(value: whole.scale, standardError: error, draws: count), noise: whole.noise,
      squaredGradient: whole.squaredGradient)
  }

  /// The unbiased ‖G‖² and tr Σ from the mean of ‖g‖² over k batches and ‖mean of g‖².
  private static func scale(
    meanSquare: Double, squaredMean: Double, _ k: Double, _ rows: Double
  ) -> (scale: Double, noise: Double, squaredGradient: Double) {
    let noise = rows * k / (k - 1) * (meanSquare - squaredMean)
    let squaredGradient = squaredMean - noise / (k * rows)
    return (noise / squaredGradient, noise, squaredGradient)
  }
}
