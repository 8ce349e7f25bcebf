/// A plan laid over one model and one run: groups of parameters that are treated alike, and what every step uses.
///
/// All values are pure functions of the step, so resuming a run, or adding a parameter in its midst, needs nothing but
/// the position.
public struct ResolvedPlan: Sendable, Hashable {
  /// What was laid over the run.
  public let plan: Plan
  /// Updates in the run.
  public let steps: Int
  /// As they were given.
  public let parameters: [PlanParameter]
  /// Never empty; the first is the main one: what no pattern singles out (under a decay by depth the last
  /// layer's share of it), or else the largest.
  public let groups: [PlanGroup]
  /// Which rules say something of which parameters.
  let usage: [RuleUsage]

  /// What became of a rule.
  struct RuleUsage: Sendable, Hashable {
    /// Parameters that its pattern matches.
    var matched = 0
    /// Those of them for which no later rule assigns anew.
    var used = 0
  }

  /// The group that most of a report is about.
  public var main: PlanGroup { groups[0] }

  /// The index of the group of each parameter, in the parameters' order.
  public var groupOfParameter: [Int] {
    var result = [Int](repeating: 0, count: parameters.count)
    for (index, group) in groups.enumerated() { for parameter in group.parameters { result[parameter] = index } }
    return result
  }

  /// What every group uses at one step.
  public func values(at step: Int) -> [PlanValues] {
    groups.map { group in
      PlanValues(
        group: group.name, rate: group.rate(at: step),
        settings: group.settings.map { ($0, group.value(of: $0, at: step) ?? 0) })
    }
  }
}

/// What one group uses at one step.
public struct PlanValues: Sendable {
  public var group: String
  public var rate: Double
  /// Hyper-parameters that the plan drives, in the order of its rules.
  public var settings: [(name: String, value: Double)]
}

/// Parameters that a plan treats alike.
public struct PlanGroup: Sendable, Hashable {
  /// The patterns that single it out, or `main`; unique among the groups.
  public let name: String
  /// Indices of its parameters.
  public let parameters: [Int]
  /// Elements in all.
  public let size: Int
  /// Its schedule before factors; a fixed rate is a constant one.
  public let schedule: ResolvedSchedule
  /// Hyper-parameters besides the rate that the plan drives here, in the order of its rules.
  public let settings: [String]
  let rateTrack: PlanTrack
  let tracks: [PlanTrack]

  /// The rate that update `step` uses.
  public func rate(at step: Int) -> Double { rateTrack.value(at: step) }

  /// The value of a hyper-parameter at a step; nil if the plan leaves it to the optimizer.
  public func value(of setting: String, at step: Int) -> Double? {
    if setting == Plan.rate { return rate(at: step) }
    return settings.firstIndex(of: setting).map { tracks[$0].value(at: step) }
  }

  /// The value of `settings[index]` at a step.
  public func value(ofSetting index: Int, at step: Int) -> Double { tracks[index].value(at: step) }

  /// Whether `settings[index]` is the same at every step.
  public func isConstant(setting index: Int) -> Bool { tracks[index].isConstant }

  /// The highest rate of the run.
  public var highestRate: Double { rateTrack.value(at: schedule.maximum.step) }

  /// The rate that the schedule's levels are measured by, times the group's factors.
  public var peak: Double { rateTrack.changed(schedule.peak) }

  /// True if the other group has the same rate at every step.
  public func hasSameRate(as other: PlanGroup) -> Bool { rateTrack == other.rateTrack }
}
