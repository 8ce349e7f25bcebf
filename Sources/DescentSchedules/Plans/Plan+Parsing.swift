internal import DescentSpecs

extension Plan {
  /// Reads the one-line text form.
  ///
  /// ```
  /// plan    = rule {";" rule}
  /// rule    = [pattern] [setting] action | schedule            a schedule alone: the rate of all parameters
  /// pattern = glob ["[" condition {"," condition} "]"] | "[" condition {"," condition} "]"
  /// condition = ("ndim" | "size") ("<" | "<=" | "=" | "!=" | ">=" | ">") N
  /// setting = "rate" | weightDecay | momentum | …              left out after a pattern: the rate
  /// action  = ":" schedule | "=" number | "inverse" number ".." number
  ///         | "x" number | "depth" "x" number ["min" number] | "batch" ("linear" | "sqrt") N
  ///         | "~" ["1/"] "rate" ["^" N]
  /// ```
  /// A single word before the action is a pattern if it has one of `* ? { . / -` or a condition, otherwise a setting.
  ///
  /// - Throws: ``ScheduleError`` with the place and, for a misspelt word, the nearest one.
  public init(parsing text: String) throws(ScheduleError) {
    var rules: [Rule] = []
    var offset = 0
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if part.allSatisfy(\.isWhitespace) {
        // Nothing at all is the empty plan, and a semicolon may end the last rule.
        guard index == parts.count - 1 else {
          throw ScheduleError("there is no rule before this semicolon", in: text, at: offset + part.count)
        }
      } else {
        var reader = PlanRuleReader(String(part))
        do {
          rules.append(try reader.rule())
        } catch {
          throw ScheduleError(
            error.message, in: text, at: offset + (error.position ?? 0), suggestion: error.suggestion)
        }
      }
      offset += part.count + 1
    }
    self.init(rules)
  }
}

/// Reads one rule; places are counted from its own beginning.
struct PlanRuleReader {
  /// Words that begin an action.
  static let actions = ["inverse", "depth", "batch"]
  /// Words that a schedule may begin with.
  static let shapes = ScheduleParser.names + ["onecycle", "cyclic", "wsd", "tri-stage"]

  private var scanner: ScheduleScanner

  init(_ text: String) { scanner = ScheduleScanner(text) }

  private init(_ scanner: ScheduleScanner) { self.scanner = scanner }

  mutating func rule() throws(ScheduleError) -> Plan.Rule {
    scanner.skipSpaces()
    let start = scanner.position
    if startsSchedule { return Plan.Rule(.all, Plan.rate, .schedule(try schedule())) }
    let first = try head()
    scanner.skipSpaces()
    let pattern: ParameterPattern
    let setting: String
    if startsAction {
      (pattern, setting) = first.isPattern ? (first.pattern, Plan.rate) : (.all, first.pattern.glob)
    } else {
      let place = scanner.position
      let second = try head()
      guard second.pattern.conditions.isEmpty, Plan.Rule.isName(second.pattern.glob) else {
        throw scanner.error("expected a hyper-parameter such as rate or weightDecay", at: place)
      }
      (pattern, setting) = (first.pattern, second.pattern.glob)
      scanner.skipSpaces()
    }
    let place = scanner.position
    guard startsAction else { throw noAction }
    let rule = Plan.Rule(pattern, ["rate", "lr"].contains(setting) ? Plan.rate : setting, try action())
    scanner.skipSpaces()
    guard scanner.isAtEnd else { throw scanner.error("expected \";\" or the end after the rule, but \(scanner.here)") }
    guard Plan.Rule.isName(rule.setting) else {
      throw scanner.error("\"\(setting)\" is not the name of a hyper-parameter", at: start)
    }
    if let problem = rule.problem { throw scanner.error(problem, at: place) }
    return rule
  }

  private var noAction: ScheduleError {
    var rest = scanner
    let nearest = nearestName(to: rest.word(), among: Self.actions)
    return scanner.error(
      "expected what to do: \": schedule\", \"= number\", \"x factor\", \"inverse\", \"depth\", \"batch\" or \"~ rate\", "
        + "but \(scanner.here)", suggestion: nearest)
  }

  /// A peak with its colon, a factor in parentheses or the name of a shape.
  private var startsSchedule: Bool {
    var rest = scanner
    if rest.next(is: "(") { return true }
    let word = rest.word()
    if Self.shapes.contains(word) {
      // "step.weight" is a parameter's name, and so is "linear" in "linear weightDecay = 0".
      var whole = scanner
      _ = whole.take { ParameterPattern.isPart($0) }
      guard whole.position == rest.position, !whole.next(is: "[") else { return false }
      whole.skipSpaces()
      let setting = whole.take { ParameterPattern.isPart($0) }
      whole.skipSpaces()
      return !(Plan.Rule.isName(setting) && PlanRuleReader(whole).startsAction)
    }
    rest = scanner
    guard let value = try? rest.number(), value.isFinite else { return false }
    rest.skipSpaces()
    return rest.next(is: ":")
  }

  private var startsAction: Bool {
    if [":", "=", "~"].contains(where: { scanner.next(is: $0) }) { return true }
    var rest = scanner
    if rest.next(is: "x") {
      rest.rewind(to: rest.position + 1)
      return rest.startsNumber
    }
    return Self.actions.contains(rest.word())
  }

