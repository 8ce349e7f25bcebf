/// A study that cannot be made: one sentence with what is wrong and what would be right.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }

  static let lossIsNoNumber = StudyError(
    "The loss is not a number before the first step; look at the data and the initial weights.")
}

/// Thrown where a study was asked to stop; what was finished by then is kept.
public struct StudyStopped: Error, Sendable, Hashable, CustomStringConvertible {
  public init() {}
  public var description: String { "The study was stopped." }
}
