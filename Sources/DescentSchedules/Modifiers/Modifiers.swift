/// What is done to a whole schedule, in one fixed order, so that the order in which it is asked for cannot change the
/// result: time first (stretch, offset, delay), then what comes after the end, jitter, and last the bounds.
public struct Modifiers: Sendable, Hashable {
  /// How many times as long everything lasts that is given in steps, epochs or tokens; above 0.
  public var stretch: Double = 1
  /// How far into the schedule the run begins.
  public var offset: Length?
  /// How long the first rate is held before the schedule begins.
  public var delay: Length?
  /// What follows the last piece.
  public var after: AfterEnd = .hold
  /// Seeded noise, nil: none.
  public var jitter: Jitter?
  /// No rate is lower than this, nil: no bound.
  public var floor: Level?
  /// No rate is higher than this, nil: no bound.
  public var ceiling: Level?

  public init() {}

  var changesTime: Bool { stretch != 1 || offset != nil || delay != nil || after == .repeat }

  var problem: String? {
    if !(stretch.isFinite && stretch > 0) { return "a stretch must be above x0, it is x\(number(stretch))" }
    return offset?.problem ?? delay?.problem ?? jitter?.problem ?? floor?.problem ?? ceiling?.problem
  }
}

/// What a schedule does after its last piece.
public enum AfterEnd: String, Sendable, Hashable, Codable, CaseIterable {
  /// Its end value goes on.
  case hold
  /// It begins again.
  case `repeat`
  /// Nothing is learned any more.
  case zero
  /// The last piece's formula goes on, not below 0: an exponential falls on, and a cosine rises again, as PyTorch's does.
  case `continue`
}
