public import DescentCore

/// What one run of a comparison came to. A run that diverged is a result as any other.
public struct RunOutcome: Sendable, Hashable, Codable {
  /// A validation loss on the way.
  public struct Point: Sendable, Hashable, Codable {
    /// Steps made by then.
    public var step: Int
    public var loss: Double

    public init(step: Int, loss: Double) {
      self.step = step
      self.loss = loss
    }
  }

  /// What runs are ranked by: the validation loss after the last step (without validation rows the mean mini-batch loss of
  /// the last quarter); infinite if the run diverged.
  public var loss: Double
  /// The same before the first step.
  public var initialLoss: Double
  /// On the test part, never chosen by; nil if the run diverged, the part has no rows, or it was not asked for.
  public var test: Evaluation?
  /// On the training part; as ``test``.
  public var train: Evaluation?
  /// Validation losses (or mini-batch losses, see ``loss``) at even distances, the last one among them; empty if they were
  /// not asked for.
  public var curve: [Point] = []
  /// Sudden excursions of the mini-batch loss, by `LossSpikeDetector`'s measure.
  public var spikes = 0
  /// The zero-based step at which it diverged; nil if it did not.
  public var divergedAt: Int?

  public var diverged: Bool { divergedAt != nil }

  /// What it counts as in means and tests: a run that blew up, or ended above where it began, made no progress.
  public var countedLoss: Double { min(loss, initialLoss) }

  /// Steps after which the loss of the ``curve`` first was at a target or under it; nil if it never was.
  public func steps(to target: Double) -> Int? { curve.first { $0.loss <= target }?.step }
}
