internal import DescentCore
internal import DescentSchedules

/// A short run that stands for a long one: fresh weights, the schedule stretched to a few steps.
struct StretchedRun {
  let schedule: Schedule
  let seed: UInt64

  /// The loss after `steps` steps at a peak rate, on the validation part or, where there is none, over the last quarter of
  /// the mini-batches; infinite if the run diverged.
  func loss<S: TraineeSource>(_ source: S, rate: Double, steps: Int) throws -> Double where S.Made: Evaluable {
    var trainee = try source.makeTrainee(seed: seed, batchOrder: seed)
    let rates = try schedule.resolved(peak: rate, horizon: Horizon(steps: steps))
    var detector = DivergenceDetector()
    var losses: [Double] = []
    for step in 0..<steps {
      let report = try trainee.step(learningRate: rates.rate(at: step))
      if detector.observe(report, step: step) != nil { return .infinity }
      losses.append(report.loss)
    }
    let measured = try trainee.evaluate(on: .validation)
    guard measured.rows == 0 else { return measured.loss.isFinite ? measured.loss : .infinity }
    let last = losses.suffix(max(1, steps / 4))
    return last.reduce(0, +) / Double(last.count)
  }
}
