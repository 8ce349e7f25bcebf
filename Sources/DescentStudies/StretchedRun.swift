public import DescentCore
public import DescentSchedules

/// A run from fresh weights with the schedule stretched to however many steps it has; a short one stands for a long one.
public struct StretchedRun: Sendable, Hashable {
  public let schedule: Schedule
  /// Chooses the weights and the order of the batches.
  public let seed: UInt64

  /// What a run came to.
  struct Outcome: Sendable {
    /// Infinite if it diverged.
    var loss: Double
    /// Steps that were made; fewer than asked for if it diverged or the data ended.
    var steps: Int
    /// Standard deviation of the mini-batches' losses about their course, over the second half of the run; 0 if it was too
    /// short to tell.
    var scatter: Double
  }

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
    try outcome(source, rate: rate, steps: steps).loss
  }

  func outcome<S: TraineeSource>(
    _ source: S, rate: Double, steps: Int
  ) throws -> Outcome where S.Made: Evaluable {
    var trainee = try source.makeTrainee(seed: seed, batchOrder: seed)
    let rates = try schedule.stretched(over: steps, peak: rate)
    var detector = DivergenceDetector()
    var losses: [Double] = []
    for step in 0..<steps {
      let report: StepReport
      do { report = try trainee.step(learningRate: rates.rate(at: step)) } catch let end as DataExhausted {
        // A run without a step tells nothing.
        if losses.isEmpty { throw end }
        break
      }
      losses.append(report.loss)
      if detector.observe(report, step: step) != nil {
        return Outcome(loss: .infinity, steps: losses.count, scatter: 0)
      }
    }
    let measured = try trainee.evaluate(on: .validation)
    let last = losses.suffix(max(1, steps / 4))
    let loss = measured.rows > 0 ? measured.loss : last.reduce(0, +) / Double(last.count)
    return Outcome(
      loss: loss.isFinite ? loss : .infinity, steps: losses.count, scatter: scatter(losses.suffix(losses.count / 2)))
  }

  /// From the differences of neighbours, which a slow course does not enter.
  private func scatter(_ losses: ArraySlice<Double>) -> Double {
    guard losses.count > 2 else { return 0 }
    let squares = zip(losses.dropFirst(), losses).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / Double(2 * (losses.count - 1))).squareRoot()
  }
}

extension Schedule {
  /// The rates over `steps` steps with this peak, in place of the schedule's own if it has one.
  func stretched(over steps: Int, peak: Double) throws(ScheduleError) -> ResolvedSchedule {
    try replacingPeak(by: peak).resolved(horizon: Horizon(steps: steps))
  }
}
