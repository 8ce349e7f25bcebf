/// What the learning rate of a step is to a rule.
public enum RateMeaning: Sendable, Hashable {
  /// What multiplies the rule's step, in parameter units per unit of it: to be found and scheduled.
  case stepSize
  /// A pure number on a rate that the rule finds itself; 1 unless a schedule lowers it.
  case multiplier
  /// The most that the rule's own step size may be.
  case bound
}

extension OptimizerSpec {
  /// What a step's learning rate is to this rule; a wrapper's unless it leaves the question to the rule inside.
  public var rateMeaning: RateMeaning { rule.rateMeaning }
}
