import DescentSpecs

extension ScheduleParser {
  private static let modifierNames = ["stretch", "offset", "delay", "after", "jitter", "floor", "ceiling"]

  /// `| stretch x2 | offset 100 | delay 100 | after repeat | jitter 5% normal seed 7 | floor 1% | ceiling 50%`, in any
  /// order: what they do does not depend on it.
  mutating func modifiers() throws(ScheduleError) -> Modifiers {
    var modifiers = Modifiers()
    var seen: [String] = []
    while scanner.take("|") {
      let place = scanner.position
      let name = scanner.word()
      guard !seen.contains(name) else { throw scanner.error("\(name) is given twice", at: place) }
      seen.append(name)
      scanner.skipSpaces()
      switch name {
      case "stretch": modifiers.stretch = try factor("stretch x2")
      case "offset": modifiers.offset = try length()
      case "delay": modifiers.delay = try length()
      case "after":
        modifiers.after = try choice(name, AfterEnd.allCases.map(\.rawValue)).flatMap(AfterEnd.init) ?? .hold
      case "jitter": modifiers.jitter = try jitter()
      case "floor": modifiers.floor = try level()
      case "ceiling": modifiers.ceiling = try level()
      default:
        guard !name.isEmpty else { throw scanner.error("expected a modifier such as floor 1%, but \(scanner.here)") }
        throw scanner.error(
          "there is no modifier \"\(name)\"; there are: \(Self.modifierNames.joined(separator: ", "))", at: place,
          suggestion: nearestName(to: name, among: Self.modifierNames))
      }
      if let problem = modifiers.problem { throw scanner.error(problem, at: place) }
      scanner.skipSpaces()
    }
    return modifiers
  }

  /// `5% normal seed 7 from 10% to 90%`
  private mutating func jitter() throws(ScheduleError) -> Jitter {
    guard let amount = try scanner.number() else {
      throw scanner.error("expected a share of the rate, as in jitter 5%, but \(scanner.here)")
    }
    scanner.skipSpaces()
    var jitter = Jitter(scanner.take("%") ? amount / 100 : amount)
    scanner.skipSpaces()
    if scanner.take(word: "normal") {
      jitter.distribution = .normal
    } else {
      _ = scanner.take(word: "uniform")
    }
    while true {
      let place = scanner.position
      if scanner.take(word: "seed") {
        jitter.seed = try seed(at: place)
      } else if scanner.take(word: "from") {
        jitter.from = try length()
      } else if scanner.take(word: "to") {
        jitter.to = try length()
      } else {
        return jitter
      }
      scanner.skipSpaces()
    }
  }

  private mutating func seed(at place: Int) throws(ScheduleError) -> UInt64 {
    let word = scanner.word()
    guard let seed = UInt64(word) else {
      throw scanner.error("a seed is a whole number from 0 to 2^64 − 1, not \"\(word)\"", at: place)
    }
    return seed
  }
}
