/// A schedule laid over one run: numbers only, evaluated in a few nanoseconds at any step.
///
/// The rate is a pure function of the step, so resuming a run needs nothing but its position.
public struct ResolvedSchedule: Sendable, Hashable {
  /// Updates in the run.
  public let steps: Int
  /// What was laid over the run.
  public let schedule: Schedule
  /// The rate that levels are measured by.
  public let peak: Double
  /// Where the pieces (of the first factor) begin and the last one ends, on the schedule's own clock, which a stretch or
  /// an offset moves against the run's; the last place may lie before or after the run's end.
  public let boundaries: [Int]
  /// Its segments are never empty; the first starts at 0, the last goes on for ever.
  let track: Factor
  let joins: [Join]
  /// The run it was laid over.
  public let horizon: Horizon
  /// Whether there is more than the track. Asked first, so that a plain schedule pays nothing for it.
  private let isDressed: Bool
  private let outer: Dressing

  init(
    steps: Int, schedule: Schedule, peak: Double, horizon: Horizon, boundaries: [Int], track: Factor, joins: [Join],
    dressing: Dressing?
  ) {
    self.steps = steps
    self.schedule = schedule
    self.peak = peak
    self.horizon = horizon
    self.boundaries = boundaries
    self.track = track
    self.joins = joins
    isDressed = dressing != nil
    outer = dressing ?? Dressing(end: track.end)
  }

  /// nil: nothing but the track.
  var dressing: Dressing? { isDressed ? outer : nil }

  /// The rate that update `step` (0, 1, …) uses.
  ///
  /// Any step may be asked for in any order. A negative step counts as 0; after the schedule's last piece its end value
  /// holds, unless the schedule says otherwise.
  public func rate(at step: Int) -> Double {
    let step = max(step, 0)
    return isDressed ? dressedRate(at: step) : track.rate(at: step)
  }

  private func dressedRate(at step: Int) -> Double {
    let place = outer.place(Double(step))
    var rate = track.value(at: place, step: outer.unit)
    for factor in outer.factors { rate *= factor.value(at: place, step: outer.unit) }
    return outer.finished(rate, step: step)
  }

  /// The rates of updates 0 ..< `steps`: one number per step, so mind the memory of very long runs.
  public func rates() -> [Double] { rates(in: 0..<steps) }
}
