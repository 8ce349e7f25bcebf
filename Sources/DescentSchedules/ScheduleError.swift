/// A schedule that cannot be read or cannot be laid over a run: one sentence with what is wrong, where, and what would
/// be right.
public struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong and what would be right.
  public var message: String
  /// The text that was read, if the schedule came from text.
  public var text: String?
  /// Characters from the start of the text to the place.
  public var position: Int?
  /// The nearest known name, for a misspelt one.
  public var suggestion: String?

  public init(_ message: String, in text: String? = nil, at position: Int? = nil, suggestion: String? = nil) {
    self.message = message
    self.text = text
    self.position = position
    self.suggestion = suggestion
  }

  public var description: String {
    let hint = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
    guard let text, let position else { return hint.isEmpty ? message + "." : message + hint }
    return "\(message)\(hint) (at character \(position + 1) of \"\(text)\")."
  }
}
