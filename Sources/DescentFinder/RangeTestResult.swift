/// Everything a range test, or a recorded curve, has to say.
///
/// Encodes with the keys `suggestion` (or null with `reason` and `advice`), `rules` (null where a rule gives
/// nothing), `ceiling`, `regions`, `repeats`, `curve`, `spent`. Losses may be not finite: give the encoder a strategy
/// for them.
public struct RangeTestResult: Sendable, Hashable {
  /// What the test cost.
  public struct Spent: Sendable, Hashable, Codable {
    /// Optimizer steps over all repeats.
    public var steps: Int
  }

  public let suggestion: Suggestion?
  /// Why there is no suggestion; nil if there is one.
  public let noSuggestion: NoSuggestion?
  /// What each rule picks on ``curve``; a rule missing here gives nothing.
  public let rules: [SuggestionRule: Double]
  /// The rate from which the smoothed loss climbs for good or the test blows up; nil if that never happens.
  public let ceiling: Double?
  /// Flat, falling, climbing, in order of rates.
  public let regions: [CurveRegion]
  public let repeats: [RepeatResult]
  /// The point-wise median of the raw losses over the repeats, and that smoothed.
  public let curve: [CurvePoint]
  public let spent: Spent
  public let scheduleKind: ScheduleKind

  /// Combines repeats by the point-wise median: at a step, the median of the repeats that have it, those that blew up
  /// before counting as infinite; the curve ends once half of them have.
  ///
  /// - Parameters:
  ///   - repeats: at least one.
  ///   - scheduleKind: what becomes of the rate in the run it is for.
  ///   - window: of ``smoothed(_:window:)``.
  public init(repeats: [RepeatResult], scheduleKind: ScheduleKind = .constant, window: Int? = nil) {
    let curve = medianCurve(repeats, window: window)
    let blown = repeats.count { $0.stopped.isBlowUp }
    self.init(
      curve: curve, repeats: repeats, blewUp: 2 * blown >= repeats.count && blown > 0, scheduleKind: scheduleKind,
      spent: repeats.reduce(0) { $0 + $1.curve.count })
  }

  init(curve: [CurvePoint], repeats: [RepeatResult], blewUp: Bool, scheduleKind: ScheduleKind, spent: Int) {
    let shape = CurveShape(curve, blewUp: blewUp)
    switch suggest(curve: curve, shape: shape, repeats: repeats, scheduleKind: scheduleKind) {
    case .success(let found):
      suggestion = found
      noSuggestion = nil
    case .failure(let refusal):
      suggestion = nil
      noSuggestion = refusal
    }
    var rules: [SuggestionRule: Double] = [:]
    for rule in SuggestionRule.allCases { rules[rule] = rule.rate(on: curve) }
    self.rules = rules
    ceiling = shape?.climbStart.map { curve[$0].rate }
    regions = shape?.regions(curve) ?? []
    self.repeats = repeats
    self.curve = curve
    self.spent = Spent(steps: spent)
    self.scheduleKind = scheduleKind
  }
}

extension RangeTestResult: Encodable {
  private enum CodingKeys: String, CodingKey {
    case suggestion, reason, advice, rules, ceiling, regions, repeats, curve, spent
  }

  private struct RuleKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(suggestion, forKey: .suggestion)
    if let noSuggestion {
      try container.encode(noSuggestion.reason, forKey: .reason)
      try container.encode(noSuggestion.advice, forKey: .advice)
    }
    var picked = container.nestedContainer(keyedBy: RuleKey.self, forKey: .rules)
    for rule in SuggestionRule.allCases {
      try picked.encode(rules[rule], forKey: RuleKey(stringValue: rule.rawValue))
    }
    try container.encode(ceiling, forKey: .ceiling)
    try container.encode(regions, forKey: .regions)
    try container.encode(repeats, forKey: .repeats)
    try container.encode(curve, forKey: .curve)
    try container.encode(spent, forKey: .spent)
  }
}
