public import DescentCore

/// Where a running range test stands.
public struct RangeTestProgress: Sendable, Hashable {
  /// Zero-based repeat, of `repeats`.
  public var repeatIndex: Int
  public var repeats: Int
  /// Zero-based step just made, of `steps`.
  public var step: Int
  public var steps: Int
  public var rate: Double
  public var loss: Double
}

extension RangeTest {
  /// Runs the test once on `trainee` and puts its state back, bit for bit, also when a step throws.
  ///
  /// - Parameters:
  ///   - trainee: starts from the state it is in.
  ///   - seed: noted in the result; the trainee already has its batches.
  ///   - progress: called after every step.
  ///   - shouldStop: asked before every step; true ends the test as `interrupted`.
  /// - Throws: what the trainee throws, other than `DataExhausted`, which is a reason to stop.
  public func run<T: Restorable>(
    on trainee: inout T, seed: UInt64 = 0, progress: (RangeTestProgress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> RepeatResult {
    let before = try trainee.snapshot()
    let result: RepeatResult
    do {
      result = try run(spending: &trainee, seed: seed, progress: progress, shouldStop: shouldStop)
    } catch {
      try trainee.restore(before)
      throw error
    }
    try trainee.restore(before)
    return result
  }

  /// Runs the test once on a trainee that cannot be put back; it is left as the last step left it, most likely
  /// ruined.
  public func run<T: Trainee>(
    spending trainee: inout T, seed: UInt64 = 0, progress: (RangeTestProgress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> RepeatResult {
    var rates: [Double] = []
    var losses: [Double] = []
    var rule = StopRule(factor: stopFactor, calibration: max(10, steps / 10))
    var stopped = StopReason.completed
    for step in 0..<steps {
      if shouldStop() {
        stopped = .interrupted
        break
      }
      let rate = rate(at: step)
      let report: StepReport
      do {
        report = try trainee.step(learningRate: rate)
      } catch is DataExhausted {
        stopped = .dataExhausted
        break
      }
      rates.append(rate)
      losses.append(report.loss)
      progress(RangeTestProgress(repeatIndex: 0, repeats: 1, step: step, steps: steps, rate: rate, loss: report.loss))
      if !report.isFinite {
        stopped = .notANumber
        break
      }
      if rule.observe(report.loss) {
        stopped = .diverged
        break
      }
    }
    return RepeatResult(seed: seed, stopped: stopped, rates: rates, losses: losses, window: smoothingWindow)
  }

  /// Repeat `index` of a test on fresh trainees: the same initial weights for every repeat, another batch order for
  /// each.
  ///
  /// Repeats share nothing, so a caller may run them on threads of its own and pass them to
  /// ``combine(_:scheduleKind:)``.
  ///
  /// - Parameters:
  ///   - source: makes the trainee.
  ///   - index: zero-based number of the repeat.
  ///   - repeats: how many there are, for the progress.
  ///   - seed: chooses the initial weights; the batch order is `seed` + `index`.
  ///   - progress: called after every step.
  ///   - shouldStop: asked before every step; true ends the test as `interrupted`.
  public func runOne(
    _ source: some TraineeSource, repeat index: Int, of repeats: Int = 1, seed: UInt64 = 0,
    progress: (RangeTestProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> RepeatResult {
    let batchOrder = seed &+ UInt64(truncatingIfNeeded: index)
    var trainee = try source.makeTrainee(seed: seed, batchOrder: batchOrder)
    return try run(
      spending: &trainee, seed: batchOrder,
      progress: { report in
        var report = report
        report.repeatIndex = index
        report.repeats = repeats
        progress(report)
      }, shouldStop: shouldStop)
  }

  /// All repeats one after another, combined. After an interruption the result rests on what was done.
  public func run(
    source: some TraineeSource, repeats: Int = 3, seed: UInt64 = 0, scheduleKind: ScheduleKind = .constant,
    progress: (RangeTestProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> RangeTestResult {
    guard repeats >= 1 else {
      throw FinderError(.invalidSetting, "A range test needs at least 1 repeat, not \(repeats); 3 is usual.")
    }
    var results: [RepeatResult] = []
    for index in 0..<repeats {
      let result = try runOne(
        source, repeat: index, of: repeats, seed: seed, progress: progress, shouldStop: shouldStop)
      results.append(result)
      if result.stopped == .interrupted { break }
    }
    return combine(results, scheduleKind: scheduleKind)
  }

  /// The result of repeats that were run with this test's settings.
  public func combine(_ repeats: [RepeatResult], scheduleKind: ScheduleKind = .constant) -> RangeTestResult {
    RangeTestResult(repeats: repeats, scheduleKind: scheduleKind, window: smoothingWindow)
  }
}
