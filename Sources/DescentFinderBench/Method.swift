import DescentFinder
import DescentOptimizers
import DescentRandom
import DescentSchedules
import DescentStudies
import Foundation

/// A way to come by a learning rate.
struct Method: Sendable {
  var name: String
  /// Finds the rate for a cell with a seed.
  var find: @Sendable (_ cell: Cell, _ source: BenchSource, _ seed: UInt64) throws -> Answer

  struct Answer: Sendable {
    /// Nil where the way gives none.
    var rate: Double?
    /// Optimizer steps that it took.
    var steps: Int
    /// Where the way says that the best rate lies.
    var interval: ClosedRange<Double>?
  }

  static let all: [Method] = others + fixed + ours

  /// The rules of other tools on one ramp of a hundred steps from 1e-7 to 10, as fastai makes it.
  private static let others: [Method] = SuggestionRule.allCases.map { rule in
    Method(name: rule.rawValue) { _, source, seed in
      let test = try RangeTest(from: 1e-7, to: 10, steps: 100)
      let curve = try test.runOne(source, repeat: 0, seed: seed).curve
      return Answer(rate: rule.rate(on: curve), steps: curve.count)
    }
  }

  private static let fixed: [Method] = [
    Method(name: "default: SGD 0.1, Adam 1e-3") { cell, _, _ in Answer(rate: cell.isSGD ? 0.1 : 1e-3, steps: 0) },
    Method(name: "default: SGD 0.01, Adam 3e-4") { cell, _, _ in Answer(rate: cell.isSGD ? 0.01 : 3e-4, steps: 0) },
    Method(name: "random within five decades") { cell, _, seed in
      var random = RandomSequence(seed: seed, stream: .sampling)
      return Answer(rate: pow(10, cell.highestExponent - 5 * random.uniform()), steps: 0)
    },
  ]

  private static let ours: [Method] = [
    Method(name: "descent find") { cell, source, seed in try shortRuns(.standard, cell, source, seed) },
    Method(name: "descent find --thorough") { cell, source, seed in try shortRuns(.thorough, cell, source, seed) },
    Method(name: "descent find --quick") { cell, source, seed in try ramps(1, cell, source, seed) },
    Method(name: "range test, three ramps") { cell, source, seed in try ramps(3, cell, source, seed) },
  ]

  private static func shortRuns(
    _ effort: RateFinder.Effort, _ cell: Cell, _ source: BenchSource, _ seed: UInt64
  ) throws -> Answer {
    let usual = try OptimizerSpec(parsing: cell.optimizer).defaultLearningRate
    let finder = try RateFinder(
      schedule: Schedule(parsing: cell.schedule), steps: cell.horizon, usualRate: usual, effort: effort)
    // A thorough search takes two seeds: twice the number, so that no two searches share one.
    let found = try finder.find(source, seed: effort == .thorough ? 2 * seed : seed)
    let interval = found.low.flatMap { low in found.high.map { low...$0 } }
    return Answer(rate: found.rate, steps: found.stepsSpent, interval: interval)
  }

  private static func ramps(
    _ repeats: Int, _ cell: Cell, _ source: BenchSource, _ seed: UInt64
  ) throws -> Answer {
    let result = try RangeTest().run(
      source: source, repeats: repeats, seed: seed, scheduleKind: cell.isConstant ? .constant : .decaying)
    let suggestion = result.suggestion
    return Answer(
      rate: suggestion?.rate, steps: result.spent.steps, interval: suggestion.map { $0.low...$0.high })
  }
}
