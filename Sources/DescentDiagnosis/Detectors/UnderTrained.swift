/// A run that ended while its loss was still falling.
///
/// Statistic: the fall over the last 40 % of the integrated rate, as a share of the whole way; threshold 0.04, and three
/// times its standard error.
public struct UnderTrainedDetector: Detector {
  public static let threshold = 0.04

  public let code = FindingCode.underTrained

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needs(LossShape.leastRows) }

  public func finding(in log: RunLog) -> Finding? {
    guard log.isComplete, let shape = LossShape(log) else { return nil }
    let fall = shape.falls[4]
    guard fall > Self.threshold, fall > 3 * shape.lateError else { return nil }
    let steps = (log.plannedSteps ?? log.range.upperBound + 1) * 2
    return Finding(
      code, .note,
      evidence: Evidence(
        steps: log.steps(log.loss.values.count * 6 / 10, log.loss.values.count - 1),
        statistic: "fall over the last 40 % of the integrated rate as a share of the way", value: fall,
        threshold: Self.threshold,
        sentence: "The last 40 % of the integrated rate still made \(percent(fall)) of the whole way down."),
      confirm: "The same run with twice the steps, its schedule stretched.",
      advice: "A run of \(steps) steps would come lower.", next: NextRun(steps: steps))
  }
}
