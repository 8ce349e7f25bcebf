/// What can be found wrong, or worth knowing, in a run.
public enum FindingCode: String, Sendable, Hashable, Codable, CaseIterable {
  case nonFinite = "non-finite"
  case divergence
  case lossSpike = "loss-spike"
  case rateTooHigh = "rate-too-high"
  case rateTooLow = "rate-too-low"
  case plateau
  case vanishingGradients = "vanishing-gradients"
  case explodingGradients = "exploding-gradients"
  case deadUnits = "dead-units"
  case overfitting
  case scheduleFault = "schedule-fault"
  case edgeOfStability = "edge-of-stability"
  case underTrained = "under-trained"
}

/// How grave a finding is.
public enum FindingSeverity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// The run is worth nothing as it is.
  case error
  /// The run would be better otherwise.
  case warning
  /// Worth knowing, and no fault.
  case note

  /// The graver one comes first.
  public static func < (a: FindingSeverity, b: FindingSeverity) -> Bool { a.place < b.place }

  private var place: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .note: 2
    }
  }
}
