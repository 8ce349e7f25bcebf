/// Pieces with a clock of their own, used as one piece: their percentages are of the group, not of the run.
public struct PieceGroup: Sendable, Hashable {
  public enum Clock: Sendable, Hashable {
    /// Played `times` times over the group's length, each time `growth` times as long as before, all levels of the peak
    /// multiplied by `decay` each time. The ends are rounded half up on the cumulative sum.
    case repeated(times: Int, growth: Double, decay: Double)
    /// Laid over a run of this many steps, of which the group's length plays the first ones: how a run that was planned
    /// for another horizon goes on unchanged.
    case laid(over: Int)
  }

  public var clock: Clock
  public var pieces: [Piece]

  public init(_ clock: Clock, _ pieces: [Piece]) {
    self.clock = clock
    self.pieces = pieces
  }

  static let mostTimes = 100_000

  var problem: String? {
    switch clock {
    case .repeated(let times, let growth, let decay):
      if !(1...Self.mostTimes).contains(times) {
        return "repeat's count must be 1 to \(Self.mostTimes), it is \(times)"
      }
      if !(growth.isFinite && growth > 0) { return "repeat's growth must be above 0, it is \(number(growth))" }
      if !(decay.isFinite && decay > 0) { return "repeat's decay must be above 0, it is \(number(decay))" }
    case .laid(let steps):
      if steps < 1 { return "laid needs a run of 1 step or more, it is \(steps)" }
    }
    return piecesProblem(pieces)
  }
}

/// What is wrong with a sequence, if anything.
func piecesProblem(_ pieces: [Piece]) -> String? {
  if pieces.isEmpty { return "a schedule needs at least one piece, as in \"constant\"" }
  if let problem = pieces.lazy.compactMap(\.problem).first { return problem }
  if pieces.count(where: { $0.length == nil }) > 1 {
    return "two pieces have no length; only one can take what is left of the run"
  }
  return Clock.tooManyPercent(pieces.compactMap(\.length))
}
