/// Why a measured curvature may not mean what it seems to. The measurement stands; say so beside it.
public enum CurvatureWarning: Sendable, Hashable, CustomStringConvertible {
  /// The loss is of a part of the data, whose largest eigenvalue is well above the whole's.
  case miniBatch(rows: Int, of: Int)
  /// Batch normalisation takes the statistics of the rows at hand.
  case batchStatistics
  /// Differences of gradients at two step sizes disagree by this share.
  case notSmooth(difference: Double)
  /// The smallest eigenvalue, which is at most this, exceeds the largest in size.
  case negativeCurvature(smallest: Double, largest: Double)
  /// The eigenvalue may be off by as much as the residual.
  case notConverged(value: Double, residual: Double, products: Int)

  public var description: String {
    switch self {
    case .miniBatch(let rows, let all):
      "The curvature is that of \(rows) of \(all) rows, which over-estimates the sharpness of the whole; measure over all "
        + "rows, or take the Batch Sharpness."
    case .batchStatistics:
      "Batch normalisation is in training mode, so rows depend on each other and the curvature on how they are divided; "
        + "measure with running statistics, or over one batch."
    case .notSmooth(let difference):
      "The loss is not smooth here: products at two step sizes differ by \(percent(difference)), so curvature by "
        + "differences of gradients is unreliable; use exact products or a smooth activation."
    case .negativeCurvature(let smallest, let largest):
      "The smallest eigenvalue, at most \(short(smallest)), is larger in size than the largest, \(short(largest)): the "
        + "loss curves down more than up, and the largest alone says little about stability."
    case .notConverged(let value, let residual, let products):
      "The eigenvalue \(short(value)) has not converged after \(products) products and may be off by "
        + "\(short(residual)); allow more products or a larger tolerance."
    }
  }
}

private func percent(_ share: Double) -> String { share.isFinite ? "\((share * 1000).rounded() / 10) %" : "any amount" }

/// Four significant digits.
private func short(_ x: Double) -> String {
  guard x.isFinite, x != 0 else { return "\(x)" }
  var scale = 1.0
  while abs(x) * scale < 1000 { scale *= 10 }
  while abs(x) * scale >= 10000 { scale /= 10 }
  return "\((x * scale).rounded() / scale)"
}
