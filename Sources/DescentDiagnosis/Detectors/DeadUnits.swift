/// Hidden units that take no part: their gradient is 0 on batch after batch.
///
/// Statistic: the median, over the last half of the run's measurements, of the share of silent units in the layer that has
/// most (`silentUnits`: five measured batches in a row without a gradient at the bias); threshold 0.5.
///
/// False alarms: 0.2 % of held-out runs without it.
public struct DeadUnitsDetector: Detector {
  public static let threshold = 0.5

  public let code = FindingCode.deadUnits
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? {
    log.silentUnits.values.count >= 6 ? nil : "the log does not say which share of units is silent (silentUnits)"
  }

  public func finding(in log: RunLog) -> Finding? {
    let values = log.silentUnits.values
    guard values.count >= 6 else { return nil }
    let late = values[(values.count / 2)...]
    let share = Statistic.median(late)
    guard share > Self.threshold else { return nil }
    // Where the loss has come to 0 all gradients are 0, and no unit is to blame.
    let norms = log.gradientNorm.values
    if norms.count >= 10 {
      let (start, end) = (Statistic.median(norms.prefix(10)), Statistic.median(norms.suffix(10)))
      guard end > 1e-4 * start else { return nil }
    }
    let first = log.silentUnits.steps[values.firstIndex { $0 > Self.threshold } ?? 0]
    return Finding(
      code, .warning,
      evidence: Evidence(
        steps: first...max(first, log.range.upperBound), statistic: "share of silent units in the worst layer",
        value: share, threshold: Self.threshold,
        sentence: "From step \(first) on \(percent(share)) of the units of a hidden layer have had no gradient."),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The activations of that layer on the whole training part: units that are 0 on every row are dead.",
      advice: "Train at a third of the rate or with a warm-up, or use --activation gelu, whose units do not die.",
      next: NextRun(rate: log.peakRate.map { $0 / 3 }))
  }
}
