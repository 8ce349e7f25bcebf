/// How many terminal columns a character takes: 0 (combining, control), 1, or 2 (East Asian wide, emoji).
func columns(of character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.properties.generalCategory {
  case .control, .format, .nonspacingMark, .enclosingMark, .surrogate, .lineSeparator, .paragraphSeparator: return 0
  default: break
  }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
    return 2
  default: break
  }
  let isEmoji = scalar.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}")
  return isEmoji ? 2 : 1
}

/// Terminal columns of a text.
func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

/// `text` in plain ASCII: the letters and signs of this field by name, anything else as "?".
func asciiText(_ text: String) -> String {
  var ascii = ""
  for scalar in text.unicodeScalars {
    if scalar.isASCII {
      ascii.unicodeScalars.append(scalar)
    } else if let name = asciiNames[scalar] {
      ascii += name
    } else if columns(of: Character(scalar)) > 0 {
      ascii += "?"
    }
  }
  return ascii
}

private let asciiNames: [Unicode.Scalar: String] = [
  "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "θ": "theta", "λ": "lambda",
  "μ": "mu", "σ": "sigma", "τ": "tau", "∇": "grad ", "×": "x", "·": "*", "→": "->", "…": "...", "−": "-", "–": "-",
  "—": "-", "∞": "inf", "≤": "<=", "≥": ">=", "≈": "~", "±": "+-", "√": "sqrt", "²": "^2", "³": "^3", "½": "1/2",
  "₀": "0", "₁": "1", "₂": "2", "₃": "3", "‘": "'", "’": "'", "“": "\"", "”": "\"", "\u{A0}": " ",
]

/// One line of a terminal picture: cells of one column each.
struct TerminalRow {
  private(set) var cells: [(text: String, color: ChartColor?)]

  init(width: Int) { cells = Array(repeating: (" ", nil), count: width) }

  func isBlank(_ column: Int) -> Bool { cells.indices.contains(column) && cells[column].text == " " }

  /// Writes `text` from `column` on; what falls outside the row is dropped.
  mutating func put(_ text: String, at column: Int, color: ChartColor? = nil) {
    var at = column
    for character in text {
      let wide = columns(of: character)
      guard wide > 0 else { continue }
      if at >= 0, at + wide <= cells.count {
        for place in at..<(at + wide) { clear(place) }
        cells[at] = (String(character), color)
        if wide == 2 { cells[at + 1] = ("", color) }
      }
      at += wide
    }
  }

  /// Makes a cell free without leaving half of a wide character behind.
  private mutating func clear(_ column: Int) {
    if cells[column].text.isEmpty, column > 0 { cells[column - 1] = (" ", nil) }
    if column + 1 < cells.count, cells[column + 1].text.isEmpty { cells[column + 1] = (" ", nil) }
    cells[column] = (" ", nil)
  }

  /// The line without blanks at its end, with ANSI colours if asked.
  func text(colored: Bool) -> String {
    let used = (cells.lastIndex { $0.text != " " } ?? -1) + 1
    var line = ""
    var current: ChartColor?
    for cell in cells.prefix(used) {
      if colored, cell.text != " ", cell.color != current {
        if current != nil { line += "\u{1B}[0m" }
        if let color = cell.color { line += "\u{1B}[\(color.ansi)m" }
        current = cell.color
      }
      line += cell.text
    }
    return current == nil ? line : line + "\u{1B}[0m"
  }
}
