/// Reads a pasted Python call: literals, lists, tuples, dictionaries, arithmetic on numbers, keyword and positional
/// arguments, calls inside calls, dotted names, comments, and an assignment in front (`scheduler = …`).
///
/// It reads a text, it runs nothing: a lambda, a comprehension or the value of a variable is refused with its place.
package struct PythonReader {
  let text: String
  private let characters: [Character]
  private(set) var position = 0
  private var depth = 0
  /// Nesting beyond this is no call of a person's, and would exhaust the stack.
  private static let deepest = 64

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  /// The one call that the whole text is.
  ///
  /// - Parameter example: a call that would be right, for the complaint about what is none.
  package static func call(
    in text: String, suchAs example: String
  ) throws(SpecError) -> (call: PythonCall, position: Int) {
    var reader = PythonReader(text)
    reader.skipSpaces()
    var expression = try reader.expression()
    if case .name = expression.value, reader.next(is: "="), !reader.next(is: "==") {
      reader.take("=")
      expression = try reader.expression()
    }
    guard reader.isAtEnd else { throw reader.error("one call is expected, but after it \(reader.here)") }
    guard case .call(let call) = expression.value else {
      throw reader.error(
        "expected a call such as \(example), but this is \(expression.value.kind)",
        at: expression.position)
    }
    return (call, expression.position)
  }

  var isAtEnd: Bool { position == characters.count }
  var character: Character? { isAtEnd ? nil : characters[position] }

  func error(_ message: String, at place: Int? = nil) -> SpecError {
    SpecError(message, in: text, at: place ?? position)
  }

  /// What stands here, for a complaint.
  var here: String {
    guard !isAtEnd else { return "the text ends" }
    var end = position
    while end < characters.count, !characters[end].isWhitespace, end - position < 20 { end += 1 }
    return "there is \"\(String(characters[position..<max(end, position + 1)]))\""
  }

  func next(is mark: String) -> Bool { characters[position...].starts(with: mark) }

  /// The characters from `start` to here.
  func taken(from start: Int) -> String { String(characters[start..<position]) }

  mutating func advance() { position += 1 }

  /// Takes `mark` and the blanks after it, if it stands here.
  @discardableResult
  mutating func take(_ mark: String) -> Bool {
    guard next(is: mark) else { return false }
    position += mark.count
    skipSpaces()
    return true
  }

  mutating func skipSpaces() {
    while let character {
      if character == "#" {
        while let character = self.character, !character.isNewline { position += 1 }
      } else if character.isWhitespace || next(is: "\\\n") {
        position += 1
      } else {
        return
      }
    }
  }

  /// `sum = product {("+" | "-") product}`, the blanks after it taken.
  mutating func expression() throws(SpecError) -> PythonExpression {
    var left = try product()
    while let sign = character, sign == "+" || sign == "-" {
      let place = position
      take(String(sign))
      left = try combined(left, String(sign), try product(), at: place)
    }
    return left
  }

  private mutating func product() throws(SpecError) -> PythonExpression {
    var left = try signed()
    while let sign = ["//", "*", "/", "%"].first(where: { next(is: $0) }) {
      let place = position
      take(sign)
      left = try combined(left, sign, try signed(), at: place)
    }
    return left
  }

  private mutating func signed() throws(SpecError) -> PythonExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw error("the call is nested too deeply") }
    let start = position
    if take("+") { return PythonExpression(value: try signed().value, position: start) }
    if take("-") {
      let zero = PythonExpression(value: .integer(0), position: start)
      let negative = try combined(zero, "-", try signed(), at: start)
      return PythonExpression(value: negative.value, position: start)
    }
    let base = try primary()
    guard next(is: "**") else { return base }
    let place = position
    take("**")
    return try combined(base, "**", try signed(), at: place)
  }

  private mutating func primary() throws(SpecError) -> PythonExpression {
    let start = position
    let value = try atom()
    skipSpaces()
    if next(is: "[") { throw error("a subscript cannot be read; write the value itself") }
    return PythonExpression(value: value, position: start)
  }

  private mutating func atom() throws(SpecError) -> PythonValue {
    guard let character else { throw error("expected a value, but the text ends") }
    if character.isASCII && character.isNumber || character == "." { return try number() }
    if character == "'" || character == "\"" { return try string() }
    if character.isLetter || character == "_" { return try word() }
    if take("(") { return try parenthesized() }
    if take("[") { return .list(try elements(until: "]")) }
    if take("{") { return .dictionary(try entries()) }
    throw error("expected a value, but \(here)")
  }

  private mutating func parenthesized() throws(SpecError) -> PythonValue {
    if take(")") { return .list([]) }
    let first = try expression()
    if take(")") { return first.value }
    guard take(",") else { throw error("expected \",\" or \")\", but \(here)") }
    return .list([first] + (try elements(until: ")")))
  }

  private mutating func elements(until end: String) throws(SpecError) -> [PythonExpression] {
    var elements: [PythonExpression] = []
    while !take(end) {
      elements.append(try expression())
      guard take(",") || next(is: end) else { throw error("expected \",\" or \"\(end)\", but \(here)") }
    }
    return elements
  }

  private mutating func entries() throws(SpecError) -> [PythonEntry] {
    var entries: [PythonEntry] = []
    while !take("}") {
      let key = try expression()
      guard take(":") else { throw error("expected \":\" after the key, but \(here)") }
      entries.append(PythonEntry(key: key, value: try expression()))
      guard take(",") || next(is: "}") else { throw error("expected \",\" or \"}\", but \(here)") }
    }
    return entries
  }
}
