/// A validation loss that rises while the training loss does not.
///
/// Statistic: (last level − lowest level of the validation loss) / (its first − lowest level), levels being
/// medians of three measurements; threshold 0.03, and the rise must be three times the standard error that the
/// measurements' own roughness gives it.
///
/// False alarms: 0.1 % of held-out runs without it.
public struct OverfittingDetector: Detector {
  public static let threshold = 0.03

  public let code = FindingCode.overfitting
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? {
    log.validationLoss.values.count >= 6
      ? nil : "the log has \(log.validationLoss.values.count) validation losses (valLoss); it takes 6"
  }

  public func finding(in log: RunLog) -> Finding? {
    let values = log.validationLoss.values
    guard values.count >= 6, values.allSatisfy(\.isFinite), let shape = LossShape(log), shape.hasFallen
    else { return nil }
    let levels = (1..<(values.count - 1)).map { Statistic.median(values[($0 - 1)...($0 + 1)]) }
    guard let lowest = levels.min(), let place = levels.firstIndex(of: lowest) else { return nil }
    let last = min(levels[levels.count - 1], (values[values.count - 1] + values[values.count - 2]) / 2)
    let first = max(values[0], log.startLoss ?? shape.levels[0])
    let way = first - lowest
    let rise = last - lowest
    // Neighbouring levels share two of three measurements; their roughness over a trend is that of the noise.
    let noise = Statistic.roughness(zip(values, values.dropFirst()).map { $1 - $0 }[...]) / 2.4
    guard way > 0.05 * shape.range, rise > Self.threshold * way, rise > 1.5 * noise else { return nil }
    let best = log.validationLoss.steps[place + 1]
    // The training loss must not have risen with it: that would be a run going wrong.
    let since = log.loss.steps.firstIndex { $0 >= best } ?? 0
    let losses = log.loss.values[since...]
    guard losses.count >= 10 else { return nil }
    let change = BatchMeans(losses, count: 10).change
    guard change.value < max(0.25 * rise, 2 * change.error) else { return nil }
    return Finding(
      code, .warning,
      evidence: Evidence(
        steps: best...max(best, log.range.upperBound), statistic: "rise of the validation loss as a share of its way",
        value: rise / way, threshold: Self.threshold,
        sentence:
          "The validation loss was lowest, \(number(lowest)), at step \(best) and has risen to \(number(last)), while "
          + "the training loss did not rise."),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run ended at step \(best), which scores better on the validation part.",
      advice: "Stop at step \(best), or hold the model back: more data, weight decay, dropout.",
      next: NextRun(steps: max(1, best)))
  }
}
