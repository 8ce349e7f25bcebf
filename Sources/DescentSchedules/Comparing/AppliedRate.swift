/// A rate that an update was really made with, as a log has it.
public struct AppliedRate: Sendable, Hashable, Codable {
  /// The update, from 0.
  public var step: Int
  public var rate: Double

  public init(step: Int, rate: Double) {
    self.step = step
    self.rate = rate
  }
}

/// The table of everything ``ResolvedSchedule/check(applied:)`` can say.
public enum AppliedCode: String, Sendable, Hashable, Codable, CaseIterable {
  case nonFinite = "applied-non-finite"
  case neverApplied = "never-applied"
  case steppedTooFast = "stepped-too-fast"
  case steppedTooSlow = "stepped-too-slow"
  case lostOnResume = "lost-on-resume"
  case offByOne = "off-by-one"
  case scaled = "applied-scaled"
  case differs = "applied-differs"
  case jump = "applied-jump"

  /// How grave it is.
  public var severity: LintFinding.Severity {
    switch self {
    case .nonFinite, .neverApplied, .steppedTooFast, .steppedTooSlow, .lostOnResume, .differs: .error
    case .offByOne, .scaled, .jump: .warning
    }
  }

  /// What it means, in one sentence.
  public var meaning: String {
    switch self {
    case .nonFinite: "An applied rate is infinite or not a number."
    case .neverApplied: "The rate stayed where it was: the schedule was never applied."
    case .steppedTooFast: "The schedule was advanced several times per update, by each batch or each device."
    case .steppedTooSlow: "The schedule was advanced once in several updates, by epochs instead of steps perhaps."
    case .lostOnResume: "From a certain update on the rates belong to another place of the schedule."
    case .offByOne: "Every update has its neighbour's rate."
    case .scaled: "All rates are the intended ones times one factor."
    case .differs: "The rates are others than intended."
    case .jump: "The rate jumps where the schedule does not."
    }
  }
}
