import DescentOptimizers
import DescentSchedules
import DescentStudies
import Foundation

/// What `RateFinder` saw in a cell, a line for each seed.
func explain(_ cell: Cell, source: BenchSource, oracle: Oracle, effort: RateFinder.Effort) throws {
  let usual = try OptimizerSpec(parsing: cell.optimizer).defaultLearningRate
  let finder = try RateFinder(
    schedule: Schedule(parsing: cell.schedule), steps: cell.horizon, usualRate: usual, effort: effort)
  for seed in Score.finderSeeds {
    let found = try finder.find(source, seed: seed)
    let curves = found.curves.map { curve in
      "\(curve.stage) "
        + curve.points.map { String(format: "%.2f:%.4g", log10($0.rate), $0.loss) }.joined(separator: " ")
        + String(format: " → %.2f", log10(curve.centre))
    }
    print(
      cell.name,
      String(format: "found %.2f, oracle %.2f,", log10(found.rate ?? .nan), log10(oracle.best.rate)),
      String(format: "cost %.2f,", Double(found.stepsSpent) / Double(cell.horizon)),
      String(format: "fall %.1f,", found.fallOverScatter), "stalled \(found.isStalled):",
      curves.joined(separator: " | "))
  }
}
