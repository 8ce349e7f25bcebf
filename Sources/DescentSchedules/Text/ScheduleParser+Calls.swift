import DescentSpecs

/// `onecycle(…)` and `cyclic(…)`: calls with labels that take the whole run.
extension ScheduleParser {
  mutating func oneCycle(_ peak: Double?, _ place: Int) throws(ScheduleError) -> Schedule {
    var cycle = OneCycle()
    var peak = peak
    try labelled("onecycle", ["peak", "warmup", "div", "final-div", "phases", "anneal"]) {
      parser, label, place throws(ScheduleError) in
      switch label {
      case "peak": peak = try parser.onlyPeak(peak, label, at: place)
      case "warmup": cycle.warmup = try parser.length()
      case "div": cycle.div = try parser.value(label)
      case "phases":
        let phases = try parser.value(label)
        guard phases == 2 || phases == 3 else {
          throw parser.scanner.error("onecycle has 2 or 3 phases, not \(number(phases))", at: place)
        }
        cycle.threePhase = phases == 3
      case "anneal":
        let words = OneCycle.Anneal.allCases.map(\.rawValue)
        cycle.anneal = try parser.choice(label, words).flatMap(OneCycle.Anneal.init) ?? .cosine
      default: cycle.finalDiv = try parser.value(label)
      }
    }
    return .oneCycle(peak: peak, cycle)
  }

  mutating func cyclic(_ leading: Double?, _ place: Int) throws(ScheduleError) -> Schedule {
    let labels = ["low", "high", "up", "down", "mode", "gamma"]
    var high = leading
    var low: Double?
    var steps: [String: Int] = [:]
    var mode = Cyclic.Mode.triangular
    var gamma: Double?
    try labelled("cyclic", labels) { parser, label, place throws(ScheduleError) in
      switch label {
      case "low": low = try parser.value(label)
      case "high": high = try parser.onlyPeak(high, label, at: place)
      case "mode": mode = try parser.mode()
      case "gamma": gamma = try parser.value(label)
      default: steps[label] = try parser.whole(parser.value(label), "cyclic's \(label)", at: place)
      }
    }
    guard let high, let low else {
      throw scanner.error("cyclic needs low and high, as in cyclic(low: 0.001, high: 0.1, up: 50)", at: place)
    }
    if (mode == .expRange) != (gamma != nil) {
      throw scanner.error("cyclic's gamma and mode: exp-range belong together", at: place)
    }
    let up = steps["up"] ?? 2000
    return .cyclic(high: high, Cyclic(low: low, up: up, down: steps["down"], mode: mode, gamma: gamma ?? 1))
  }

  /// `wsd(warmup: 5%, decay: 20%, shape: 1-sqrt, to: 0)`: short for three pieces.
  mutating func warmupStableDecay() throws(ScheduleError) -> [Piece] {
    var warmup = Length.percent(5)
    var decay = Length.percent(20)
    var shape = Shape.oneMinusSqrt
    var floor = Level.zero
    try labelled("wsd", ["warmup", "decay", "shape", "to"]) { parser, label, place throws(ScheduleError) in
      switch label {
      case "warmup": warmup = try parser.length()
      case "decay": decay = try parser.length()
      case "shape":
        shape = try parser.shape()
        guard shape.ends == .interpolates, !shape.isWarmup else {
          throw parser.scanner.error("wsd cannot cool down by \(shape.name)", at: place)
        }
      default: floor = try parser.level()
      }
    }
    return [.warmup(warmup), .hold(), Piece(shape, decay, to: floor)]
  }

  /// `tri-stage(warmup: 10%, hold: 40%, from: 1%, to: 1%)`: short for three pieces.
  mutating func triStage() throws(ScheduleError) -> [Piece] {
    var warmup = Length.percent(10)
    var hold = Length.percent(40)
    var from = Level.percent(1)
    var to = Level.percent(1)
    try labelled("tri-stage", ["warmup", "hold", "from", "to"]) { parser, label, _ throws(ScheduleError) in
      switch label {
      case "warmup": warmup = try parser.length()
      case "hold": hold = try parser.length()
      case "from": from = try parser.level()
      default: to = try parser.level()
      }
    }
    return [.warmup(warmup, from: from), .hold(hold), .geometric(to: to)]
  }

  private mutating func mode() throws(ScheduleError) -> Cyclic.Mode {
    let start = scanner.position
    let word = scanner.word()
    // PyTorch writes exp_range.
    if let mode = Cyclic.Mode(rawValue: word == "exp_range" ? "exp-range" : word) { return mode }
    let names = Cyclic.Mode.allCases.map(\.rawValue)
    throw scanner.error(
      "cyclic has no mode \"\(word)\"; there are: \(names.joined(separator: ", "))", at: start,
      suggestion: nearestName(to: word, among: names))
  }

  private mutating func value(_ label: String) throws(ScheduleError) -> Double {
    guard let value = try scanner.number() else {
      throw scanner.error("expected a number for \(label), but \(scanner.here)")
    }
    return value
  }

  private mutating func onlyPeak(_ known: Double?, _ label: String, at place: Int) throws(ScheduleError) -> Double {
    if let known {
      throw scanner.error("the peak is given already (\(number(known))); leave out \(label)", at: place)
    }
    return try value(label)
  }

  /// Reads `(label: value, …)`; `read` takes each value.
  private mutating func labelled(
    _ name: String, _ labels: [String],
    _ read: (inout ScheduleParser, String, Int) throws(ScheduleError) -> Void
  ) throws(ScheduleError) {
    var seen: [String] = []
    scanner.skipSpaces()
    guard scanner.take("(") else { throw scanner.error("expected \"(\" after \(name), but \(scanner.here)") }
    while !scanner.take(")") {
      let start = scanner.position
      let label = String(scanner.word().map { $0 == "_" ? "-" : $0 })
      guard labels.contains(label) else {
        guard !label.isEmpty else { throw scanner.error("expected the name of an argument, but \(scanner.here)") }
        let nearest = nearestName(to: label, among: labels)
        let known = nearest == nil ? "; there are: \(labels.joined(separator: ", "))" : ""
        throw scanner.error("\(name) has no argument \"\(label)\"\(known)", at: start, suggestion: nearest)
      }
      guard !seen.contains(label) else { throw scanner.error("\(label) is given twice", at: start) }
      seen.append(label)
      scanner.skipSpaces()
      guard scanner.take(":") || scanner.take("=") else {
        throw scanner.error("expected \":\" after \(label), but \(scanner.here)")
      }
      try read(&self, label, scanner.position)
      scanner.skipSpaces()
      if !scanner.take(","), !scanner.next(is: ")") {
        throw scanner.error("expected \",\" or \")\", but \(scanner.here)")
      }
    }
  }
}
