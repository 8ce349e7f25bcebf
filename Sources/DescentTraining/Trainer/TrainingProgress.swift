public import DescentCore

/// What an observer of a run sees after every step.
public struct TrainingProgress: Sendable, Hashable {
  /// Zero-based step just made, of `steps`. After a backoff it begins again further down.
  public var step: Int
  public var steps: Int
  public var rate: Double
  public var report: StepReport
  /// The validation part, where it was measured after this step.
  public var validation: Evaluation?
}
