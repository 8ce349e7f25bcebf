import DescentSpecs

extension Schedule {
  /// Reads the one-line text form.
  ///
  /// ```
  /// schedule = [peak ":"] (piece {"->" piece} | onecycle(…) | cyclic(…))
  /// piece    = shape [["for"] length] ["from" level] ["to" level]
  /// length   = N | N"ep" | N"tok" | P"%"
  /// level    = P"%" | number "of peak" | number "absolute" | 0
  /// ```
  /// A bare non-zero number as a level is a share of the peak; ``ResolvedSchedule/lint()`` notes it.
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
  private var lengths: [(length: Length?, place: Int)] = []

  init(_ text: String) {
    scanner = ScheduleScanner(text)
  }

  mutating func schedule() throws(ScheduleError) -> Schedule {
    scanner.skipSpaces()
    let peak = try leadingPeak()
    let place = scanner.position
    var schedule: Schedule
    switch scanner.word() {
    case "onecycle": schedule = try oneCycle(peak, place)
    case "cyclic": schedule = try cyclic(peak, place)
    default:
      scanner.rewind(to: place)
      schedule = Schedule(peak: peak, try pieces())
    }
    scanner.skipSpaces()
    guard scanner.isAtEnd else { throw unexpected() }
    if let problem = schedule.problem { throw scanner.error(problem, at: place) }
    schedule.readingNotes = notes
    return schedule
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

  private mutating func pieces() throws(ScheduleError) -> [Piece] {
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
    return Piece(shape, length, from: from, to: to)
  }

  private func allowLevel(_ shape: Shape, _ what: String, at place: Int) throws(ScheduleError) {
    if shape.ends == .fixed {
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
    let nearest = word.isEmpty ? nil : nearestName(to: word, among: ["from", "to", "for"])
    return scanner.error("expected a length, \"from\", \"to\" or \"->\", but \(scanner.here)", suggestion: nearest)
  }
}
