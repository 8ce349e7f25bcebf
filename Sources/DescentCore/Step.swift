/// What a caller asks of one optimizer step.
public struct StepRequest: Sendable, Hashable {
  /// The learning rate η of this step, in parameter units per update unit.
  public var learningRate: Double
  /// Values that replace the optimizer's own settings for this step only (momentum, weight decay, …).
  public var overrides: [Hyperparameter: Double]
  /// Factors on the learning rate by parameter-group name; a group not named here uses 1.
  public var groupFactors: [String: Double]
  /// Values for this step only of single parameter groups by name, over ``overrides``; a `learningRate` among them takes
  /// the place of ``learningRate`` there, before factors.
  public var groupOverrides: [String: [Hyperparameter: Double]]

  public init(
    learningRate: Double,
    overrides: [Hyperparameter: Double] = [:],
    groupFactors: [String: Double] = [:],
    groupOverrides: [String: [Hyperparameter: Double]] = [:]
  ) {
    self.learningRate = learningRate
    self.overrides = overrides
    self.groupFactors = groupFactors
    self.groupOverrides = groupOverrides
  }
}

/// What one optimizer step says happened.
///
/// Numbers that are outcomes (a loss that is not finite) are values here, never errors.
public struct StepReport: Sendable, Hashable {
  /// The mini-batch loss before the update, in the loss's own unit.
  public var loss: Double
  /// The Euclidean norm of the gradient before clipping, where the trainee knows it.
  public var gradientNorm: Double?
  /// The Euclidean norm of the parameters after the update, where the trainee knows it.
  public var parameterNorm: Double?
  /// What clipping left of the gradient's norm, 0…1, and 1 where it did not bite; nil for a trainee that does not clip.
  public var clipFactor: Double?
  /// The dot product of this step's gradient with that of the step before, where the trainee was asked for it.
  public var gradientDot: Double?
  /// The rate that the optimizer found itself and used in this step (Prodigy's d·η, Polyak's step, …); nil where it takes
  /// the one it is given.
  public var foundRate: Double?
  /// What was measured besides, at the few steps where a trainee does so.
  public var health: StepHealth?

  public init(
    loss: Double, gradientNorm: Double? = nil, parameterNorm: Double? = nil, clipFactor: Double? = nil,
    gradientDot: Double? = nil, foundRate: Double? = nil, health: StepHealth? = nil
  ) {
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.parameterNorm = parameterNorm
    self.clipFactor = clipFactor
    self.gradientDot = gradientDot
    self.foundRate = foundRate
    self.health = health
  }

  /// True if every number of the report is finite.
  public var isFinite: Bool {
    loss.isFinite && (gradientNorm?.isFinite ?? true) && (parameterNorm?.isFinite ?? true)
  }
}
