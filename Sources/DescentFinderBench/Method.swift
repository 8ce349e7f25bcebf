import DescentFinder
import DescentOptimizers
import DescentRandom
import DescentSchedules
import DescentStudies
import Foundation

/// A way to come by a learning rate.
struct Method: Sendable {
  var name: String
  /// The rate for a cell, found with this seed, and the optimizer steps that it took; nil where the way gives none.
  var find: @Sendable (_ cell: Cell, _ source: BenchSource, _ seed: UInt64) throws -> (rate: Double?, steps: Int)

  static let all: [Method] = others + fixed + ours

  /// The rules of other tools on one ramp of a hundred steps from 1e-7 to 10, as fastai makes it.
  private static let others: [Method] = SuggestionRule.allCases.map { rule in
    Method(name: rule.rawValue) { _, source, seed in
      let test = try RangeTest(from: 1e-7, to: 10, steps: 100)
      let curve = try test.runOne(source, repeat: 0, seed: seed).curve
      return (rule.rate(on: curve), curve.count)
    }
  }

  private static let fixed: [Method] = [
    Method(name: "default: SGD 0.1, Adam 1e-3") { cell, _, _ in (cell.isSGD ? 0.1 : 1e-3, 0) },
    Method(name: "default: SGD 0.01, Adam 3e-4") { cell, _, _ in (cell.isSGD ? 0.01 : 3e-4, 0) },
    Method(name: "random within five decades") { cell, _, seed in
      var random = RandomSequence(seed: seed, stream: .sampling)
      return (pow(10, cell.highestExponent - 5 * random.uniform()), 0)
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
  ) throws -> (Double?, Int) {
    let usual = try OptimizerSpec(parsing: cell.optimizer).defaultLearningRate
    let finder = try RateFinder(
      schedule: Schedule(parsing: cell.schedule), steps: cell.horizon, usualRate: usual, effort: effort)
    let found = try finder.find(source, seed: seed)
    return (found.rate, found.stepsSpent)
  }

  private static func ramps(
    _ repeats: Int, _ cell: Cell, _ source: BenchSource, _ seed: UInt64
  ) throws -> (Double?, Int) {
    let result = try RangeTest().run(
      source: source, repeats: repeats, seed: seed, scheduleKind: cell.isConstant ? .constant : .decaying)
    return (result.suggestion?.rate, result.spent.steps)
  }
}
