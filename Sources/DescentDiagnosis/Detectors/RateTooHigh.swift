/// A rate at a third of which the loss at the end would be clearly lower, everything else the same.
///
/// Statistic: the probability of that from `RateEvidence` and `BoostedTrees`; see ``RateTooLowDetector``. A run that diverged
/// is its own evidence, unless the very first losses are not finite.
///
/// False alarms: 0.2 % of held-out runs without it; 0.8 % from losses alone.
public struct RateTooHighDetector: Detector {
  public static let threshold = 0.7
  public static let thresholdFromLosses = 0.6

  public let code = FindingCode.rateTooHigh

  public init() {}

  public func obstacle(in log: RunLog) -> String? {
    // A run that is no longer finite may have ended early.
    log.loss.values.allSatisfy(\.isFinite) ? log.needs(10) : nil
  }

  public func finding(in log: RunLog) -> Finding? {
    guard log.isComplete else { return nil }
    if let blown = blownUp(log) { return blown }
    guard let evidence = RateEvidence(log) else { return nil }
    let value = evidence.tooHigh
    let threshold = evidence.hasHealth ? Self.threshold : Self.thresholdFromLosses
    guard value > threshold, !evidence.isNearBottom else { return nil }
    let shape = evidence.shape
    let what =
      shape.jump > 0.3
      ? "rose \(percent(shape.jump)) of its whole way above where it began"
      : "rose again and again, in sum \(percent(shape.rises)) of its whole way down"
    return found(
      log, value, threshold,
      "Smoothed, the loss \(what), and it came to rest at \(number(shape.levels[5])).")
  }

  private func blownUp(_ log: RunLog) -> Finding? {
    let diverged = LossDivergenceDetector().finding(in: log) ?? NonFiniteDetector().finding(in: log)
    guard let diverged, let first = log.loss.values.first, first.isFinite, log.loss.values.count > 1 else { return nil }
    guard diverged.evidence.steps.upperBound > log.range.lowerBound else { return nil }
    return found(
      log, 1, Self.threshold, "The run blew up by step \(diverged.evidence.steps.upperBound), as at too high a rate.")
  }

  private func found(_ log: RunLog, _ value: Double, _ threshold: Double, _ sentence: String) -> Finding {
    Finding(
      code, .warning,
      evidence: Evidence(
        steps: log.range, statistic: "probability that a third of the rate does clearly better", value: value,
        threshold: threshold, sentence: sentence),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run at a third of the rate, which ends clearly lower.",
      advice: "Train at a third of the rate.", next: NextRun(rate: log.peakRate.map { $0 / 3 }))
  }
}
