/// A rate at three times which the loss at the end would be clearly lower, everything else the same.
///
/// Statistic: the probability of that from `RateEvidence`: how the fall of the loss is spread over the integral of the
/// rate, what it promises, how much noise there is beside it and, where a trainer measured it, whether updates still go
/// the same way downhill. "Clearly" is a twentieth of the way from the first loss to the best of the runs at a third, one and
/// three times the rate; a run whose whole-part losses have less than that left has nothing to win.
///
/// False alarms: 0.8 % of held-out runs without it; 0.9 % from losses alone.
public struct RateTooLowDetector: Detector {
  public static let threshold = 0.85
  public static let thresholdFromLosses = 0.88

  public let code = FindingCode.rateTooLow

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needs(LossShape.leastRows) }

  public func finding(in log: RunLog) -> Finding? {
    guard log.isComplete, let evidence = RateEvidence(log) else { return nil }
    let value = evidence.tooLow
    let threshold = evidence.hasHealth ? Self.threshold : Self.thresholdFromLosses
    guard value > threshold, !evidence.isNearBottom else { return nil }
    let shape = evidence.shape
    let steps = evidence.steps.map {
      " Updates still go along with the next gradient's descent (mean cosine \(number(-$0.lateCosine)))."
    }
    let rate = log.peakRate
    return Finding(
      code, .warning,
      evidence: Evidence(
        steps: log.steps(log.loss.values.count / 3, log.loss.values.count - 1),
        statistic: "probability that three times the rate does clearly better", value: value, threshold: threshold,
        sentence:
          "The last two thirds of the integrated rate made \(percent(shape.falls[3] + shape.falls[4])) of the way "
          + "down, from \(number(shape.levels[0])) to \(number(shape.levels[5])), and the fall had not ended."
          + ((evidence.steps?.lateCosine ?? 0) < -0.02 ? steps ?? "" : "")),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run at three times the rate, which ends clearly lower.",
      advice: "Train at three times the rate.", next: NextRun(rate: rate.map { $0 * 3 }))
  }
}
