import DescentSpecs

extension Schedule {
  /// Reads the one-line text form.
  ///
  /// ```
  /// schedule = [peak ":"] (form | "(" form ")" {"*" "(" form ")"}) {"|" modifier}
  /// form     = piece {"->" piece} | onecycle(…) | cyclic(…)
  /// piece    = shape [["for"] length] ["from" level] ["to" level] ["edge" ("left" | "right" | "both")]
  /// length   = N | N"ep" | N"samples" | N"tok" | N"s" | P"%"
  /// level    = P"%" | number "of peak" | number "absolute" | 0
  /// ```
  /// A bare non-zero number as a level is a share of the peak; ``ResolvedSchedule/lint(precision:)`` notes it.
  ///
  /// - Throws: ``ScheduleError`` with the place and, for a misspelt name, the nearest one.
  public init(parsing text: String) throws(ScheduleError) {
    var parser = ScheduleParser(text)
    self = try parser.schedule()
  }
}

/// The grammar, one function per rule.
struct ScheduleParser {
  var scanner: ScheduleScanner
  var notes: [LintFinding] = []
  /// Lengths so far with their places, to point at the one that does not fit.
  var lengths: [(length: Length?, place: Int)] = []

  /// How many groups are open.
  var depth = 0

  init(_ text: String) {
    scanner = ScheduleScanner(text)
  }

  mutating func schedule() throws(ScheduleError) -> Schedule {
    scanner.skipSpaces()
    let peak = try leadingPeak()
    let place = scanner.position
    var schedule = scanner.next(is: "(") ? try product(peak) : try form(peak)
    scanner.skipSpaces()
    schedule.modifiers = try modifiers()
    guard scanner.isAtEnd else { throw unexpected() }
    if let problem = schedule.problem { throw scanner.error(problem, at: place) }
    schedule.readingNotes = notes
    return schedule
  }

  /// A sequence, a one-cycle, cycles or a shorthand for a sequence.
  private mutating func form(_ peak: Double?) throws(ScheduleError) -> Schedule {
    let place = scanner.position
    switch scanner.word() {
    case "onecycle": return try oneCycle(peak, place)
    case "cyclic": return try cyclic(peak, place)
    case "wsd": return Schedule(peak: peak, try warmupStableDecay())
    case "tri-stage": return Schedule(peak: peak, try triStage())
    default:
      scanner.rewind(to: place)
      return Schedule(peak: peak, try pieces())
    }
  }

  /// `(warmup 5% -> hold) * (cosine)`
  private mutating func product(_ peak: Double?) throws(ScheduleError) -> Schedule {
    var factors: [Schedule.Form] = []
    var peak = peak
    repeat {
      guard scanner.take("(") else { throw scanner.error("expected \"(\" and a factor, but \(scanner.here)") }
      lengths = []
      let place = scanner.position
      let factor = try form(nil)
      // A cycle's high is 1 in a multiplier; a peak in parentheses is the product's only if it is the first factor's.
      if let own = factor.peak {
        if case .cyclic = factor.form, own == 1 {
        } else if factors.isEmpty, peak == nil {
          peak = own
        } else {
          throw scanner.error("a factor is a multiplier and has no peak of its own", at: place)
        }
      }
      factors.append(factor.form)
      scanner.skipSpaces()
      guard scanner.take(")") else { throw scanner.error("expected \")\" after the factor, but \(scanner.here)") }
    } while scanner.take("*")
    return factors.count == 1 ? Schedule(peak: peak, form: factors[0]) : Schedule(peak: peak, form: .product(factors))
  }

  private mutating func leadingPeak() throws(ScheduleError) -> Double? {
    let start = scanner.position
    guard let value = try scanner.number() else { return nil }
    scanner.skipSpaces()
    let end = scanner.position
    if scanner.take(":") {
      guard value >= 0 else { throw scanner.error("the peak must be 0 or more, it is \(number(value))", at: start) }
      return value
    }
    scanner.rewind(to: start)
    if scanner.next(is: "1-") { return nil }
    scanner.rewind(to: end)
    throw scanner.error("a peak needs a colon after it, as in \(number(value)): cosine; \(scanner.here)")
  }

  mutating func pieces() throws(ScheduleError) -> [Piece] {
    var pieces: [Piece] = []
    repeat {
      scanner.skipSpaces()
      pieces.append(try piece())
      scanner.skipSpaces()
    } while scanner.take("->")
    return pieces
  }

  private mutating func piece() throws(ScheduleError) -> Piece {
    let start = scanner.position
    let shape = try shape()
    var length: Length?
    var from: Level?
    var to: Level?
    var edge: Edge?
    while true {
      scanner.skipSpaces()
      let place = scanner.position
      if scanner.take(word: "from") {
        guard from == nil else { throw scanner.error("\"from\" is given twice", at: place) }
        try allowLevel(shape, "from", at: place)
        from = try level()
      } else if scanner.take(word: "to") {
        guard to == nil else { throw scanner.error("\"to\" is given twice", at: place) }
        try allowLevel(shape, "to", at: place)
        to = try level()
      } else if scanner.take(word: "edge") {
        guard edge == nil else { throw scanner.error("\"edge\" is given twice", at: place) }
        edge = try choice("edge", Edge.allCases.map(\.rawValue)).flatMap(Edge.init)
      } else {
        let isAnnounced = scanner.take(word: "for")
        guard isAnnounced || scanner.startsNumber else { break }
        guard length == nil else { throw scanner.error("the piece has a length already", at: place) }
        length = try self.length()
      }
    }
    if shape == .hold, let from, let to, from != to {
      throw scanner.error("a hold has one level, not from \(from) to \(to)", at: start)
    }
    try account(length, at: start)
    let piece = Piece(shape, length, from: from, to: to, edge: edge)
    if shape == .geometric, to == nil {
      throw scanner.error("geometric needs the level it goes to, as in geometric to 1%", at: start)
    }
    if let problem = piece.problem { throw scanner.error(problem, at: start) }
    return piece
  }

  private func allowLevel(_ shape: Shape, _ what: String, at place: Int) throws(ScheduleError) {
    if shape.ends == .fixed || shape.ends == .scaled && what == "to" {
      throw scanner.error("\(shape.name) has a scale of its own and takes no \"\(what)\"", at: place)
    }
  }

  private mutating func account(_ length: Length?, at place: Int) throws(ScheduleError) {
    if length == nil, lengths.contains(where: { $0.length == nil }) {
      throw scanner.error("two pieces have no length; only one can take what is left of the run", at: place)
    }
    lengths.append((length, place))
    if let problem = Clock.tooManyPercent(lengths.compactMap(\.length)) { throw scanner.error(problem, at: place) }
  }

  /// The complaint about text that no rule takes.
  func unexpected() -> ScheduleError {
    var rest = scanner
    let word = rest.word()
    let nearest = word.isEmpty ? nil : nearestName(to: word, among: ["from", "to", "for", "edge"])
    return scanner.error("expected a length, \"from\", \"to\" or \"->\", but \(scanner.here)", suggestion: nearest)
  }
}
