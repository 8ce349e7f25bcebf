/// Reads the words and numbers of the text form; every complaint carries the place.
struct ScheduleScanner {
  let text: String
  private let characters: [Character]
  private(set) var position = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  var isAtEnd: Bool { position == characters.count }

  func error(_ message: String, at place: Int? = nil, suggestion: String? = nil) -> ScheduleError {
    ScheduleError(message, in: text, at: place ?? position, suggestion: suggestion)
  }

  /// What stands here, for a complaint.
  var here: String {
    guard !isAtEnd else { return "the text ends" }
    var end = position
    while end < characters.count, !characters[end].isWhitespace, end - position < 20 { end += 1 }
    return "there is \"\(String(characters[position..<max(end, position + 1)]))\""
  }

  mutating func skipSpaces() {
    while !isAtEnd, characters[position].isWhitespace { position += 1 }
  }

  mutating func rewind(to place: Int) { position = place }

  func next(is mark: String) -> Bool {
    characters[position...].starts(with: Array(mark))
  }

  /// Takes `mark` and the spaces after it, if it stands here.
  mutating func take(_ mark: String) -> Bool {
    guard next(is: mark) else { return false }
    position += mark.count
    skipSpaces()
    return true
  }

  /// Takes `word` and the spaces after it, if the word that begins here is just that.
  mutating func take(word: String) -> Bool {
    let start = position
    if self.word() == word {
      skipSpaces()
      return true
    }
    position = start
    return false
  }

  /// The word that begins here, perhaps empty: letters, digits, "_" and "-", lowercased; "->" ends it.
  mutating func word() -> String {
    let start = position
    while !isAtEnd, isWordCharacter { position += 1 }
    return String(characters[start..<position]).lowercased()
  }

  private var isWordCharacter: Bool {
    let c = characters[position]
    return c.isLetter || c.isASCII && c.isNumber || c == "_" || (c == "-" && !next(is: "->"))
  }

  var startsNumber: Bool {
    !isAtEnd && (characters[position].isASCII && characters[position].isNumber || ".+-".contains(characters[position]))
      && !next(is: "->")
  }

  /// A finite number; nil (and nothing taken) if none begins here.
  mutating func number() throws(ScheduleError) -> Double? {
    guard startsNumber else { return nil }
    let start = position
    if "+-".contains(characters[position]) { position += 1 }
    takeDigits()
    if !isAtEnd, characters[position] == "." { position += 1 }
    takeDigits()
    takeExponent()
    let token = String(characters[start..<position])
    guard let value = Double(token) else {
      position = start
      throw error("\"\(token)\" is not a number")
    }
    guard value.isFinite else { throw error("\(token) is too large for a number", at: start) }
    return value
  }

  private mutating func takeDigits() {
    while !isAtEnd, characters[position].isASCII, characters[position].isNumber { position += 1 }
  }

  // "5ep" has no exponent: an "e" counts only before digits.
  private mutating func takeExponent() {
    guard !isAtEnd, characters[position] == "e" || characters[position] == "E" else { return }
    var end = position + 1
    if end < characters.count, "+-".contains(characters[end]) { end += 1 }
    guard end < characters.count, characters[end].isASCII, characters[end].isNumber else { return }
    position = end
    takeDigits()
  }
}
