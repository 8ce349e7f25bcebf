/// Tails that hold lists and sequences.
extension ScheduleParser {
  /// `linear 0 = 4%, 30% = 100%, 100% = 0`
  mutating func knots() throws(ScheduleError) -> Shape {
    let words = Knots.Interpolation.allCases.map(\.rawValue)
    let interpolation = try choice("knots", words).flatMap(Knots.Interpolation.init) ?? .linear
    var knots: [Knots.Knot] = []
    var end: Int
    repeat {
      let place = try length()
      scanner.skipSpaces()
      guard scanner.take("=") else {
        throw scanner.error("expected \"=\" and a level, as in 30% = 100%, but \(scanner.here)")
      }
      knots.append(Knots.Knot(place, try level()))
      end = scanner.position
      scanner.skipSpaces()
    } while scanner.take(",")
    scanner.rewind(to: end)
    return .knots(Knots(interpolation, knots))
  }

  /// `3 x2 decay 0.5 (hold 80% -> 1-sqrt)`
  mutating func repeated() throws(ScheduleError) -> PieceGroup {
    let times = try count("repeat", "repeat 3 (hold 80% -> 1-sqrt)")
    let growth = try optionalFactor() ?? 1
    let decay = try decay()
    return PieceGroup(
      .repeated(times: times, growth: growth, decay: decay), try sequence("repeat 3 (hold 80% -> 1-sqrt)"))
  }

  /// `1000 (warmup 5% -> cosine)`
  mutating func laid() throws(ScheduleError) -> PieceGroup {
    let steps = try count("laid", "laid 1000 (warmup 5% -> cosine)")
    return PieceGroup(.laid(over: steps), try sequence("laid 1000 (warmup 5% -> cosine)"))
  }

  /// `decay 0.5`, 1 if it does not stand here.
  mutating func decay() throws(ScheduleError) -> Double {
    guard scanner.take(word: "decay") else { return 1 }
    let hasMark = scanner.next(is: "x")
    guard let value = hasMark ? try optionalFactor() : try scanner.number() else {
      throw scanner.error("expected a number after \"decay\", but \(scanner.here)")
    }
    scanner.skipSpaces()
    return value
  }

  private mutating func count(_ name: String, _ example: String) throws(ScheduleError) -> Int {
    let start = scanner.position
    guard let value = try scanner.number() else {
      throw scanner.error("expected a number, as in \(example), but \(scanner.here)")
    }
    scanner.skipSpaces()
    return try whole(value, "\(name)'s number", at: start)
  }

  /// Pieces in parentheses, on a clock of their own.
  private mutating func sequence(_ example: String) throws(ScheduleError) -> [Piece] {
    guard scanner.take("(") else { throw scanner.error("expected \"(\", as in \(example), but \(scanner.here)") }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw scanner.error("groups are nested more than \(Self.deepest) deep") }
    let outer = lengths
    lengths = []
    let pieces = try self.pieces()
    lengths = outer
    guard scanner.take(")") else { throw scanner.error("expected \"->\" or \")\", but \(scanner.here)") }
    return pieces
  }

  private static let deepest = 8
}
