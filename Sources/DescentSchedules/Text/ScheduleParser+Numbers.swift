import DescentSpecs

extension ScheduleParser {
  /// A length: `100`, `5ep`, `1000000tok`, `5%`.
  mutating func length() throws(ScheduleError) -> Length {
    let start = scanner.position
    guard let value = try scanner.number() else {
      throw scanner.error("expected a length such as 100, 5ep, 1000tok or 5%, but \(scanner.here)")
    }
    let length = try unit(of: value, at: start)
    if let problem = length.problem { throw scanner.error(problem, at: start) }
    return length
  }

  private mutating func unit(of value: Double, at start: Int) throws(ScheduleError) -> Length {
    let end = scanner.position
    scanner.skipSpaces()
    if scanner.take("%") { return .percent(value) }
    if scanner.take(word: "ep") { return .epochs(value) }
    if scanner.take(word: "tok") { return .tokens(try whole(value, "tokens", at: start)) }
    if scanner.take(word: "samples") { return .samples(try whole(value, "samples", at: start)) }
    if scanner.take(word: "s") { return .seconds(value) }
    if scanner.take(word: "min") { return .seconds(value * 60) }
    if scanner.take(word: "h") { return .seconds(value * 3600) }
    scanner.rewind(to: end)
    let unit = scanner.word()
    if unit.isEmpty { return .steps(try whole(value, "steps", at: start)) }
    throw scanner.error(
      "there is no unit \"\(unit)\"; lengths are in steps (100), ep, samples, tok, s, min, h or %", at: end,
      suggestion: nearestName(to: unit, among: ["ep", "tok", "samples"]))
  }

  /// A level: `1%`, `0.01 of peak`, `1e-5 absolute`, `0`, or a bare number, which is noted.
  mutating func level() throws(ScheduleError) -> Level {
    let start = scanner.position
    guard let value = try scanner.number() else {
      throw scanner.error("expected a level such as 1%, 0.01 of peak, 1e-5 absolute or 0, but \(scanner.here)")
    }
    let level = try self.level(value, at: start)
    if let problem = level.problem { throw scanner.error(problem, at: start) }
    return level
  }

  private mutating func level(_ value: Double, at start: Int) throws(ScheduleError) -> Level {
    let end = scanner.position
    scanner.skipSpaces()
    if scanner.take("%") {
      if scanner.take(word: "of") { try expectPeak() }
      return .percent(value)
    }
    if scanner.take(word: "of") {
      try expectPeak()
      return .ofPeak(value)
    }
    if scanner.take(word: "absolute") { return .absolute(value) }
    scanner.rewind(to: end)
    let word = scanner.word()
    guard word.isEmpty else { throw scanner.error("\"\(number(value))\(word)\" is not a level", at: start) }
    if value != 0 {
      notes.append(
        LintFinding(
          .ambiguousLevel,
          "The level \(number(value)) (character \(start + 1)) is read as that share of the peak; "
            + "write \"\(number(value)) of peak\" or \"\(number(value)) absolute\" to say which is meant."))
    }
    return .ofPeak(value)
  }

  private mutating func expectPeak() throws(ScheduleError) {
    guard scanner.take(word: "peak") else { throw scanner.error("expected \"peak\" after \"of\", but \(scanner.here)") }
  }

  /// One of a few words.
  mutating func choice(_ what: String, _ words: [String]) throws(ScheduleError) -> String? {
    let start = scanner.position
    let word = scanner.word()
    guard words.contains(word) else {
      let seen = word.isEmpty ? scanner.here : "there is \"\(word)\""
      throw scanner.error(
        "expected one of \(words.joined(separator: ", ")) after \(what), but \(seen)", at: start,
        suggestion: word.isEmpty ? nil : nearestName(to: word, among: words))
    }
    scanner.skipSpaces()
    return word
  }

  /// A factor: `x0.5`.
  mutating func factor(_ example: String) throws(ScheduleError) -> Double {
    guard let value = try optionalFactor() else {
      throw scanner.error("expected a factor, as in \(example), but \(scanner.here)")
    }
    return value
  }

  mutating func optionalFactor() throws(ScheduleError) -> Double? {
    guard scanner.next(is: "x") || scanner.next(is: "×") || scanner.next(is: "X") else { return nil }
    let start = scanner.position
    _ = scanner.take("x") || scanner.take("×") || scanner.take("X")
    guard let value = try scanner.number() else {
      throw scanner.error("expected a number after \"x\", but \(scanner.here)")
    }
    guard value > 0 else { throw scanner.error("a factor must be above 0, it is \(number(value))", at: start) }
    scanner.skipSpaces()
    return value
  }

  func whole(_ value: Double, _ what: String, at place: Int) throws(ScheduleError) -> Int {
    guard value.rounded() == value, abs(value) <= Double(Clock.largest) else {
      throw scanner.error("\(what) must be a whole number up to 2^53, not \(number(value))", at: place)
    }
    return Int(value)
  }
}
