import DescentCore
import DescentTraining
import Foundation

/// What the best rate of a cell reaches, by a search that no finder could afford.
///
/// A grid of half decades finds the neighbourhood; quarter decades round it are run with several seeds, half of which
/// choose the rate and the other half say what it is worth, so that the best of many noisy runs does not flatter itself.
/// The same for shorter runs with the schedule stretched to them: what a loss is worth in steps.
struct Oracle: Codable, Sendable {
  /// Validation loss before training, mean over the scoring seeds.
  var initialLoss: Double
  /// The whole run first, then shorter ones.
  var budgets: [Budget]

  struct Budget: Codable, Sendable {
    /// Share of the cell's horizon.
    var fraction: Double
    /// The rate that the choosing seeds prefer.
    var rate: Double
    /// Its mean loss over the scoring seeds.
    var loss: Double
    /// True if the best rate is at an end of what was tried.
    var isAtEdge: Bool
    /// Mean loss over the choosing seeds at each rate; infinite where a run diverged.
    var table: [Entry]
  }

  struct Entry: Codable, Sendable {
    var rate: Double
    var loss: Double
  }

  /// The rate the whole run is best at, and what it reaches.
  var best: Budget { budgets[0] }

  static let fractions = [1, 0.8, 0.6, 0.45, 0.33, 0.25, 0.17, 0.1]
  static let choosingSeeds: [UInt64] = [0, 1, 2, 3, 4, 5]
  static let scoringSeeds: [UInt64] = [6, 7, 8, 9, 10, 11]

  /// (L(s) − L*)/(L₀ − L*): 0 for the oracle, 1 for no progress or divergence.
  func normalisedRegret(of loss: Double) -> Double {
    guard loss.isFinite else { return 1 }
    return (loss - best.loss) / (initialLoss - best.loss)
  }

  /// The largest share of the horizon at which the best rate does no better than this loss: what the choice is worth in
  /// steps. 1 for the oracle; never below the smallest share tried.
  func computeEquivalent(of loss: Double) -> Double {
    // From the longest run down; `above` is the least loss that a longer run still has.
    let floor = budgets.map(\.fraction).min() ?? 0.1
    guard loss.isFinite else { return floor }
    var previous = budgets[0]
    var worst = previous.loss
    if worst >= loss { return 1 }
    for budget in budgets.dropFirst() {
      let level = max(worst, budget.loss)
      if level >= loss {
        guard level > worst else { return budget.fraction }
        let share = (loss - worst) / (level - worst)
        return previous.fraction * pow(budget.fraction / previous.fraction, share)
      }
      worst = level
      previous = budget
    }
    return floor
  }
}

extension Oracle {
  /// Searches; runs over `threads` lanes.
  init(_ cell: Cell, source: BenchSource, threads: Int) throws {
    initialLoss = mean(
      try Self.scoringSeeds.map { try source.makeTrainee(seed: $0, batchOrder: $0).evaluate(on: .validation).loss })
    let top = cell.highestExponent
    let coarse = stride(from: top - 5, through: top, by: 0.5).map { $0 }
    var rough = try Self.losses(coarse, cell, source, steps: cell.horizon, seeds: [0, 1], threads: threads)
    budgets = []
    for fraction in Self.fractions {
      let steps = max(8, Int((fraction * Double(cell.horizon)).rounded()))
      let centre = rough.min { $0.1 < $1.1 }?.0 ?? -2
      let grid = stride(from: centre - 0.75, through: centre + 0.75, by: 0.25).map { $0 }
      var table = try Self.losses(grid, cell, source, steps: steps, seeds: Self.choosingSeeds, threads: threads)
      // Towards the side where the best one is, while it is the last one tried.
      for _ in 0..<4 {
        guard let best = table.min(by: { $0.1 < $1.1 })?.0 else { break }
        let ends = (table.map(\.0).min() ?? 0, table.map(\.0).max() ?? 0)
        let next = best == ends.0 ? [best - 0.25, best - 0.5] : best == ends.1 ? [best + 0.25, best + 0.5] : []
        if next.isEmpty { break }
        table += try Self.losses(next, cell, source, steps: steps, seeds: Self.choosingSeeds, threads: threads)
      }
      table.sort { $0.0 < $1.0 }
      guard let best = table.min(by: { $0.1 < $1.1 }) else { continue }
      let scored = try Self.losses([best.0], cell, source, steps: steps, seeds: Self.scoringSeeds, threads: threads)
      budgets.append(
        Budget(
          fraction: fraction, rate: pow(10, best.0), loss: scored[0].1,
          isAtEdge: best.0 == table.first?.0 || best.0 == table.last?.0,
          table: table.map { Entry(rate: pow(10, $0.0), loss: $0.1) }))
      rough = table
    }
  }

  private static func losses(
    _ exponents: [Double], _ cell: Cell, _ source: BenchSource, steps: Int, seeds: [UInt64], threads: Int
  ) throws -> [(Double, Double)] {
    let all = try runLanes(exponents.count * seeds.count, threads: threads) { index in
      try cell.finalLoss(
        source, rate: pow(10, exponents[index / seeds.count]), steps: steps, seed: seeds[index % seeds.count])
    }
    return exponents.indices.map { i in (exponents[i], mean(Array(all[(i * seeds.count)..<((i + 1) * seeds.count)]))) }
  }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
