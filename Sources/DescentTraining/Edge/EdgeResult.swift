public import DescentCore
public import DescentCurvature

/// What a tracked training has shown so far, after one of its steps.
public struct EdgeProgress: Sendable {
  /// The step just made, from 0.
  public var step: Int
  /// Its loss before the update; of mini-batches that of the batch.
  public var loss: Double
  /// Its learning rate.
  public var learningRate: Double
  /// What was measured before the step, if anything.
  public var measurement: EdgeMeasurement?
}

/// Batch Sharpness at one step.
public struct BatchSharpnessPoint: Sendable, Hashable, Codable {
  public var step: Int
  /// E over batches of gᵀ·H_B·g/‖g‖².
  public var value: Double
  /// η of the step.
  public var learningRate: Double

  /// The value over 2/η, which it approaches in training by mini-batches without momentum.
  public var ratio: Double { value * learningRate / 2 }
}

/// A training whose sharpness was tracked.
public struct EdgeResult: Sendable {
  /// Measurements, events, verdict and figures.
  public var record = EdgeRecord()
  /// The loss of every step, before its update; of mini-batches those of the batches.
  public var losses: [Double] = []
  /// Of mini-batches under a rule that rescales nothing; empty for others.
  public var batchSharpness: [BatchSharpnessPoint] = []
  /// The update rule's threshold at the rate of the last step; infinite for rules that have none, or
  /// one for another matrix than is measured (Shampoo, SOAP).
  public var threshold = Double.infinity
  /// Where and why it diverged; nil if it did not.
  public var divergence: Divergence?
  /// Whether it was stopped before its last step.
  public var isInterrupted = false
  /// Steps whose gradient was clipped.
  public var clippedSteps = 0
  /// Hessian products spent on full-batch sharpness.
  public var products = 0
  /// Wall time of training and measuring.
  public var seconds = 0.0
  /// That of the measurements.
  public var measuringSeconds = 0.0
  /// What to beware of, each once.
  public var warnings: [String] = []
}
