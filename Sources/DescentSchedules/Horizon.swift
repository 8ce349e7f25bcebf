/// The run that a schedule is laid over: how many updates, and what an epoch and an update are worth.
public struct Horizon: Sendable, Hashable, Codable {
  /// Optimizer updates in the run, at least 1.
  public var steps: Int
  /// Updates in one epoch; needed by lengths in epochs (`5ep`).
  public var stepsPerEpoch: Int?
  /// Tokens seen by one update; needed by lengths in tokens (`1000000tok`).
  public var tokensPerStep: Int?

  public init(steps: Int, stepsPerEpoch: Int? = nil, tokensPerStep: Int? = nil) {
    self.steps = steps
    self.stepsPerEpoch = stepsPerEpoch
    self.tokensPerStep = tokensPerStep
  }
}
