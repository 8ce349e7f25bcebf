import DescentSpecs

/// What is wrong with the value of an option; the option and the value are put in front of it.
struct ValueProblem: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Readers for the values of options, which say what would be right when one does not fit.
enum Value {
  /// Any seed: a whole number from 0 to 2⁶⁴ − 1.
  static func seed(_ text: String) throws -> UInt64 {
    if let value = UInt64(text) { return value }
    throw ValueProblem(
      wholeNumber(text) == nil
        ? "is not a whole number" : "is out of range; a seed is a whole number from 0 to 18446744073709551615")
  }

  /// A whole number in `range`; `10k` and `3m` stand for thousands and millions, `1e6` is read too.
  static func count(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
      guard let value = wholeNumber(text) else { throw ValueProblem("is not a whole number") }
      guard let count = Int(exactly: value), range.contains(count) else {
        throw ValueProblem("is out of range; it must be \(described(range))")
      }
      return count
    }
  }

  /// A number of steps: at least 1.
  static let steps = count(1...1_000_000_000_000)

  /// A learning rate: a finite number above 0.
  @Sendable static func rate(_ text: String) throws -> Double {
    let value = try number(text)
    guard value > 0, value.isFinite else {
      throw ValueProblem("is out of range; a learning rate is a number above 0, such as 1e-3")
    }
    return value
  }

  /// A limit of gradients: a finite number above 0.
  @Sendable static func limit(_ text: String) throws -> Double {
    let value = try number(text)
    guard value > 0, value.isFinite else {
      throw ValueProblem("is out of range; a limit is a number above 0, such as 1")
    }
    return value
  }

  /// The decay of a moving average: above 0 and below 1.
  @Sendable static func decay(_ text: String) throws -> Double {
    let value = try number(text)
    guard value > 0, value < 1 else {
      throw ValueProblem("is out of range; a decay is above 0 and below 1, such as 0.999")
    }
    return value
  }

  /// A share of the run, from 0% to below 100%, in its shortest form.
  @Sendable static func share(_ text: String) throws -> String {
    guard text.hasSuffix("%"), let value = try? number(String(text.dropLast())) else {
      throw ValueProblem("is not a share of the run, such as 75%")
    }
    guard value >= 0, value < 100 else { throw ValueProblem("is out of range; it must be from 0% to below 100%") }
    return decimal(value) + "%"
  }

  /// Several learning rates with commas between them.
  @Sendable static func rates(_ text: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let part = part.trimming(" ")
      do { return try rate(part) } catch let problem as ValueProblem {
        throw text.contains(",") ? ValueProblem("holds \"\(part)\", which \(problem.description)") : problem
      }
    }
  }

  /// Finite numbers with commas between them.
  @Sendable static func numbers(_ text: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let part = part.trimming(" ")
      guard let value = try? number(part), value.isFinite else {
        throw ValueProblem(text == part ? "is not a number" : "holds \"\(part)\", which is not a number")
      }
      return value
    }
  }

  /// The parts between semicolons, those within parentheses apart; blanks at their ends left out.
  @Sendable static func list(_ text: String) -> [String] {
    var depth = 0
    var parts = [""]
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ";", depth <= 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    let trimmed = parts.map { $0.trimming(" ") }
    // A semicolon at the end ends the list.
    return trimmed.count > 1 && trimmed.last?.isEmpty == true ? trimmed.dropLast() : trimmed
  }

  /// A finite number in `range`.
  static func number(_ range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
    { text in
      let value = try number(text)
      guard range.contains(value) else {
        throw ValueProblem(
          "is out of range; it must be from \(decimal(range.lowerBound)) to \(decimal(range.upperBound))")
      }
      return value
    }
  }

  /// One of the cases of an enumeration, by its raw value.
  @Sendable static func choice<Choice>(_ text: String) throws -> Choice
  where Choice: CaseIterable & RawRepresentable<String> {
    if let value = Choice(rawValue: text) { return value }
    throw ValueProblem("is not known; \(flattened(suggestion(for: text, among: Choice.allCases.map(\.rawValue))))")
  }

  private static func number(_ text: String) throws -> Double {
    guard let value = Double(text), !text.contains("x"), !text.contains("X") else {
      throw ValueProblem("is not a number")
    }
    return value
  }

  // The whole number a text stands for, as a Double so that one too large for Int is still told from a word.
  private static func wholeNumber(_ text: String) -> Double? {
    if let value = Int(text) { return Double(value) }
    let factor: Double =
      switch text.last {
      case "k", "K": 1e3
      case "m", "M": 1e6
      default: 1
      }
    guard let value = Double(factor == 1 ? text : String(text.dropLast())), !text.contains("x") else { return nil }
    let product = value * factor
    return product.rounded() == product ? product : nil
  }

  private static func described(_ range: ClosedRange<Int>) -> String {
    range.upperBound >= 1_000_000_000
      ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
  }
}
