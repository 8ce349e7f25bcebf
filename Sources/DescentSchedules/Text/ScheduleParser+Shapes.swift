import DescentSpecs

extension ScheduleParser {
  static let names = [
    "constant", "warmup", "hold", "linear", "cosine", "1-sqrt", "polynomial", "exponential", "step", "drop",
    "inverse-time", "inverse-sqrt", "noam", "restarts", "rex",
  ]

  /// A shape with the tail of its own.
  mutating func shape() throws(ScheduleError) -> Shape {
    let start = scanner.position
    let name = scanner.word()
    scanner.skipSpaces()
    let shape: Shape
    switch name {
    case "constant", "hold": shape = .hold
    case "warmup": shape = .warmup
    case "linear": shape = .linear
    case "cosine": shape = .cosine
    case "1-sqrt": shape = .oneMinusSqrt
    case "rex": shape = .rex
    case "polynomial": shape = .polynomial(power: try arguments(name, ["power"])[0])
    case "exponential": shape = .exponential(factor: try factor("exponential x0.999"))
    case "step": shape = try step()
    case "drop": shape = try drop()
    case "inverse-time": shape = .inverseTime(rate: try arguments(name, ["rate"])[0])
    case "inverse-sqrt": shape = .inverseSqrt(timescale: try arguments(name, ["timescale"])[0])
    case "noam":
      let values = try arguments(name, ["width", "warmup"])
      shape = .noam(width: values[0], warmup: values[1])
    case "restarts": shape = try restarts()
    default: throw unknownShape(name, at: start)
    }
    if let problem = shape.problem { throw scanner.error(problem, at: start) }
    return shape
  }

  private func unknownShape(_ name: String, at place: Int) -> ScheduleError {
    let all = Self.names + ["onecycle", "cyclic"]
    if name.isEmpty {
      var here = scanner
      here.rewind(to: place)
      return scanner.error("expected a shape such as cosine or warmup 5%, but \(here.here)", at: place)
    }
    if name == "onecycle" || name == "cyclic" {
      return scanner.error("\(name) takes the whole run and cannot be a piece of a sequence", at: place)
    }
    if let nearest = nearestName(to: name, among: all) {
      return scanner.error("there is no shape \"\(name)\"", at: place, suggestion: nearest)
    }
    return scanner.error("there is no shape \"\(name)\"; there are: \(all.joined(separator: ", "))", at: place)
  }

  /// `x0.5 every 100`
  private mutating func step() throws(ScheduleError) -> Shape {
    let factor = try factor("step x0.5 every 100")
    guard scanner.take(word: "every") else {
      throw scanner.error("expected \"every\", as in step x0.5 every 100, but \(scanner.here)")
    }
    return .step(factor: factor, every: try length())
  }

  /// `x0.1 at 30%, 60%, 90%`
  private mutating func drop() throws(ScheduleError) -> Shape {
    let factor = try factor("drop x0.1 at 30%, 60%")
    guard scanner.take(word: "at") else {
      throw scanner.error("expected \"at\", as in drop x0.1 at 30%, 60%, but \(scanner.here)")
    }
    var places: [Length] = []
    var end: Int
    repeat {
      places.append(try length())
      end = scanner.position
      scanner.skipSpaces()
    } while scanner.take(",")
    scanner.rewind(to: end)
    return .drop(factor: factor, at: places)
  }

  /// `100 x2 decay 0.5`
  private mutating func restarts() throws(ScheduleError) -> Shape {
    let first = try length()
    scanner.skipSpaces()
    let growth = try optionalFactor() ?? 1
    var decay = 1.0
    if scanner.take(word: "decay") {
      let hasMark = scanner.next(is: "x")
      guard let value = hasMark ? try optionalFactor() : try scanner.number() else {
        throw scanner.error("expected a number after \"decay\", but \(scanner.here)")
      }
      decay = value
    }
    return .restarts(first: first, growth: growth, decay: decay)
  }

  /// Numbers in parentheses, with or without their labels, in order.
  private mutating func arguments(_ name: String, _ labels: [String]) throws(ScheduleError) -> [Double] {
    let example = "\(name)(\(labels.joined(separator: ", ")))"
    guard scanner.take("(") else { throw scanner.error("expected \"(\", as in \(example), but \(scanner.here)") }
    var values: [Double] = []
    for (index, label) in labels.enumerated() {
      if index > 0, !scanner.take(",") { throw scanner.error("expected \",\", as in \(example), but \(scanner.here)") }
      let start = scanner.position
      let word = scanner.startsNumber ? "" : scanner.word()
      if !word.isEmpty {
        guard word == label else {
          throw scanner.error(
            "expected \(label), as in \(example), not \"\(word)\"", at: start,
            suggestion: nearestName(to: word, among: labels))
        }
        scanner.skipSpaces()
        guard scanner.take(":") || scanner.take("=") else {
          throw scanner.error("expected \":\" after \(label), but \(scanner.here)")
        }
      }
      guard let value = try scanner.number() else {
        throw scanner.error("expected a number for \(label), as in \(example), but \(scanner.here)")
      }
      values.append(value)
      scanner.skipSpaces()
    }
    guard scanner.take(")") else { throw scanner.error("expected \")\", as in \(example), but \(scanner.here)") }
    return values
  }
}
