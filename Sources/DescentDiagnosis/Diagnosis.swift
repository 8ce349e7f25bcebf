/// What is wrong with a run, and what could not be judged.
public struct Diagnosis: Sendable, Hashable {
  /// The gravest first.
  public var findings: [Finding]
  /// Detectors that could not judge the log, and why.
  public var notJudged: [NotJudged]

  /// A detector that lacked something.
  public struct NotJudged: Sendable, Hashable {
    public var code: FindingCode
    /// Half a sentence: "the log has no …".
    public var reason: String
  }

  /// Every detector there is.
  public static let detectors: [any Detector] = [
    NonFiniteDetector(), LossDivergenceDetector(), LossSpikeDetector(), RateTooHighDetector(), RateTooLowDetector(),
    PlateauDetector(), VanishingGradientsDetector(), ExplodingGradientsDetector(), DeadUnitsDetector(),
    OverfittingDetector(), ScheduleFaultDetector(), EdgeOfStabilityDetector(), UnderTrainedDetector(),
  ]

  /// Notes of a run that has no fault; the others are dropped.
  public static let mostNotes = 2

  /// Asks every detector about a log.
  public init(_ log: RunLog) {
    var found: [Finding] = []
    var missing: [NotJudged] = []
    for detector in Self.detectors {
      if let reason = detector.obstacle(in: log) {
        missing.append(NotJudged(code: detector.code, reason: reason))
      } else if let finding = detector.finding(in: log) {
        found.append(finding)
      }
    }
    findings = Self.settled(found)
    notJudged = missing
  }

  /// In order of severity, without what a graver finding explains.
  static func settled(_ found: [Finding]) -> [Finding] {
    let codes = Set(found.map(\.code))
    var rest = found
    if codes.contains(.nonFinite) || codes.contains(.divergence) {
      // What became of the loss on its way up is no plateau, no spike and no run too short.
      let explained: Set<FindingCode> = [
        .lossSpike, .plateau, .rateTooLow, .underTrained, .edgeOfStability, .overfitting,
      ]
      rest.removeAll { explained.contains($0.code) }
    }
    if codes.contains(.rateTooLow) { rest.removeAll { $0.code == .underTrained || $0.code == .edgeOfStability } }
    if codes.contains(.vanishingGradients), codes.contains(.plateau), !codes.contains(.divergence) {
      // Nothing moves, so nothing is told of the rate.
      rest.removeAll { $0.code == .rateTooHigh }
    }
    if codes.contains(.rateTooLow), codes.contains(.rateTooHigh) { rest.removeAll { $0.code == .rateTooLow } }
    // What a rate explains is no plateau besides; but nothing is told of the rate where gradients vanish or units are dead.
    let isStuck = codes.contains(.vanishingGradients) || codes.contains(.deadUnits)
    if rest.contains(where: { $0.code == .plateau && $0.severity == .warning }) {
      rest.removeAll { $0.code == .underTrained || isStuck && $0.code == .rateTooLow }
      if rest.contains(where: { $0.code == .rateTooLow }) { rest.removeAll { $0.code == .plateau } }
    }
    let sorted = rest.enumerated().sorted { ($0.element.severity, $0.offset) < ($1.element.severity, $1.offset) }
      .map(\.element)
    let faults = sorted.filter { $0.severity != .note }
    return faults + sorted.filter { $0.severity == .note }.prefix(mostNotes)
  }
}
