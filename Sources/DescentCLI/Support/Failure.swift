/// What went wrong, in the words and with the exit status the user gets.
struct Failure: Error, Sendable, Hashable {
  /// A stable name for scripts: `unknown-option`, `bad-value`, `bad-spec`, `file`, …
  var code: String
  /// What was wrong and where, without a full stop.
  var message: String
  /// What would be right, without a full stop; nil if the message says it already.
  var hint: String?
  var status: ExitStatus

  init(_ code: String, _ message: String, hint: String? = nil, status: ExitStatus = .usage) {
    self.code = code
    self.message = message
    self.hint = hint
    self.status = status
  }

  /// The one sentence for standard error.
  var sentence: String { ended(hint.map { "\(message); \($0)" } ?? message) }

  var json: JSON {
    ["error": ["code": .string(code), "message": .string(ended(message)), "hint": JSON(hint.map(ended))]]
  }
}

/// An error of a library module that knows how it is told on the command line.
protocol Reportable: Error {
  var failure: Failure { get }
}

extension Reportable where Self: CustomStringConvertible {
  /// The error's own sentence as a failure.
  func failure(_ code: String, _ status: ExitStatus) -> Failure {
    Failure(code, uncapitalized(flattened(description)), status: status)
  }
}

extension Failure {
  /// Any error a command throws.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as any Reportable: self = error.failure
    default: self.init("failed", flattened(String(describing: error)), status: .failed)
    }
  }

  /// Puts the name of the option or file in front, where the error's own sentence does not say it.
  func at(_ place: String) -> Failure {
    var copy = self
    copy.message = "\(place): \(uncapitalized(message))"
    return copy
  }
}

/// A sentence with its full stop, if it has no mark of its own.
private func ended(_ sentence: String) -> String { sentence.last == "?" ? sentence : sentence + "." }

/// A sentence as it stands after a colon: its capital has no place there, a name's (NaN) stays.
private func uncapitalized(_ text: String) -> String {
  text.dropFirst().first?.isLowercase == true ? text.prefix(1).lowercased() + text.dropFirst() : text
}

/// One line without a full stop at its end.
func flattened(_ text: String) -> String {
  var line = text.split(whereSeparator: \.isNewline).map { $0.trimming(" ") }.joined(separator: " ")
  while line.last == "." { line.removeLast() }
  return line
}

extension StringProtocol {
  /// The text without these characters at either end.
  func trimming(_ characters: String) -> String {
    let core = drop { characters.contains($0) }
    return String(core.reversed().drop { characters.contains($0) }.reversed())
  }
}
