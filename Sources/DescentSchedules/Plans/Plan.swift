/// What every hyper-parameter of every parameter does over a run, as a value: ordered rules, read as assignments.
///
/// ```swift
/// let plan = try Plan(parsing: "rate: warmup 5% -> cosine; [ndim<2] weightDecay = 0; head.* rate x10")
/// let run = try plan.resolved(parameters, horizon: Horizon(steps: 1000), peak: 1e-3, settings: ["weightDecay": 0.01])
/// run.groups.map(\.name)          // ["main", "[ndim<2]", "head.*", …]
/// run.groups[1].rate(at: 500)
/// ```
/// A rule that assigns (a schedule, a number, momentum inverse to the rate) replaces what rules before it have made of
/// that hyper-parameter; one that multiplies (a factor, a decay by depth, a batch rule, a coupling to the rate) changes
/// it. So the last assignment wins, and general rules come before their exceptions. What no rule assigns is the run's
/// own rate and the optimizer's own settings.
public struct Plan: Sendable, Hashable {
  /// The hyper-parameter of a rule that names none.
  public static let rate = "learningRate"

  /// What a rule does to a hyper-parameter.
  public enum Action: Sendable, Hashable {
    /// These values; a schedule without a peak is a multiplier of the run's rate, or of the optimizer's own setting.
    case schedule(Schedule)
    /// This value at every step.
    case value(Double)
    /// From the first, at the run's lowest rate, to the second, at its highest: as momentum goes in one-cycle training.
    case inverse(from: Double, to: Double)
    /// Times this.
    case factor(Double)
    /// Times decay^(L − l), l the depth of the parameter's layer and L the last one's, and no less than the minimum.
    case depth(decay: Double, minimum: Double)
    /// By the rule for a batch of other size than the one that the value was found with.
    case batch(BatchScaling, base: Int)
    /// Times (rate/highest rate)ᵖ, p from −4 to 4 and not 0.
    case coupled(power: Int)

    /// True if what was there before does not matter.
    public var assigns: Bool {
      switch self {
      case .schedule, .value, .inverse: true
      case .factor, .depth, .batch, .coupled: false
      }
    }
  }

  /// A hyper-parameter of some parameters.
  public struct Rule: Sendable, Hashable {
    public var pattern: ParameterPattern
    /// By its frozen name: `learningRate` (`rate` for short), `weightDecay`, `momentum`, …; whether the optimizer has it is asked when the
    /// plan is laid over a run.
    public var setting: String
    public var action: Action

    public init(_ pattern: ParameterPattern = .all, _ setting: String = Plan.rate, _ action: Action) {
      self.pattern = pattern
      self.setting = ["rate", "lr"].contains(setting) ? Plan.rate : setting
      self.action = action
    }

    /// What is wrong with it, whatever the run; nil: nothing.
    var problem: String? {
      guard Self.isName(setting) else { return "\"\(setting)\" is not the name of a hyper-parameter" }
      return action.problem(in: setting)
    }

    /// Letters, digits and underscores, and no word that begins an action or a schedule.
    static func isName(_ text: String) -> Bool {
      let isFactor = text.first == "x" && text.dropFirst().first?.isNumber == true
      return text.first?.isLetter == true && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        && !isFactor && !PlanRuleReader.actions.contains(text) && !PlanRuleReader.shapes.contains(text)
    }
  }

  /// In the order they are read.
  public var rules: [Rule]

  public init(_ rules: [Rule] = []) { self.rules = rules }

  public init(_ rules: Rule...) { self.rules = rules }

  /// This plan followed by another, whose assignments win.
  public func then(_ other: Plan) -> Plan { Plan(rules + other.rules) }

  /// Sixteen hexadecimal digits that stamp a run: FNV-1a (64 bits) of the canonical text, the same on every machine.
  public var digest: String { textDigest(description) }
}

extension Plan.Action {
  func problem(in setting: String) -> String? {
    switch self {
    case .schedule(let schedule): return schedule.problem
    case .value(let value):
      return value.isFinite && value >= 0 ? nil : "\(setting) must be a number of 0 or more, it is \(number(value))"
    case .inverse(let from, let to):
      if setting == Plan.rate { return "the rate cannot be inverse to itself" }
      return [from, to].allSatisfy { $0.isFinite && $0 >= 0 }
        ? nil : "inverse needs two numbers of 0 or more, they are \(number(from)) and \(number(to))"
    case .factor(let factor):
      return factor.isFinite && factor >= 0 ? nil : "a factor must be 0 or more, it is \(number(factor))"
    case .depth(let decay, let minimum):
      if !(decay.isFinite && decay > 0) { return "the decay by depth must be above 0, it is \(number(decay))" }
      return minimum.isFinite && minimum >= 0
        ? nil : "the smallest factor must be 0 or more, it is \(number(minimum))"
    case .batch(_, let base):
      return (1...1 << 40).contains(base) ? nil : "a batch needs 1 sample or more, it has \(base)"
    case .coupled(let power):
      if setting == Plan.rate { return "the rate cannot be coupled to itself" }
      return power != 0 && abs(power) <= 4 ? nil : "the power of a coupling is from -4 to 4 and not 0, it is \(power)"
    }
  }
}

/// FNV-1a (64 bits) as sixteen hexadecimal digits.
func textDigest(_ text: String) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
