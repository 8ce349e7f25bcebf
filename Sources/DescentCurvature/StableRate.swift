public import DescentCore

extension StabilityModel {
  /// The largest rate that is stable under a sharpness: the one whose threshold is equal to it. 2/λ₁ for plain gradient
  /// descent.
  ///
  /// A start that is safe, not a ceiling: where the curvature falls in the course of a training, as with a cross-entropy
  /// loss, rates of many times as much train well.
  ///
  /// - Parameter sharpness: λ₁ of the Hessian, or of P⁻¹·H for a rule that rescales.
  /// - Returns: nil for a sharpness that is not above 0, and for rules whose threshold no rate between 10⁻³⁰ and 10³⁰
  ///   reaches.
  public func stableRate(forSharpness sharpness: Double) -> Double? {
    guard sharpness > 0, sharpness.isFinite else { return nil }
    var (low, high) = (1e-30, 1e30)
    guard stabilityThreshold(learningRate: low) >= sharpness, stabilityThreshold(learningRate: high) < sharpness else {
      return nil
    }
    // Thresholds fall as the rate grows. Bisects the logarithm, to the last bits.
    for _ in 0..<80 {
      let middle = (low * high).squareRoot()
      if stabilityThreshold(learningRate: middle) >= sharpness { low = middle } else { high = middle }
    }
    return low
  }
}
