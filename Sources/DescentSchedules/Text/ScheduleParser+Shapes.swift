import DescentSpecs

extension ScheduleParser {
  static let names = [
    "constant", "warmup", "hold", "linear", "cosine", "1-sqrt", "1-square", "polynomial", "exponential", "geometric",
    "step", "drop", "inverse-time", "inverse-sqrt", "noam", "power", "restarts", "rex", "tanh", "waves", "k-cosine",
    "k-polynomial", "chebyshev", "knots", "repeat", "laid",
  ]

  /// What a warm-up may be made of.
  private static let rises = [
    "linear", "cosine", "1-sqrt", "1-square", "rex", "polynomial", "k-cosine", "k-polynomial", "geometric",
  ]

  /// A shape with the tail of its own.
  mutating func shape() throws(ScheduleError) -> Shape {
    let start = scanner.position
    let name = scanner.word()
    scanner.skipSpaces()
    let shape: Shape
    switch name {
    case "constant", "hold": shape = .hold
    case "warmup": shape = try warmup()
    case "linear": shape = .linear
    case "cosine": shape = try cosine()
    case "1-sqrt": shape = .oneMinusSqrt
    case "1-square": shape = .oneMinusSquare
    case "rex": shape = .rex(bend: scanner.next(is: "(") ? try arguments(name, ["bend"])[0] : 0.5)
    case "polynomial": shape = try polynomial()
    case "tanh":
      let ends = scanner.next(is: "(") ? try arguments(name, ["first", "last"]) : [-7, 3]
      shape = .tanh(first: ends[0], last: ends[1])
    case "waves": shape = .waves(count: try arguments(name, ["count"])[0])
    case "k-cosine": shape = .kCosine(k: try arguments(name, ["k"])[0])
    case "k-polynomial":
      let values = try arguments(name, ["power", "k"])
      shape = .kPolynomial(power: values[0], k: values[1])
    case "geometric": shape = .geometric
    case "exponential":
      let factor = try factor("exponential x0.999")
      shape = .exponential(factor: factor, every: scanner.take(word: "every") ? try length() : .steps(1))
    case "step": shape = try step()
    case "drop": shape = try drop()
    case "inverse-time": shape = .inverseTime(rate: try arguments(name, ["rate"])[0])
    case "inverse-sqrt": shape = .inverseSqrt(timescale: try arguments(name, ["timescale"])[0])
    case "power": shape = try powerLaw()
    case "noam":
      let values = try arguments(name, ["width", "warmup"])
      shape = .noam(width: values[0], warmup: values[1])
    case "chebyshev":
      let values = try arguments(name, ["ratio", "period"])
      shape = .chebyshev(ratio: values[0], period: try whole(values[1], "chebyshev's period", at: start))
    case "knots": shape = try knots()
    case "restarts": shape = try restarts()
    case "repeat": shape = .group(try repeated())
    case "laid": shape = .group(try laid())
    default: throw unknownShape(name, at: start)
    }
    if let problem = shape.problem { throw scanner.error(problem, at: start) }
    return shape
  }

  private func unknownShape(_ name: String, at place: Int) -> ScheduleError {
    let all = Self.names + ["onecycle", "cyclic", "wsd", "tri-stage"]
    if name.isEmpty {
      var here = scanner
      here.rewind(to: place)
      return scanner.error("expected a shape such as cosine or warmup 5%, but \(here.here)", at: place)
    }
    if ["onecycle", "cyclic", "wsd", "tri-stage"].contains(name) {
      return scanner.error("\(name) takes the whole run and cannot be a piece of a sequence", at: place)
    }
    if let nearest = nearestName(to: name, among: all) {
      return scanner.error("there is no shape \"\(name)\"", at: place, suggestion: nearest)
    }
    return scanner.error("there is no shape \"\(name)\"; there are: \(all.joined(separator: ", "))", at: place)
  }

  /// `warmup` alone or of another form: `warmup cosine 5%`
  private mutating func warmup() throws(ScheduleError) -> Shape {
    let start = scanner.position
    let word = scanner.word()
    scanner.rewind(to: start)
    guard Self.rises.contains(word) else { return .warmup }
    let shape = try shape()
    guard shape != .linear else { return .warmup }
    guard shape.canRise else { throw scanner.error("a warm-up cannot be made of \(shape.text)", at: start) }
    return .rise(shape)
  }

  /// `cosine` or `cosine(exponent)`
  private mutating func cosine() throws(ScheduleError) -> Shape {
    guard scanner.next(is: "(") else { return .cosine }
    let exponent = try arguments("cosine", ["exponent"])[0]
    return exponent == 1 ? .cosine : .cosinePower(exponent: exponent)
  }

  /// `(2)` or `(2) cycle 100`
  private mutating func polynomial() throws(ScheduleError) -> Shape {
    let power = try arguments("polynomial", ["power"])[0]
    guard scanner.take(word: "cycle") else { return .polynomial(power: power) }
    return .polynomialCycles(power: power, every: try length())
  }

  /// `(0.51) knee 1000`
  private mutating func powerLaw() throws(ScheduleError) -> Shape {
    let exponent = try arguments("power", ["exponent"])[0]
    guard scanner.take(word: "knee") else {
      throw scanner.error("expected \"knee\", as in power(0.5) knee 1000, but \(scanner.here)")
    }
    return .power(exponent: exponent, knee: try length())
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
    let decay = try decay()
    return .restarts(first: first, growth: growth, decay: decay)
  }

  /// Numbers in parentheses, with or without their labels, in order.
  mutating func arguments(_ name: String, _ labels: [String]) throws(ScheduleError) -> [Double] {
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
