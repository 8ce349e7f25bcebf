/// The characters of a text: distinct Unicode scalars in rising order of their values, each numbered by its place.
///
/// A scalar is what UTF-8 encodes one by one; "é" written as "e" with a combining accent is two of them. Coded as one
/// string of all characters.
public struct Vocabulary: Sendable, Hashable, Codable {
  /// In rising order, no two alike.
  public let scalars: [Unicode.Scalar]

  /// The distinct ones of some scalars.
  public init(_ scalars: some Sequence<Unicode.Scalar>) {
    self.scalars = Set(scalars).sorted()
  }

  /// How many characters there are.
  public var count: Int { scalars.count }

  /// The number of a character; nil if it is not among them.
  ///
  /// - Complexity: O(log ``count``).
  public func index(of scalar: Unicode.Scalar) -> Int? {
    var (low, high) = (0, scalars.count)
    while low < high {
      let middle = (low + high) / 2
      if scalars[middle] < scalar { low = middle + 1 } else { high = middle }
    }
    return low < scalars.count && scalars[low] == scalar ? low : nil
  }

  /// The text that some numbers stand for.
  ///
  /// - Parameter tokens: each in 0 ..< ``count``.
  public func text(_ tokens: some Sequence<Int32>) -> String {
    var text = String.UnicodeScalarView()
    for token in tokens { text.append(scalars[Int(token)]) }
    return String(text)
  }

  /// Each character as a string of its own.
  public var names: [String] { scalars.map { String($0) } }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let scalars = Array(try container.decode(String.self).unicodeScalars)
    self.init(scalars)
    guard self.scalars == scalars else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "The characters of a vocabulary must be distinct and in rising order.")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    var container = encoder.singleValueContainer()
    try container.encode(String(text))
  }
}

extension Unicode.Scalar {
  /// How messages call a character: in quotes if it can be seen, else by its name or number.
  public var printableName: String {
    let number = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    switch self {
    case "\n": return "newline"
    case "\r": return "carriage return"
    case "\t": return "tab"
    case " ": return "space"
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator,
      .nonspacingMark, .enclosingMark, .spacingMark:
      return number
    default: return isASCII ? "\"\(self)\"" : "\"\(self)\" (\(number))"
    }
  }

  private var hex: String { String(value, radix: 16, uppercase: true) }
}
