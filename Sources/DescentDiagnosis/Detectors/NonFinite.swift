/// A loss or a gradient that is not a number or infinite.
///
/// Statistic: measurements that are not finite; threshold 0. It cannot be wrong.
///
/// False alarms: none in the held-out runs without it.
public struct NonFiniteDetector: Detector {
  public let code = FindingCode.nonFinite
  public var isLive: Bool { true }

  public init() {}

  public func finding(in log: RunLog) -> Finding? {
    let columns = [("loss", log.loss), ("gradient's norm", log.gradientNorm), ("validation loss", log.validationLoss)]
    let bad = columns.compactMap { name, column -> (step: Int, name: String, value: Double)? in
      column.values.firstIndex { !$0.isFinite }.map { (column.steps[$0], name, column.values[$0]) }
    }
    guard let first = bad.min(by: { $0.step < $1.step }) else { return nil }
    let count = columns.reduce(0) { $0 + $1.1.values.count { !$0.isFinite } }
    let isBeginning = first.step == log.loss.steps.first
    let norms = zip(log.gradientNorm.steps, log.gradientNorm.values).filter { $0.0 < first.step && $0.1.isFinite }
    let trend =
      norms.count > 1
      ? " The gradient's norm was \(number(norms[max(0, norms.count - 10)].1)) ten rows before and "
        + "\(number(norms[norms.count - 1].1)) just before."
      : ""
    return Finding(
      code, .error,
      evidence: Evidence(
        steps: max(log.range.lowerBound, first.step - 10)...first.step, statistic: "values that are not finite",
        value: Double(count), threshold: 0,
        sentence:
          "The \(first.name) is \(first.value) at step \(first.step)\(isBeginning ? ", the first" : "").\(trend)"),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: isBeginning
        ? "The loss of single batches at the initial parameters: data or start are at fault, not the rate."
        : "The same run at a third of the rate, which stays finite if the rate is at fault.",
      advice: isBeginning
        ? "Look for missing or infinite values in the data and in the initial weights."
        : "Train at a tenth of the rate, with a warm-up or with --clip-norm 1; go on from the last finite checkpoint.",
      next: isBeginning ? nil : NextRun(rate: log.peakRate.map { $0 / 10 }))
  }
}
