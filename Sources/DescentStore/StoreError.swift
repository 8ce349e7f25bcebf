/// What went wrong in the store: one sentence, and where.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure; more may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The system refused to read or write a file.
    public static let file = Code(rawValue: "file")
    /// A file's content breaks its format.
    public static let malformed = Code(rawValue: "malformed")
    /// Something given to the store cannot be stored (a reserved name, a shape that does not fit its bytes).
    public static let invalid = Code(rawValue: "invalid")
    /// No run by that name.
    public static let notFound = Code(rawValue: "not-found")
    /// Several runs begin like that.
    public static let ambiguous = Code(rawValue: "ambiguous")
    /// A run of that name is there already.
    public static let exists = Code(rawValue: "exists")
    /// A live process is writing to the run.
    public static let locked = Code(rawValue: "locked")
  }

  public var code: Code
  /// The file concerned.
  public var path: String?
  /// Line in that file, from 1.
  public var line: Int?
  /// What was wrong and what would be right, without the place.
  public var message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ code: Code, _ path: String, line: Int? = nil, _ message: String) {
    self.code = code
    self.path = path
    self.line = line
    self.message = message
  }

  public var description: String {
    guard let path else { return message }
    return line.map { "\(path):\($0): \(message)" } ?? "\(path): \(message)"
  }
}
