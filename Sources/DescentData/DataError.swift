/// Why data could not be had: one sentence with what is wrong, where, and what would be right.
public struct DataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Kinds of failure; the raw values are the codes in JSON output.
  public enum Code: String, Sendable, Hashable, Codable {
    /// The specification does not read or an argument is out of range.
    case invalidSpecification = "invalid-specification"
    /// No dataset of that name.
    case unknownDataset = "unknown-dataset"
    /// The file has no such column.
    case unknownColumn = "unknown-column"
    case fileNotFound = "file-not-found"
    case unreadable
    /// A file with no rows.
    case empty
    /// The file breaks its format: ragged rows, open quotes, a wrong magic number, a bad header.
    case malformed
    case missingValue = "missing-value"
    case notANumber = "not-a-number"
    /// Not-a-number, infinite, or beyond 32-bit floating point.
    case notFinite = "not-finite"
    /// Ends before its header says.
    case truncated
    /// Features and targets differ in number.
    case countMismatch = "count-mismatch"
    /// A text with fewer characters than its windows need.
    case tooShort = "too-short"
    /// A valid file of a kind that is not supported.
    case unsupported
  }

  public var code: Code
  /// The sentence, with place and advice.
  public var message: String
  /// The file it is about.
  public var path: String?
  /// The line in that file, from 1.
  public var line: Int?

  init(_ code: Code, _ message: String, path: String? = nil, line: Int? = nil) {
    self.code = code
    self.message = message
    self.path = path
    self.line = line
  }

  /// True if the specification text is at fault rather than a file or its content.
  public var isArgumentError: Bool {
    switch code {
    case .invalidSpecification, .unknownDataset, .unknownColumn: true
    default: false
    }
  }

  /// `file:line: message`, as far as they are known.
  public var description: String {
    guard let path else { return message }
    return line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
  }
}