  /// A pattern or a name.
  private mutating func head() throws(ScheduleError) -> (pattern: ParameterPattern, isPattern: Bool) {
    let start = scanner.position
    let glob = scanner.take { ParameterPattern.isPart($0) }
    var conditions: [ParameterPattern.Condition] = []
    if scanner.take("[") {
      repeat { conditions.append(try condition()) } while scanner.take(",")
      guard scanner.next(is: "]") else { throw scanner.error("expected \",\" or \"]\", but \(scanner.here)") }
      scanner.rewind(to: scanner.position + 1)
    }
    guard !glob.isEmpty || !conditions.isEmpty else {
      throw scanner.error("expected a hyper-parameter or a pattern of names, but \(scanner.here)", at: start)
    }
    let isPattern = !conditions.isEmpty || glob.contains { "*?{./-".contains($0) }
    do {
      return (try ParameterPattern(glob.isEmpty ? "*" : glob, where: conditions), isPattern)
    } catch {
      throw scanner.error(error.message, at: start)
    }
  }

  private mutating func condition() throws(ScheduleError) -> ParameterPattern.Condition {
    let place = scanner.position
    let name = scanner.word()
    guard let property = ParameterPattern.Condition.Property(rawValue: name) else {
      throw scanner.error(
        "a condition is on ndim or size, not on \"\(name)\"", at: place,
        suggestion: nearestName(to: name, among: ParameterPattern.Condition.Property.allCases.map(\.rawValue)))
    }
    scanner.skipSpaces()
    guard let comparison = ParameterPattern.Condition.Comparison.allCases.first(where: { scanner.take($0.rawValue) })
    else { throw scanner.error("expected <, <=, =, !=, >= or >, but \(scanner.here)") }
    let bound = try whole("a number to compare with")
    scanner.skipSpaces()
    return ParameterPattern.Condition(property, comparison, bound)
  }

  private mutating func action() throws(ScheduleError) -> Plan.Action {
    if scanner.take(":") { return .schedule(try schedule()) }
    if scanner.take("=") { return .value(try number("a number")) }
    if scanner.take("~") { return .coupled(power: try coupling()) }
    if scanner.take("x") { return .factor(try number("a factor")) }
    if scanner.take(word: "inverse") {
      let from = try number("two numbers such as 0.95..0.85")
      scanner.skipSpaces()
      guard scanner.take("..") else { throw scanner.error("expected \"..\" and a second number, but \(scanner.here)") }
      return .inverse(from: from, to: try number("a second number"))
    }
    if scanner.take(word: "depth") {
      guard scanner.take("x") else { throw scanner.error("expected a decay such as x0.75, but \(scanner.here)") }
      let decay = try number("a decay")
      scanner.skipSpaces()
      return .depth(decay: decay, minimum: scanner.take(word: "min") ? try number("the smallest factor") : 0)
    }
    guard scanner.take(word: "batch") else { throw noAction }
    let place = scanner.position
    let word = scanner.word()
    guard let rule = BatchScaling(rawValue: word) else {
      throw scanner.error(
        "a batch rule is linear or sqrt, not \"\(word)\"", at: place,
        suggestion: nearestName(to: word, among: BatchScaling.allCases.map(\.rawValue)))
    }
    scanner.skipSpaces()
    return .batch(rule, base: try whole("the batch that the value was found with"))
  }

  /// `rate`, `rate^2`, `1/rate`.
  private mutating func coupling() throws(ScheduleError) -> Int {
    let isInverse = scanner.take("1/")
    let place = scanner.position
    let word = scanner.word()
    guard word == "rate" || word == "lr" else {
      throw scanner.error("a coupling is to the rate: ~ rate, ~ rate^2 or ~ 1/rate", at: place)
    }
    let power = scanner.take("^") ? try whole("a power") : 1
    return isInverse ? -power : power
  }

  /// The rest of the rule.
  private mutating func schedule() throws(ScheduleError) -> Schedule {
    let start = scanner.position
    let rest = scanner.take { _ in true }
    do {
      return try Schedule(parsing: rest)
    } catch {
      throw scanner.error(error.message, at: start + (error.position ?? 0), suggestion: error.suggestion)
    }
  }

  /// A number that ends before "..".
  private mutating func number(_ what: String) throws(ScheduleError) -> Double {
    let start = scanner.position
    let digits = scanner.numberBeforeDots()
    guard let value = Double(digits), value.isFinite else {
      throw scanner.error("expected \(what), but \(scanner.here)", at: start)
    }
    return value
  }

  private mutating func whole(_ what: String) throws(ScheduleError) -> Int {
    scanner.skipSpaces()
    let start = scanner.position
    let digits = scanner.take { $0.isASCII && $0.isNumber }
    guard let value = Int(digits) else { throw scanner.error("expected \(what), a whole number", at: start) }
    return value
  }
}

extension ScheduleScanner {
  /// The characters from here on that fit, perhaps none.
  mutating func take(while fits: (Character) -> Bool) -> String {
    let rest = text.dropFirst(position).prefix(while: fits)
    rewind(to: position + rest.count)
    return String(rest)
  }

  /// Takes the text of a number; in `0.95..0.85` the first one ends before the dots.
  fileprivate mutating func numberBeforeDots() -> String {
    var text = ""
    while !isAtEnd, !next(is: "..") {
      let character = peek
      let isSign = character == "-" || character == "+"
      guard
        character.isASCII && character.isNumber || "._eE".contains(character)
          || isSign && (text.isEmpty || text.last == "e" || text.last == "E")
      else { break }
      text.append(character)
      rewind(to: position + 1)
    }
    return text
  }

  /// The character here; there must be one.
  private var peek: Character { text[text.index(text.startIndex, offsetBy: position)] }
}
