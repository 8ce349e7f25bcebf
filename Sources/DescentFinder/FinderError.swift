/// What was wrong with a setting or a recorded curve, in one sentence.
public struct FinderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of mistake.
  public enum Code: String, Sendable, Hashable {
    /// A setting of the range test lies outside its domain.
    case invalidSetting
    /// A recorded curve cannot be read.
    case badCurve
  }

  public var code: Code
  /// One sentence: what was wrong and what would be right.
  public var message: String
  /// One-based line of the recorded curve, where one line is to blame.
  public var line: Int?

  public init(_ code: Code, _ message: String, line: Int? = nil) {
    self.code = code
    self.message = message
    self.line = line
  }

  public var description: String { line.map { "line \($0): \(message)" } ?? message }
}
