internal import DescentSpecs

extension Plan {
  /// Lays the plan over a model and a run.
  ///
  /// - Parameters:
  ///   - parameters: names and shapes, in the layout's order; at least one.
  ///   - horizon: the length of the run and the facts that lengths and batch rules need.
  ///   - schedule: the rate of parameters that no rule gives one.
  ///   - peak: the peak of rate schedules that have none of their own.
  ///   - settings: the optimizer's own hyper-parameters besides the rate, which factors, couplings and multipliers start
  ///     from; nil: not known, and not checked.
  /// - Throws: ``ScheduleError`` for a hyper-parameter that the optimizer does not have, a peak that is missing or that
  ///   nothing needs, or whatever is wrong with a schedule.
  public func resolved(
    _ parameters: [PlanParameter], horizon: Horizon, schedule: Schedule = Schedule(.constant()), peak: Double? = nil,
    settings: [String: Double]? = nil
  ) throws(ScheduleError) -> ResolvedPlan {
    guard !parameters.isEmpty else { throw ScheduleError("a plan needs at least one parameter to lay it over") }
    for rule in rules {
      if let problem = rule.problem { throw ScheduleError("\"\(rule)\": \(problem)") }
      if let settings, rule.setting != Plan.rate, settings[rule.setting] == nil { throw unknown(rule, settings) }
    }
    if let peak, !needsPeak(parameters, schedule: schedule) {
      throw ScheduleError(
        "every rate of the plan has a peak of its own and another is given (\(number(peak))); leave one out")
    }
    var resolver = PlanResolver(
      plan: self, parameters: parameters, horizon: horizon, schedule: schedule, peak: peak, settings: settings)
    return try resolver.resolve()
  }

  /// Whether some parameter's rate has no peak of its own.
  public func needsPeak(_ parameters: [PlanParameter], schedule: Schedule = Schedule(.constant())) -> Bool {
    parameters.contains { parameter in
      let last = rules.last { $0.setting == Plan.rate && $0.action.assigns && $0.pattern.matches(parameter) }
      return switch last?.action {
      case .schedule(let own)?: own.peak == nil
      case nil: schedule.peak == nil
      default: false
      }
    }
  }

  private func unknown(_ rule: Rule, _ settings: [String: Double]) -> ScheduleError {
    let names = ["rate"] + settings.keys.sorted()
    if let nearest = nearestName(to: rule.setting, among: names) {
      return ScheduleError(
        "\"\(rule)\": the optimizer has no hyper-parameter \"\(rule.setting)\"", suggestion: nearest)
    }
    return ScheduleError(
      "\"\(rule)\": the optimizer has no hyper-parameter \"\(rule.setting)\" (it has \(names.joined(separator: ", "))); "
        + "a pattern of names alone is written \"\(rule.setting) rate …\"")
  }
}

/// The work of laying a plan over a run, with what many parameters share kept.
struct PlanResolver {
  let plan: Plan
  let parameters: [PlanParameter]
  let horizon: Horizon
  let schedule: Schedule
  let peak: Double?
  let settings: [String: Double]?

  /// By the rule's index; −1: the run's own.
  private var rates: [Int: ResolvedSchedule] = [:]

  init(
    plan: Plan, parameters: [PlanParameter], horizon: Horizon, schedule: Schedule, peak: Double?,
    settings: [String: Double]?
  ) {
    self.plan = plan
    self.parameters = parameters
    self.horizon = horizon
    self.schedule = schedule
    self.peak = peak
    self.settings = settings
  }

  /// What decides how a parameter is treated: the rules that count for it, and its depth where one of them asks.
  private struct Key: Hashable {
    var rules: [Int]
    var depth: Int?
  }

  mutating func resolve() throws(ScheduleError) -> ResolvedPlan {
    let layers = LayerDepths(of: parameters)
    var usage = [ResolvedPlan.RuleUsage](repeating: .init(), count: plan.rules.count)
    var order: [Key] = []
    var members: [Key: [Int]] = [:]
    for (index, parameter) in parameters.enumerated() {
      let matching = plan.rules.indices.filter { plan.rules[$0].pattern.matches(parameter) }
      let counting = matching.filter { rule in
        !matching.contains {
          $0 > rule && plan.rules[$0].setting == plan.rules[rule].setting && plan.rules[$0].action.assigns
        }
      }
      for rule in matching { usage[rule].matched += 1 }
      for rule in counting { usage[rule].used += 1 }
      let asksDepth = counting.contains { if case .depth = plan.rules[$0].action { true } else { false } }
      let key = Key(rules: counting, depth: asksDepth ? layers.depths[index] : nil)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(index)
    }
    var groups: [PlanGroup] = []
    for key in order {
      let group = try self.group(key, members[key] ?? [], layers)
      // Different rules may come to the same.
      if let same = groups.firstIndex(where: { $0.isTreated(as: group) }) {
        groups[same] = groups[same].joined(with: group)
      } else {
        groups.append(group)
      }
    }
    let main =
      groups.firstIndex { $0.name == PlanGroup.mainName }
      ?? groups.firstIndex { $0.name == PlanGroup.depthName(layers.last) }
      ?? groups.indices.max { groups[$0].size < groups[$1].size } ?? 0
    groups.insert(groups.remove(at: main), at: 0)
    return ResolvedPlan(plan: plan, steps: horizon.steps, parameters: parameters, groups: groups, usage: usage)
  }

