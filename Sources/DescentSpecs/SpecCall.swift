/// A one-line specification such as `sgd(momentum: 0.9, nesterov: true)`, `adam`, `blobs(classes: 3)`, or
/// `lookahead(adam(beta1: 0.95), k: 5)`.
///
/// ```
/// call     = name ["(" [argument {"," argument}] ")"]
/// argument = [label (":" | "=")] value
/// value    = number | "true" | "false" | name | call
/// ```
/// Names are letters, digits, `-`, `_` and `.`, and begin with a letter.
public struct SpecCall: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case number(Double)
    case flag(Bool)
    case name(String)
    /// A call within the call, with its parentheses; a mere name is ``name(_:)``.
    case call(SpecCall)
  }

  public struct Argument: Sendable, Hashable {
    public var label: String?
    public var value: Value
    /// Where the argument begins: characters from the start of the text.
    public var position: Int
  }

  public var name: String
  public var arguments: [Argument]
  private let text: String

  /// Reads a whole text.
  ///
  /// - Throws: ``SpecError`` with the position of the first character that does not fit.
  public init(parsing text: String) throws(SpecError) {
    var scanner = SpecScanner(text)
    self.text = text
    scanner.skipSpaces()
    name = try scanner.name("a name")
    arguments = try scanner.arguments()
    scanner.skipSpaces()
    guard scanner.isAtEnd else { throw scanner.error("unexpected text after the specification") }
  }

  /// A name without arguments.
  public init(_ name: String) {
    self.init(name: name, arguments: [], text: name)
  }

  fileprivate init(name: String, arguments: [Argument], text: String) {
    self.name = name
    self.arguments = arguments
    self.text = text
  }

  /// The number under `label`, or nil if it is not given.
  ///
  /// - Throws: ``SpecError`` if it is given and not a finite number.
  public func number(_ label: String) throws(SpecError) -> Double? {
    guard let argument = arguments.first(where: { $0.label == label }) else { return nil }
    guard case .number(let value) = argument.value, value.isFinite else {
      throw SpecError("\(name): \(label) must be a finite number", in: text, at: argument.position)
    }
    return value
  }

  /// The truth value under `label`, or nil if it is not given.
  public func flag(_ label: String) throws(SpecError) -> Bool? {
    guard let argument = arguments.first(where: { $0.label == label }) else { return nil }
    guard case .flag(let value) = argument.value else {
      throw SpecError("\(name): \(label) must be true or false", in: text, at: argument.position)
    }
    return value
  }

  /// An error at the argument under `label`, or at the call's name if it is not given.
  public func error(_ message: String, at label: String) -> SpecError {
    let position = arguments.first { $0.label == label }?.position ?? 0
    return SpecError("\(name): \(message)", in: text, at: position)
  }

  /// Refuses unlabelled, repeated and unknown arguments; the message names the nearest label.
  public func allowOnly(_ labels: [String]) throws(SpecError) {
    var seen: Set<String> = []
    for argument in arguments {
      guard let label = argument.label else {
        throw SpecError(
          "\(name): every argument needs its name, as in \(labels.first ?? "name"): value", in: text,
          at: argument.position)
      }
      guard labels.contains(label) else {
        throw SpecError(
          "\(name) has no argument \"\(label)\"; \(suggestion(for: label, among: labels))", in: text,
          at: argument.position)
      }
      guard seen.insert(label).inserted else {
        throw SpecError("\(name): \(label) is given twice", in: text, at: argument.position)
      }
    }
  }
}

/// A specification string that does not read: one sentence with what is wrong and where.
public struct SpecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what would be right.
  public var message: String
  /// The text that was read.
  public var text: String
  /// Characters from the start of the text to the place.
  public var position: Int

  public init(_ message: String, in text: String, at position: Int) {
    self.message = message
    self.text = text
    self.position = position
  }

  public var description: String { "\(message) (at character \(position + 1) of \"\(text)\")." }
}

private struct SpecScanner {
  private let text: String
  private let characters: [Character]
  private(set) var position = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  var isAtEnd: Bool { position == characters.count }

  func next(is character: Character) -> Bool { !isAtEnd && characters[position] == character }

  mutating func take(_ character: Character) -> Bool {
    guard next(is: character) else { return false }
    position += 1
    return true
  }

  mutating func skipSpaces() {
    while !isAtEnd, characters[position].isWhitespace { position += 1 }
  }

  func error(_ message: String) -> SpecError { SpecError(message, in: text, at: position) }

  private func isWordCharacter(_ c: Character) -> Bool {
    c.isLetter || c.isNumber || c == "-" || c == "_" || c == "."
  }

  mutating func name(_ what: String) throws(SpecError) -> String {
    guard !isAtEnd, characters[position].isLetter else { throw error("expected \(what)") }
    return word()
  }

  private mutating func word() -> String {
    let start = position
    while !isAtEnd, isWordCharacter(characters[position]) || (position > start && isExponentSign) { position += 1 }
    return String(characters[start..<position])
  }

  // The "+" of 1e+3; "-" is a word character already.
  private var isExponentSign: Bool {
    characters[position] == "+" && (characters[position - 1] == "e" || characters[position - 1] == "E")
  }

  /// Arguments in parentheses; none where there are no parentheses.
  mutating func arguments() throws(SpecError) -> [SpecCall.Argument] {
    skipSpaces()
    guard take("(") else { return [] }
    guard depth < Self.deepest else { throw error("more than \(Self.deepest) calls within one another") }
    depth += 1
    defer { depth -= 1 }
    var arguments: [SpecCall.Argument] = []
    skipSpaces()
    while !take(")") {
      arguments.append(try argument())
      skipSpaces()
      if take(",") {
        skipSpaces()
      } else if !next(is: ")") {
        throw error("expected \",\" or \")\"")
      }
    }
    return arguments
  }

  // Nobody nests this deep, and a text of parentheses alone must not exhaust the stack.
  private static let deepest = 16
  private var depth = 0

  private mutating func argument() throws(SpecError) -> SpecCall.Argument {
    let start = position
    if !isAtEnd, characters[position].isLetter {
      let first = word()
      skipSpaces()
      if take(":") || take("=") {
        skipSpaces()
        return SpecCall.Argument(label: first, value: try value(), position: start)
      }
      return SpecCall.Argument(label: nil, value: try meaning(of: first), position: start)
    }
    return SpecCall.Argument(label: nil, value: try value(), position: start)
  }

  private mutating func value() throws(SpecError) -> SpecCall.Value {
    guard !isAtEnd, isWordCharacter(characters[position]) || next(is: "+") else { throw error("expected a value") }
    let start = position
    if next(is: "+") { position += 1 }
    let token = String(characters[start..<position]) + word()
    if case .name = Self.meaning(of: token), token.first?.isLetter != true {
      throw SpecError("\"\(token)\" is not a number", in: text, at: start)
    }
    return try meaning(of: token)
  }

  /// What a word means, with the arguments that may follow a name.
  private mutating func meaning(of word: String) throws(SpecError) -> SpecCall.Value {
    let value = Self.meaning(of: word)
    guard case .name = value else { return value }
    let end = position
    skipSpaces()
    guard next(is: "(") else {
      position = end
      return value
    }
    return .call(SpecCall(name: word, arguments: try arguments(), text: text))
  }

  private static func meaning(of word: String) -> SpecCall.Value {
    switch word.lowercased() {
    case "true": .flag(true)
    case "false": .flag(false)
    default: Double(word).map { .number($0) } ?? .name(word)
    }
  }
}
