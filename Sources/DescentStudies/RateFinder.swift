public import DescentCore
public import DescentSchedules

/// Finds the peak rate for a schedule and a horizon by short runs with the schedule stretched to them.
///
/// All runs of a seed begin with the same weights and see the same batches, so that their losses differ by the rate alone.
///
/// 1. *Coarse* runs, six steps for a run of 400, a decade apart and begun at the usual rate, go towards the lower losses
///    until they lie on both sides of the lowest.
/// 2. *Fine* runs, thirty steps for a run of 400, less than half a decade apart, do the same from there.
/// 3. *Long* runs, an eighth, are made where the loss of the fine ones stands still: where it fell by little more than the
///    scatter of single mini-batches. They lie up to two decades higher, for what begins late begins earlier at a high rate.
/// 4. A thorough search confirms with runs of half the horizon.
///
/// Of longer horizons the short runs are smaller shares. The answer is the middle of the last curve's bottom, and a little
/// below it: the longer the run, the lower the best rate. Only differences of losses count, so that a loss may be shifted or
/// negative. What it costs is told.
///
/// - Accuracy: measured over tasks, optimizers, schedules and horizons by `DescentFinderBench`; see
///   `Documentation/finder.md`.
/// - Source: stretched schedules as in Li, Yumer & Ramanan 2020 (arXiv:1905.04753); the fall of the best rate with the
///   horizon as in arXiv:2409.19913.
public struct RateFinder: Sendable, Hashable {
  /// How much may be spent.
  public enum Effort: String, Sendable, Hashable, Codable, CaseIterable {
    /// About a third of the run.
    case standard
    /// Two seeds, and runs of half the horizon to confirm: four to five runs in all. How far the best rate moves with the
    /// horizon is measured.
    case thorough
  }

  /// Where a search stands.
  public struct Progress: Sendable, Hashable {
    /// Optimizer steps made so far.
    public var steps: Int
    /// Steps that the search will take in all; a guess that grows where the usual rate is far off.
    public var plannedSteps: Int
    /// What the last runs were for.
    public var stage: FoundRate.Stage
  }

  /// How the rate changes, every place in it a share of the run.
  public let schedule: Schedule
  /// Optimizer steps of the run that the rate is for.
  public let steps: Int
  /// Where the search begins: the update rule's usual rate.
  public let usualRate: Double
  public let effort: Effort
  /// Whether the schedule falls at the end.
  let decays: Bool

  /// - Parameters:
  ///   - schedule: how the rate changes over the run; a peak of its own is replaced.
  ///   - steps: the horizon; at least 100, since short runs are small shares of it.
  ///   - usualRate: where to begin, above 0.
  ///   - effort: how much may be spent.
  /// - Throws: ``StudyError`` for a horizon that is too short, a schedule that does not fit it or a rate that is not a positive
  ///   number.
  public init(
    schedule: Schedule, steps: Int, usualRate: Double, effort: Effort = .standard
  ) throws(StudyError) {
    guard steps >= 100 else {
      throw StudyError("A horizon of \(steps) steps is too short for short runs; it takes 100 or more.")
    }
    guard usualRate > 0, usualRate.isFinite else {
      throw StudyError("The usual rate must be a positive number, not \(usualRate).")
    }
    do {
      // Lengths in steps shrink with a run only as shares of it.
      self.schedule = try schedule.inShares(of: Horizon(steps: steps), peak: 1)
      decays = try self.schedule.stretched(over: steps, peak: 1).decays
    } catch { throw StudyError("The schedule does not fit \(steps) steps: \(error)") }
    self.steps = steps
    self.usualRate = usualRate
    self.effort = effort
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - source: makes the trainees; the same seed must give the same weights and batches. They may begin anywhere, at a
  ///     checkpoint too.
  ///   - seed: chooses both; further seeds count up from it.
  ///   - lanes: runs what is independent, perhaps several at once; the answer does not depend on it.
  ///   - progress: called on the calling thread after every batch of runs.
  /// - Throws: ``StudyError``; what the trainees throw.
  public func find<S: TraineeSource>(
    _ source: S, seed: UInt64 = 0, lanes: some LaneRunner = SerialLanes(),
    progress: (Progress) -> Void = { _ in }
  ) throws -> FoundRate where S.Made: Evaluable {
    var search = RateSearch(
      plan: SearchPlan(self), runs: ShortRuns(source: source, schedule: schedule, lanes: lanes), seed: seed)
    return try search.find(progress)
  }
}