  private mutating func group(
    _ key: Key, _ members: [Int], _ layers: LayerDepths
  ) throws(ScheduleError) -> PlanGroup {
    var names: [String] = []
    var settingNames: [String] = []
    for index in key.rules {
      let rule = plan.rules[index]
      let name = rule.pattern.description
      if !rule.pattern.isForAll, !names.contains(name) { names.append(name) }
      if rule.setting != Plan.rate, !settingNames.contains(rule.setting) { settingNames.append(rule.setting) }
    }
    if let depth = key.depth { names.append(PlanGroup.depthName(depth)) }
    let rateRules = key.rules.filter { plan.rules[$0].setting == Plan.rate }
    let base = rateRules.first.flatMap { plan.rules[$0].action.assigns ? $0 : nil }
    let rate = try rate(ofRule: base ?? -1)
    var rateTrack = PlanTrack(source: .schedule(rate))
    rateTrack.changes = try changes(rateRules, key, layers, rate)
    var tracks: [PlanTrack] = []
    for setting in settingNames {
      let rules = key.rules.filter { plan.rules[$0].setting == setting }
      var track = PlanTrack(source: try source(of: setting, rules[0], rate))
      track.changes = try changes(rules, key, layers, rate)
      tracks.append(track)
    }
    return PlanGroup(
      name: names.isEmpty ? PlanGroup.mainName : names.joined(separator: " + "), parameters: members,
      size: members.reduce(0) { $0 + parameters[$1].size }, schedule: rate, settings: settingNames,
      rateTrack: rateTrack, tracks: tracks)
  }

  private mutating func rate(ofRule index: Int) throws(ScheduleError) -> ResolvedSchedule {
    if let known = rates[index] { return known }
    var own = schedule
    if index >= 0 {
      switch plan.rules[index].action {
      case .schedule(let schedule): own = schedule
      case .value(let value): own = Schedule(peak: value, .constant())
      default: break
      }
    }
    let resolved = try own.resolved(peak: own.peak == nil ? peak : nil, horizon: horizon)
    rates[index] = resolved
    return resolved
  }

  private func source(
    of setting: String, _ index: Int, _ rate: ResolvedSchedule
  ) throws(ScheduleError) -> PlanTrack.Source {
    let rule = plan.rules[index]
    switch rule.action {
    case .value(let value): return .constant(value)
    case .inverse(let from, let to): return .inverse(try RateFraction(rate), from: from, to: to)
    case .schedule(let schedule):
      let own = schedule.peak == nil ? try ownValue(of: setting, rule) : nil
      return .schedule(try schedule.resolved(peak: own, horizon: horizon))
    case .factor, .depth, .batch, .coupled: return .constant(try ownValue(of: setting, rule))
    }
  }

  private func ownValue(of setting: String, _ rule: Plan.Rule) throws(ScheduleError) -> Double {
    if let value = settings?[setting] { return value }
    throw ScheduleError(
      "\"\(rule)\" starts from the optimizer's own \(setting), which is not known here; give it first, as in "
        + "\(setting) = 0.01")
  }

  private func changes(
    _ rules: [Int], _ key: Key, _ layers: LayerDepths, _ rate: ResolvedSchedule
  ) throws(ScheduleError) -> [PlanTrack.Change] {
    var changes: [PlanTrack.Change] = []
    for index in rules {
      switch plan.rules[index].action {
      case .schedule, .value, .inverse: break
      case .factor(let factor): changes.append(.times(factor))
      case .depth(let decay, let minimum):
        changes.append(.times(layers.factor(ofLayer: key.depth ?? 0, decay: decay, minimum: minimum)))
      case .batch(let scaling, let base):
        let kappa = try Double(horizon.constantBatch) / Double(base)
        changes.append(.batch(scaling, setting: plan.rules[index].setting, kappa: kappa))
      case .coupled(let power): changes.append(.coupled(power: power, to: rate, highest: rate.maximum.rate))
      }
    }
    return changes
  }
}

extension PlanGroup {
  static let mainName = "main"
  static func depthName(_ depth: Int) -> String { "depth \(depth)" }

  fileprivate func isTreated(as other: PlanGroup) -> Bool {
    rateTrack == other.rateTrack && settings == other.settings && tracks == other.tracks
  }

  fileprivate func joined(with other: PlanGroup) -> PlanGroup {
    PlanGroup(
      name: other.name == Self.mainName ? other.name : name, parameters: (parameters + other.parameters).sorted(),
      size: size + other.size, schedule: schedule, settings: settings, rateTrack: rateTrack, tracks: tracks)
  }
}

extension Horizon {
  /// Samples of an update.
  fileprivate var constantBatch: Int {
    get throws(ScheduleError) {
      guard let batch else { throw ScheduleError("a batch rule needs the batch size of the run, which is not known") }
      if let problem = batch.problem { throw ScheduleError(problem) }
      guard batch.stages.count == 1, let stage = batch.stages.first else {
        throw ScheduleError("a batch rule needs one batch size for the whole run, not a ramp of sizes")
      }
      return stage.size * (accumulation ?? 1) * (dataParallel ?? 1)
    }
  }
}
