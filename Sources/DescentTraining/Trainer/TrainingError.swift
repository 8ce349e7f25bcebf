/// What kept a run from going on: one sentence, and how far it came.
///
/// Numerical outcomes (diverged, not a number) are never errors; see ``TrainingOutcome``.
public struct TrainingError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure; more may be added.
  public struct Code: RawRepresentable, Sendable, Hashable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A setting of the plan is out of range.
    public static let invalidSetting = Code(rawValue: "invalid-setting")
    /// The measurements or a checkpoint could not be kept (disk full, say).
    public static let recording = Code(rawValue: "recording")
    /// The trainee could not make a step, measure itself or give its state.
    public static let trainee = Code(rawValue: "trainee")
    /// A checkpoint does not belong to such a run.
    public static let checkpoint = Code(rawValue: "checkpoint")
  }

  public var code: Code
  /// What was wrong and what would be right.
  public var message: String
  /// Steps completed before; the trainer that threw still holds their outcome and can go on.
  public var completedSteps: Int
  /// What the store or the trainee threw.
  public var underlying: (any Error)?

  init(_ code: Code, _ message: String, completedSteps: Int = 0, underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.completedSteps = completedSteps
    self.underlying = underlying
  }

  public var description: String { message }
}
