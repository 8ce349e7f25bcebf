/// One thing worth knowing about a schedule over a run.
public struct LintFinding: Sendable, Hashable, Codable {
  public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// The run is certainly wrong.
    case error
    /// Probably not meant.
    case warning
    /// Worth knowing.
    case note
  }

  /// One of ``LintCode``'s raw values.
  public var code: String
  public var severity: Severity
  /// One or two sentences with the numbers.
  public var message: String

  public init(code: String, severity: Severity, message: String) {
    self.code = code
    self.severity = severity
    self.message = message
  }

  /// A finding of a known code, at its usual severity unless said otherwise.
  init(_ code: LintCode, _ message: String, _ severity: Severity? = nil) {
    self.init(code: code.rawValue, severity: severity ?? code.severity, message: message)
  }
}
