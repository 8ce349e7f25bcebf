import DescentCore
import DescentOptimizers
import DescentSchedules
import DescentStudies
import DescentTraining
import Foundation

/// The rates that each update rule of a comparison is tried at: those given, or five a factor of 3 apart round the rate
/// that short runs find for it.
struct RateGrid {
  let contenders: [Comparison.Contender]
  /// Optimizer steps of the short runs.
  private(set) var stepsSpent = 0

  static let factors = [1.0 / 9, 1.0 / 3, 1, 3, 9]

  /// - Throws: ``Failure``; ``FindInterrupted`` after Ctrl-C; what the trainees throw.
  init(_ list: ContenderList, schedules: [Schedule], steps: Int, setup: TrainingSetup, _ session: Session) throws {
    var contenders: [Comparison.Contender] = []
    // One answer serves all schedules: the grid is a decade to either side.
    let schedule = schedules.first { $0.peak == nil }
    var bar = session.progress(
      "Finding rates", total: max(1, list.items.count { $0.rates == nil } * steps / 3))
    for item in list.items {
      let rates: [Double]
      if let given = item.rates {
        rates = given
      } else if item.optimizer.rateMeaning == .multiplier || schedule == nil {
        // A rule that finds its rate itself has one multiplier that is meant; schedules with peaks of their own need none.
        rates = [item.optimizer.defaultLearningRate]
      } else {
        let before = stepsSpent
        let centre = try Self.find(
          item.optimizer, schedule ?? schedules[0], steps: steps, setup: setup, spent: &stepsSpent, session
        ) { bar.update(before + $0) }
        rates = Self.factors.map { Self.rounded(centre * $0) }
      }
      contenders.append(Comparison.Contender(optimizer: item.optimizer.description, rates: rates))
    }
    bar.finish()
    self.contenders = contenders
  }

  private static func find(
    _ optimizer: OptimizerSpec, _ schedule: Schedule, steps: Int, setup: TrainingSetup, spent: inout Int,
    _ session: Session, _ progress: (Int) -> Void
  ) throws -> Double {
    let usual = optimizer.defaultLearningRate
    do {
      let finder = try RateFinder(schedule: schedule, steps: steps, usualRate: usual)
      // A meter makes the runs end on Ctrl-C.
      let source = FindSource(
        model: try setup.with(optimizer: optimizer, steps: steps).source, meter: FindMeter { _, _, _ in })
      let found = try finder.find(
        source, seed: session.global.seed, lanes: ThreadedLanes(threads: session.threads)
      ) { progress($0.steps) }
      spent += found.stepsSpent
      if let rate = found.rate { return rate }
      session.note(
        "no rate was found for \(optimizer) (\(flattened(found.refusal?.sentence ?? ""))); its grid is round its usual one."
      )
    } catch let error as StudyError {
      session.note("\(flattened(error.description)); the grid of \(optimizer) is round its usual rate.")
    }
    return usual
  }

  /// Two significant digits, as a person would write a grid.
  private static func rounded(_ rate: Double) -> Double { Double(String(format: "%.1e", rate)) ?? rate }
}
