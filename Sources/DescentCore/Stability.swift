/// What an update rule says about the curvature it stays stable under.
public protocol StabilityModel: Sendable {
  /// The largest eigenvalue of the (preconditioned) Hessian for which the rule is stable on a quadratic.
  ///
  /// - Parameter learningRate: η > 0.
  /// - Returns: the threshold, in loss units per squared parameter unit (2/η for plain gradient descent).
  func stabilityThreshold(learningRate: Double) -> Double
}

/// What an update rule says about how it rescales each parameter.
public protocol Preconditioner: Sendable {
  /// The diagonal P of the live state, so that the rule acts on P⁻¹·g; nil if it rescales nothing.
  func preconditioner() -> [Double]?

  /// Whether the rule rescales at all, also before its first step, when there is no P yet (default: whether there is one).
  var rescales: Bool { get }
}

extension Preconditioner {
  public var rescales: Bool { preconditioner() != nil }
}
