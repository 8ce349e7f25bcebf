/// The table of what ``ResolvedPlan/lint()`` can say besides what it says of each group's schedule.
public enum PlanLintCode: String, Sendable, Hashable, Codable, CaseIterable {
  case patternMatchesNothing = "pattern-matches-nothing"
  case ruleNeverUsed = "rule-never-used"
  case levelAboveGroupPeak = "level-above-group-peak"
  case frozenGroup = "frozen-group"
  case couplesNothing = "couples-nothing"

  public var severity: LintFinding.Severity {
    switch self {
    case .patternMatchesNothing, .ruleNeverUsed, .levelAboveGroupPeak: .warning
    case .frozenGroup, .couplesNothing: .note
    }
  }

  /// What it means, in one sentence.
  public var meaning: String {
    switch self {
    case .patternMatchesNothing: "No parameter of the model has a name or shape that fits the pattern."
    case .ruleNeverUsed: "Later rules assign anew to every parameter that the rule is for."
    case .levelAboveGroupPeak: "A floor or an end given as a rate of its own lies above the group's peak."
    case .frozenGroup: "The group's rate is 0 all along: it is not trained."
    case .couplesNothing: "A factor or a coupling is of a setting whose value is 0."
    }
  }
}

extension ResolvedPlan {
  /// What is worth knowing about the plan over this model and run, gravest first; empty: nothing.
  public func lint(precision: ParameterPrecision = .float32) -> [LintFinding] {
    var findings: [LintFinding] = []
    func add(_ code: PlanLintCode, _ message: String) {
      findings.append(LintFinding(code: code.rawValue, severity: code.severity, message: message))
    }
    for (rule, usage) in zip(plan.rules, usage) {
      if usage.matched == 0 {
        add(.patternMatchesNothing, "\"\(rule)\": no parameter fits \(rule.pattern).")
      } else if usage.used == 0 {
        add(.ruleNeverUsed, "\"\(rule)\" is never used: later rules assign anew to all it is for.")
      }
    }
    var seen: [ResolvedSchedule] = []
    for group in groups {
      if group.highestRate == 0 { add(.frozenGroup, "The rate of \(group.name) is 0 all along: it is not trained.") }
      if let level = group.schedule.schedule.highestAbsoluteLevel, level > group.schedule.peak {
        add(
          .levelAboveGroupPeak,
          "The rate of \(group.name) has the level \(number(level)), above its peak \(number(group.schedule.peak)).")
      }
      guard !seen.contains(group.schedule) else { continue }
      seen.append(group.schedule)
      findings += group.schedule.lint(precision: precision).filter {
        // A group at rate 0 is said to be frozen.
        $0.code != LintCode.everyRateZero.rawValue || group.schedule.peak > 0
      }.map {
        LintFinding(
          code: $0.code, severity: $0.severity, message: groups.count > 1 ? "\(group.name): \($0.message)" : $0.message)
      }
    }
    for setting in settingsOfNothing {
      add(.couplesNothing, "The \(setting) is 0 in every group, whatever it is multiplied by.")
    }
    return LintFinding.Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
  }
}

extension ResolvedPlan {
  /// Settings that rules multiply and that are 0 wherever they do.
  private var settingsOfNothing: [String] {
    var multiplied: [String] = []
    var moved: Set<String> = []
    for group in groups {
      for (setting, track) in zip(group.settings, group.tracks) where !track.changes.isEmpty {
        if !multiplied.contains(setting) { multiplied.append(setting) }
        if track.source != .constant(0) { moved.insert(setting) }
      }
    }
    return multiplied.filter { !moved.contains($0) }
  }
}

extension Schedule {
  /// The highest level of pieces and bounds below which the schedule does not go, given as a rate of its own.
  fileprivate var highestAbsoluteLevel: Double? {
    var levels: [Level?] = [modifiers.floor]
    if case .pieces(let pieces) = form { for piece in pieces { levels += [piece.from, piece.to] } }
    return levels.compactMap { if case .absolute(let rate)? = $0 { rate } else { nil } }.max()
  }
}
