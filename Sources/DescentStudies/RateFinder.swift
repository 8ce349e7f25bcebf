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
/// All runs of a seed begin with the same weights and see the same batches, so that their losses differ by the rate alone. Runs
/// of a fiftieth of the horizon, a decade apart and begun at the usual rate, go towards the lower losses until they lie on
/// both sides of the lowest; then three (or four) runs of a twelfth of the horizon, half a decade apart, stand round it. The
/// answer is the lowest point of the parabola through them, and a little below it: the longer the run, the lower the best
/// rate. Only differences of losses count, so that a loss may be shifted or negative. What it costs is told: about a third of
/// the run that it is for.
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
    /// More seeds and longer runs, about two and a half runs; how far the best rate moves with the horizon is measured.
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

  public let schedule: Schedule
  /// Optimizer steps of the run that the rate is for.
  public let steps: Int
  /// Where the search begins: the update rule's usual rate.
  public let usualRate: Double
  public let effort: Effort

  /// The shortest coarse run.
  static let fewestSteps = 8
  /// Coarse runs are at most this many decades from the usual rate.
  static let reach = 6.0

  /// - Parameters:
  ///   - schedule: how the rate changes over the run; a peak of its own is replaced.
  ///   - steps: the horizon; at least 100, since short runs are a hundredth to a twelfth of it.
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
      decays = try schedule.stretched(over: steps, peak: 1).decays
    } catch { throw StudyError("The schedule does not fit \(steps) steps: \(error)") }
    self.schedule = schedule
    self.steps = steps
    self.usualRate = usualRate
    self.effort = effort
  }

  private let decays: Bool

  var coarseSteps: Int { max(Self.fewestSteps, steps / (steps < 2000 ? 50 : 100)) }
  var fineSteps: Int { max(2 * Self.fewestSteps, steps * 2 / 25) }
  var longSteps: Int { max(4 * Self.fewestSteps, steps / 4) }

  /// Decades by which the best rate of the whole run is below that of a twelfth of it, measured on the design cells of the
  /// benchmark.
  private var usualShift: Double { decays ? 0.15 : 0.25 }

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
    let seeds = (0..<(effort == .thorough ? 3 : 1)).map { seed &+ UInt64($0) }
    var study = ShortRuns(source: source, schedule: schedule, seeds: seeds, lanes: lanes)
    var planned = seeds.count * (3 * coarseSteps + 3 * fineSteps + (effort == .thorough ? 3 * longSteps : 0))
    func measure(_ curve: inout LossCurve, _ exponents: [Double], _ stage: FoundRate.Stage, _ steps: Int) throws {
      try study.measure(&curve, exponents, stage: stage, steps: steps)
      planned = max(planned, study.steps)
      progress(Progress(steps: study.steps, plannedSteps: planned, stage: stage))
    }
    let start = log10(usualRate)
    let initialLoss = try study.initialLoss()
    var coarse = LossCurve(ceiling: initialLoss)
    try measure(&coarse, [-1, 0, 1].map { start + $0 }, .coarse, coarseSteps)
    while let next = coarse.next(by: 1), abs(next - start) <= Self.reach + 1e-9 {
      planned += seeds.count * coarseSteps
      try measure(&coarse, [next], .coarse, coarseSteps)
    }
    var found = FoundRate(
      runs: study.runs, initialLoss: initialLoss, curves: [coarse.published(.coarse, steps: coarseSteps)],
      horizonShift: 0, isShiftMeasured: false)
    guard coarse.points[coarse.lowest].loss < coarse.ceiling else {
      found.refusal = .nothingFell
      return found
    }
    if coarse.next(by: 1) != nil {
      found.refusal = .noEnd
      return found
    }
    var fine = LossCurve(ceiling: initialLoss)
    try measure(&fine, [-0.5, 0, 0.5].map { coarse.vertex + $0 }, .fine, fineSteps)
    if let next = fine.next(by: 0.5) {
      planned += seeds.count * fineSteps
      try measure(&fine, [next], .fine, fineSteps)
    }
    found.curves.append(fine.published(.fine, steps: fineSteps))
    found.horizonShift = usualShift
    var best = fine.vertex
    if effort == .thorough {
      let centre = best - usualShift / 2
      var long = LossCurve(ceiling: initialLoss)
      try measure(&long, [-0.4, 0, 0.4].map { centre + $0 }, .long, longSteps)
      if let next = long.next(by: 0.4) {
        planned += seeds.count * longSteps
        try measure(&long, [next], .long, longSteps)
      }
      found.curves.append(long.published(.long, steps: longSteps))
      let perDecade = (best - long.vertex) / log10(Double(longSteps) / Double(fineSteps))
      best = long.vertex
      found.isShiftMeasured = true
      found.horizonShift = min(max(perDecade, 0), 0.6) * log10(Double(steps) / Double(longSteps))
    }
    best -= found.horizonShift
    found.runs = study.runs
    found.rate = pow(10, best)
    found.low = pow(10, best - Self.halfWidth)
    found.high = pow(10, best + Self.halfWidth)
    return found
  }

  /// Decades either way that the interval reaches.
  static let halfWidth = 0.4
}
