/// Names, calls, numbers and strings.
extension PythonReader {
  /// A keyword, a dotted name or a call.
  mutating func word() throws(SpecError) -> PythonValue {
    let start = position
    let path = dottedName()
    switch path {
    case "True": return .flag(true)
    case "False": return .flag(false)
    case "None": return .none
    case "math.pi": return .real(.pi)
    case "lambda":
      throw error(
        "a lambda is code and cannot be read here; leave it out, or name what it does with its numbers", at: start)
    default: break
    }
    skipSpaces()
    if next(is: "'") || next(is: "\"") { throw error("a string with a prefix cannot be read", at: start) }
    guard take("(") else { return .name(path) }
    let call = PythonCall(path: path, arguments: try arguments())
    return try converted(call, at: start) ?? .call(call)
  }

  private mutating func dottedName() -> String {
    let start = position
    while let character, character.isLetter || character == "_" || character == "." || character.isNumber { advance() }
    return taken(from: start)
  }

  private mutating func arguments() throws(SpecError) -> [PythonArgument] {
    var arguments: [PythonArgument] = []
    while !take(")") {
      let start = position
      if next(is: "*") { throw error("unpacked arguments (*…, **…) cannot be read; write them out") }
      var value = try expression()
      var label: String?
      if case .name(let name) = value.value, next(is: "="), !next(is: "==") {
        take("=")
        label = name
        value = try expression()
      }
      arguments.append(PythonArgument(label: label, value: value, position: start))
      guard take(",") || next(is: ")") else { throw error("expected \",\" or \")\", but \(here)") }
    }
    return arguments
  }

  /// `int(x)` and `float(x)` are worked out.
  private func converted(_ call: PythonCall, at start: Int) throws(SpecError) -> PythonValue? {
    guard call.path == "int" || call.path == "float", call.arguments.count == 1, call.arguments[0].label == nil else {
      return nil
    }
    guard let value = call.arguments[0].value.value.number else {
      throw error(
        "\(call.path) needs a number, not \(call.arguments[0].value.value.kind)", at: call.arguments[0].position)
    }
    if call.path == "float" { return .real(value) }
    guard let whole = Int(exactly: value.rounded(.towardZero)) else {
      throw error("\(shortest(value)) is too large for a whole number", at: start)
    }
    return .integer(whole)
  }

  /// `30`, `1_000`, `0.1`, `.5`, `1e-3`.
  mutating func number() throws(SpecError) -> PythonValue {
    let start = position
    takeDigits()
    var isWhole = true
    if next(is: ".") {
      isWhole = false
      advance()
      takeDigits()
    }
    if next(is: "e") || next(is: "E") {
      isWhole = false
      advance()
      if next(is: "+") || next(is: "-") { advance() }
      takeDigits()
    }
    let token = taken(from: start)
    let digits = token.filter { $0 != "_" }
    if let character, character.isLetter {
      throw error("\"\(token)\(character)…\" is not a number", at: start)
    }
    if isWhole {
      guard let value = Int(digits) else { throw error("\(token) is too large for a whole number", at: start) }
      return .integer(value)
    }
    guard let value = Double(digits) else { throw error("\"\(token)\" is not a number", at: start) }
    guard value.isFinite else { throw error("\(token) is too large for a number", at: start) }
    return .real(value)
  }

  private mutating func takeDigits() {
    while let character, character == "_" || character.isASCII && character.isNumber { advance() }
  }

  /// `'cos'` or `"cos"`; a backslash takes the next character as it is.
  mutating func string() throws(SpecError) -> PythonValue {
    let start = position
    let quote = character
    advance()
    var content = ""
    while let character, character != quote {
      if character == "\\" { advance() }
      if let character = self.character { content.append(character) }
      if !isAtEnd { advance() }
    }
    guard !isAtEnd else { throw error("the string has no end", at: start) }
    advance()
    return .text(content)
  }
}
