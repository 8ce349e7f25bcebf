import DescentCurvature
import DescentOptimizers
import DescentSchedules
import DescentStudies
import DescentTraining

/// The largest ρ = sharpness over threshold after the first tenth of one more run of each setting that cannot be told from
/// the best.
struct CompareSharpness {
  /// By arm; nil where the rule has no threshold or nothing could be measured.
  let largestRatios: [Int: Double?]
  /// Optimizer steps of the runs.
  let stepsSpent: Int

  /// At most so many settings are measured, the best first.
  static let most = 8
  /// Measurements in a run.
  static let measurements = 20

  /// - Throws: `CurvatureError` where curvature cannot be measured at all; what the optimizer throws.
  init(
    _ result: ComparisonSummary, setup: TrainingSetup, optimizers: [OptimizerSpec], _ session: Session
  ) throws {
    let comparison = result.comparison
    let measured = Array(result.indistinguishable.prefix(Self.most))
    var bar = session.progress("Sharpness", total: measured.count * comparison.steps)
    var ratios: [Int: Double?] = [:]
    var steps = 0
    for arm in measured {
      let one = comparison.arms[arm]
      let rates = try comparison.curve(of: one, over: setup.horizon(steps: comparison.steps))
      var training = try EdgeTraining(
        try setup.with(optimizer: optimizers[one.optimizer], steps: comparison.steps), rates: rates,
        timing: .every(max(1, comparison.steps / Self.measurements)), seed: comparison.freshSeeds.first ?? 0,
        threads: session.threads)
      let before = steps
      let followed = try training.run(
        observe: { bar.update(before + $0.step + 1) }, shouldStop: { Interruption.isRequested })
      steps += followed.losses.count
      // An adaptive rule's first preconditioners say nothing yet.
      let late = followed.record.measurements.filter { $0.step >= comparison.steps / 10 }
      // A rule without a threshold has an infinite one, and a ratio of 0 that means nothing.
      ratios[arm] = late.filter(\.threshold.isFinite).map(\.ratio).filter(\.isFinite).max()
      if followed.isInterrupted { break }
    }
    bar.finish()
    largestRatios = ratios
    stepsSpent = steps
  }
}
