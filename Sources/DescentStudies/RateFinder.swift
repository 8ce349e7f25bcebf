public import DescentCore
public import DescentSchedules

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Finds the peak rate for a schedule and a horizon by short runs with the schedule stretched to them.
///
/// All runs begin with the same weights and see the same batches, so that their losses differ by the rate alone. Runs of a
/// fiftieth of the horizon, a decade apart and begun at the usual rate, go towards the lower losses until they lie on both
/// sides of the lowest; then three (or four) runs of a twelfth of the horizon, half a decade apart, stand round it. The answer is
/// the lowest point of the parabola through them, and a little below it: the longer the run, the lower the best rate. Only
/// differences of losses count, so that a loss may be shifted or negative. What it costs is told: about a third of the
/// run that it is for.
///
/// - Accuracy: measured over tasks, optimizers, schedules and horizons by `DescentFinderBench`; see
///   `Documentation/finder.md`.
/// - Source: stretched schedules as in Li, Yumer & Ramanan 2020 (arXiv:1905.04753); the fall of the best rate with the
///   horizon as in arXiv:2409.19913.
public struct RateFinder: Sendable, Hashable {
  public let schedule: Schedule
  /// Optimizer steps of the run that the rate is for.
  public let steps: Int
  /// Where the search begins: the update rule's usual rate.
  public let usualRate: Double

  /// The shortest coarse run.
  static let fewestSteps = 8
  /// Coarse runs are at most this many decades from the usual rate.
  static let reach = 6.0

  /// - Parameters:
  ///   - schedule: how the rate changes over the run; a peak of its own is replaced.
  ///   - steps: the horizon; at least 100, since short runs are a hundredth to a twelfth of it.
  ///   - usualRate: where to begin, above 0.
  /// - Throws: ``StudyError`` for a horizon that is too short or a rate that is not a positive number.
  public init(schedule: Schedule, steps: Int, usualRate: Double) throws(StudyError) {
    guard steps >= 100 else {
      throw StudyError("A horizon of \(steps) steps is too short for short runs; it takes 100 or more.")
    }
    guard usualRate > 0, usualRate.isFinite else {
      throw StudyError("The usual rate must be a positive number, not \(usualRate).")
    }
    self.schedule = schedule
    self.steps = steps
    self.usualRate = usualRate
  }

  var coarseSteps: Int { max(Self.fewestSteps, steps / (steps < 2000 ? 50 : 100)) }
  var fineSteps: Int { max(2 * Self.fewestSteps, steps * 2 / 25) }

  /// Decades by which the best rate of the whole run is below that of a twelfth of it, measured on the design cells of the
  /// benchmark.
  private func horizonShift() throws(StudyError) -> Double {
    do {
      return try schedule.stretched(over: steps, peak: 1).decays ? 0.15 : 0.25
    } catch { throw StudyError("The schedule does not fit \(steps) steps: \(error)") }
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - source: makes the trainees; the same seed must give the same weights and batches.
  ///   - seed: chooses both.
  ///   - progress: called after every run with the steps made so far.
  /// - Throws: ``StudyError``; what the trainees throw.
  public func find<S: TraineeSource>(
    _ source: S, seed: UInt64 = 0, progress: (Int) -> Void = { _ in }
  ) throws -> FoundRate where S.Made: Evaluable {
    let shift = try horizonShift()
    let run = StretchedRun(schedule: schedule, seed: seed)
    var runs: [FoundRate.Run] = []
    func measure(_ curve: inout LossCurve, _ exponent: Double, _ steps: Int) throws {
      let rate = pow(10, exponent)
      let loss = try run.loss(source, rate: rate, steps: steps)
      curve.add(exponent, loss)
      runs.append(FoundRate.Run(rate: rate, steps: steps, loss: loss))
      progress(runs.reduce(0) { $0 + $1.steps })
    }
    let start = log10(usualRate)
    var coarse = LossCurve(ceiling: try initialLoss(source, seed: seed))
    for offset in [-1.0, 0, 1] { try measure(&coarse, start + offset, coarseSteps) }
    while let next = next(beyond: coarse, by: 1), abs(next - start) <= Self.reach + 1e-9 {
      try measure(&coarse, next, coarseSteps)
    }
    guard coarse.points[coarse.lowest].loss < coarse.ceiling else {
      return FoundRate(runs: runs, refusal: .nothingFell)
    }
    if next(beyond: coarse, by: 1) != nil { return FoundRate(runs: runs, refusal: .noEnd) }
    let centre = coarse.vertex
    var fine = LossCurve(ceiling: coarse.ceiling)
    for offset in [-0.5, 0, 0.5] { try measure(&fine, centre + offset, fineSteps) }
    if let next = next(beyond: fine, by: 0.5) { try measure(&fine, next, fineSteps) }
    let best = fine.vertex - shift
    return FoundRate(
      runs: runs, rate: pow(10, best), low: pow(10, best - FoundRate.halfWidth),
      high: pow(10, best + FoundRate.halfWidth))
  }

  /// One step further where the lowest loss is at an end; nil where it lies between others.
  private func next(beyond curve: LossCurve, by step: Double) -> Double? {
    if curve.isLowestAtStart { return curve.points.first.map { $0.exponent - step } }
    if curve.isLowestAtEnd { return curve.points.last.map { $0.exponent + step } }
    return nil
  }

  private func initialLoss<S: TraineeSource>(_ source: S, seed: UInt64) throws -> Double where S.Made: Evaluable {
    var trainee = try source.makeTrainee(seed: seed, batchOrder: seed)
    let measured = try trainee.evaluate(on: .validation)
    let loss = measured.rows > 0 ? measured.loss : try trainee.step(learningRate: 0).loss
    guard loss.isFinite else { throw StudyError.lossIsNoNumber }
    return loss
  }
}
