/// What is known of a step between its gradient and its update.
public struct GradientFacts: Sendable, Hashable {
  /// The mini-batch loss.
  public var loss: Double
  /// ‖g‖², before clipping.
  public var squaredNorm: Double
  /// The dot product with the gradient of the step before; nil for the first step.
  public var dotWithPrevious: Double?

  public init(loss: Double, squaredNorm: Double, dotWithPrevious: Double? = nil) {
    self.loss = loss
    self.squaredNorm = squaredNorm
    self.dotWithPrevious = dotWithPrevious
  }
}

/// A trainee that tells of a step's gradient before it makes the update, so that the rate can depend on it.
public protocol GradientAware: Trainee {
  /// Measures the gradient of the next mini-batch, asks for the request, and takes the step.
  ///
  /// - Parameter request: called once, with what is known by then.
  /// - Throws: as ``Trainee/step(_:)``.
  mutating func step(asking request: (GradientFacts) -> StepRequest) throws -> StepReport
}
