/// Training at the edge of stability: updates overshoot along the steepest direction while the loss goes on falling.
///
/// Statistic: the mean cosine between a gradient and the update before it over the last half of the run; threshold 0.25.
/// Normal for full-batch training (Cohen et al. 2021, arXiv:2103.00065), and no fault.
public struct EdgeOfStabilityDetector: Detector {
  public static let threshold = 0.25

  public let code = FindingCode.edgeOfStability

  public init() {}

  public func obstacle(in log: RunLog) -> String? {
    log.updateDot.values.count >= 4
      ? nil : "the log does not say how gradients lie to the updates (updateDot, updateNorm)"
  }

  public func finding(in log: RunLog) -> Finding? {
    guard let shape = LossShape(log), let steps = StepShape(log, shape), steps.lateCosine > Self.threshold,
      shape.falls[4] > 0, shape.lateNoise < 0.05
    else { return nil }
    return Finding(
      code, .note,
      evidence: Evidence(
        steps: log.steps(log.loss.values.count / 2, log.loss.values.count - 1),
        statistic: "mean cosine between a gradient and the update before", value: steps.lateCosine,
        threshold: Self.threshold,
        sentence:
          "Gradients point back along the update before (mean cosine \(number(steps.lateCosine))) while the loss falls."
      ),
      confirm: "The sharpness along the run, by descent edge: it hovers at the optimizer's threshold.",
      advice: "Nothing needs to be done; this is usual. A higher rate would not be stable here.")
  }
}
