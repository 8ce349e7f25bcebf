/// What is known of one update, as a controller sees it.
///
/// The figures belong to the parameters before the update, as a training loop has them anyway. What a loop does not know
/// stays nil; ``Controller/needs`` says what a controller cannot do without.
public struct Observation: Sendable, Hashable, Codable {
  /// The update, from 0.
  public var step: Int
  /// The mini-batch loss; may be infinite or not a number.
  public var loss: Double
  /// The figure that says how good the model is (a validation loss, an accuracy), where it was measured at this step.
  public var metric: Double?
  /// ‖g‖², the squared Euclidean norm of the gradient.
  public var gradientSquaredNorm: Double?
  /// gₜ·gₜ₋₁, the dot product with the gradient of the update before.
  public var gradientDot: Double?
  /// The schedule's rate for this update, without the multiplier (default 1: the multiplier is the rate itself). Bounds
  /// on the rate itself and the hypergradient's β are measured by it.
  public var scheduledRate: Double

  public init(
    step: Int, loss: Double, metric: Double? = nil, gradientSquaredNorm: Double? = nil, gradientDot: Double? = nil,
    scheduledRate: Double = 1
  ) {
    self.step = step
    self.loss = loss
    self.metric = metric
    self.gradientSquaredNorm = gradientSquaredNorm
    self.gradientDot = gradientDot
    self.scheduledRate = scheduledRate
  }
}
