extension Plan: CustomStringConvertible {
  /// The text form, which reads back as an equal plan.
  public var description: String { rules.map(\.description).joined(separator: "; ") }
}

extension Plan.Rule: CustomStringConvertible {
  public var description: String {
    (pattern.isForAll ? "" : "\(pattern) ") + (setting == Plan.rate ? "rate" : setting) + action.description
  }
}

extension Plan.Action: CustomStringConvertible {
  /// As it follows the hyper-parameter's name, with the space before it.
  public var description: String {
    switch self {
    case .schedule(let schedule): return ": \(schedule)"
    case .value(let value): return " = \(number(value))"
    case .inverse(let from, let to): return " inverse \(number(from))..\(number(to))"
    case .factor(let factor): return " x\(number(factor))"
    case .depth(let decay, let minimum):
      return " depth x\(number(decay))" + (minimum == 0 ? "" : " min \(number(minimum))")
    case .batch(let rule, let base): return " batch \(rule.rawValue) \(base)"
    case .coupled(let power):
      let size = abs(power) == 1 ? "rate" : "rate^\(abs(power))"
      return power > 0 ? " ~ \(size)" : " ~ 1/\(size)"
    }
  }
}
