/// Text that is safe inside XML and HTML, as content or in a quoted attribute: the five special characters become
/// entities; characters that XML 1.0 forbids become U+FFFD.
public func escapedMarkup(_ text: String) -> String {
  var escaped = ""
  escaped.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": escaped += "&amp;"
    case "<": escaped += "&lt;"
    case ">": escaped += "&gt;"
    case "\"": escaped += "&quot;"
    case "'": escaped += "&#39;"
    case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}

/// An SVG coordinate: two decimals at most.
func coordinate(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let hundredths = (min(max(value, -1e6), 1e6) * 100).rounded()
  let text = (hundredths / 100).description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// SVG under construction.
struct Markup {
  private(set) var text = ""

  mutating func line(_ raw: String) {
    text += raw
    text += "\n"
  }

  /// An empty element; numbers are written as coordinates.
  mutating func element(_ name: String, _ class: String, _ numbers: KeyValuePairs<String, Double>, _ more: String = "")
  {
    let attributes = numbers.map { " \($0)=\"\(coordinate($1))\"" }.joined()
    line("<\(name) class=\"\(`class`)\"\(attributes)\(more.isEmpty ? "" : " " + more)/>")
  }

  mutating func label(_ content: String, _ class: String, x: Double, y: Double, anchor: String = "start") {
    let place = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    line(
      "<text class=\"\(`class`)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\"\(place)>\(escapedMarkup(content))</text>"
    )
  }
}
