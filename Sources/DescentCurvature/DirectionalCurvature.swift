extension SymmetricOperator {
  /// dᵀ·A·d/dᵀ·d: the curvature along d, for one product. Nil for d = 0.
  ///
  /// Along the gradient it is far below the sharpness before the edge of stability, and close to it at the edge.
  ///
  /// - Parameter direction: d, `count` elements.
  public mutating func curvature(along direction: [Scalar]) throws -> Double? {
    let squares = dot(direction, direction)
    guard squares > 0 else { return nil }
    var product = direction
    try apply(direction, into: &product)
    return dot(direction, product) / squares
  }
}

/// The curvature along the last step, sᵀ·y/sᵀ·s with s the change of the parameters and y that of the gradient on the same
/// rows. It costs nothing beyond the training.
///
/// An alarm, not a distance: at the edge of stability it is within some percent of the sharpness, long before it far below.
public struct SecantCurvature<Scalar: BinaryFloatingPoint & Sendable> {
  private var lastPoint: [Scalar] = []
  private var lastGradient: [Scalar] = []
  private var step: [Scalar] = []
  private var change: [Scalar] = []

  public init() {}

  /// Takes in the next point and its full-batch gradient.
  ///
  /// - Parameters:
  ///   - point: parameters before a step.
  ///   - gradient: the gradient there.
  /// - Returns: the curvature along the step that led here; nil at first, and where nothing moved.
  public mutating func observe(point: [Scalar], gradient: [Scalar]) -> Double? {
    guard lastPoint.count == point.count, gradient.count == point.count, !point.isEmpty else {
      (lastPoint, lastGradient, step, change) = (point, gradient, point, gradient)
      return nil
    }
    assign(1, times: point, to: &step)
    add(-1, times: lastPoint, to: &step)
    assign(1, times: gradient, to: &change)
    add(-1, times: lastGradient, to: &change)
    assign(1, times: point, to: &lastPoint)
    assign(1, times: gradient, to: &lastGradient)
    let squares = dot(step, step)
    return squares > 0 ? dot(step, change) / squares : nil
  }
}

/// The curvature along the last step of plain gradient descent from numbers that a step reports: (1 − g·g′/‖g‖²)/η.
///
/// - Parameters:
///   - learningRate: η of the step from g to g′, above 0.
///   - previousSquaredNorm: ‖g‖² before it.
///   - gradientDot: g·g′, the product of both gradients.
/// - Returns: nil where g is zero.
public func secantCurvature(learningRate: Double, previousSquaredNorm: Double, gradientDot: Double) -> Double? {
  guard previousSquaredNorm > 0, learningRate > 0 else { return nil }
  return (1 - gradientDot / previousSquaredNorm) / learningRate
}

/// Whether a secant curvature says that the rate is at the edge: at 80 % of the threshold or above, which it reaches at the
/// edge alone.
///
/// - Parameters:
///   - secant: curvature along the last step.
///   - threshold: of the rule at the rate in use.
public func isSecantAlarm(_ secant: Double, threshold: Double) -> Bool { secant >= 0.8 * threshold }
