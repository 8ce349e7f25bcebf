public import DescentCore
public import DescentSchedules

/// A run from fresh weights with the schedule stretched to however many steps it has; a short one stands for a long one.
public struct StretchedRun: Sendable, Hashable {
  public let schedule: Schedule
  /// Chooses the weights and the order of the batches.
  public let seed: UInt64

  /// - Parameters:
  ///   - schedule: how the rate changes over the run; a peak of its own is replaced.
  ///   - seed: chooses the weights and the order of the batches.
  public init(schedule: Schedule, seed: UInt64) {
    self.schedule = schedule
    self.seed = seed
  }

  /// The loss after `steps` steps at a peak rate, on the validation part or, where there is none, over the last quarter of
  /// the mini-batches; infinite if the run diverged.
  ///
  /// - Parameters:
  ///   - source: makes the trainee.
  ///   - rate: the schedule's peak.
  ///   - steps: 1 or more.
  /// - Throws: `ScheduleError` if the schedule does not fit; what the trainee throws.
  public func loss<S: TraineeSource>(_ source: S, rate: Double, steps: Int) throws -> Double where S.Made: Evaluable {
    var trainee = try source.makeTrainee(seed: seed, batchOrder: seed)
    let rates = try schedule.stretched(over: steps, peak: rate)
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

extension Schedule {
  /// The rates over `steps` steps with this peak, in place of the schedule's own if it has one.
  func stretched(over steps: Int, peak: Double) throws(ScheduleError) -> ResolvedSchedule {
    guard self.peak != nil else { return try resolved(peak: peak, horizon: Horizon(steps: steps)) }
    var other = self
    other.peak = peak
    return try other.resolved(horizon: Horizon(steps: steps))
  }
}
