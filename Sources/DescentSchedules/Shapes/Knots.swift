/// Levels at places, and how to get from each to the next. Before the first knot its level holds, after the last one its.
///
/// Places are on the run's clock and must not fall. Two at one place make a jump.
public struct Knots: Sendable, Hashable {
  public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
    /// Straight lines (Optax's `piecewise_interpolate_schedule`).
    case linear
    /// Half cosine waves, flat at every knot.
    case cosine
    /// The level of the knot holds until the next one.
    case step
    /// Straight lines on a logarithmic axis: every level is above 0.
    case log
  }

  public struct Knot: Sendable, Hashable {
    public var place: Length
    public var level: Level

    public init(_ place: Length, _ level: Level) {
      self.place = place
      self.level = level
    }
  }

  public var interpolation: Interpolation
  public var knots: [Knot]

  public init(_ interpolation: Interpolation, _ knots: [Knot]) {
    self.interpolation = interpolation
    self.knots = knots
  }

  var problem: String? {
    if knots.isEmpty { return "knots needs at least one knot, as in knots linear 0 = 100%, 50% = 10%" }
    for knot in knots {
      if let problem = knot.place.problem ?? knot.level.problem { return problem }
      if interpolation == .log, knot.level.isZero { return "log knots need levels above 0" }
    }
    return nil
  }
}
