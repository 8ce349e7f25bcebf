import DescentTraining
import Foundation

/// What a method came to in a cell.
struct Score: Codable, Sendable {
  /// The rate found with each seed; nil where there was none.
  var rates: [Double?]
  /// What a run at that rate reaches, mean over the scoring seeds; infinite where one diverged.
  var losses: [Double]
  /// Optimizer steps spent, mean over the seeds.
  var steps: Double

  /// For each seed the ends of the interval that the way gave, or nothing; nil where it gives none.
  var intervals: [[Double]]?

  static let finderSeeds: [UInt64] = [100, 101, 102, 103, 104]

  func regrets(_ oracle: Oracle) -> [Double] {
    zip(rates, losses).map { $0 == nil ? 1 : oracle.normalisedRegret(of: $1) }
  }

  func equivalents(_ oracle: Oracle) -> [Double] {
    zip(rates, losses).map { oracle.computeEquivalent(of: $0 == nil ? .infinity : $1) }
  }

  /// For each seed whether the oracle's best rate lies in the interval; nil for ways without.
  func covers(_ oracle: Oracle) -> [Bool]? {
    intervals?.map { $0.count == 2 && $0[0] <= oracle.best.rate && oracle.best.rate <= $0[1] }
  }

  /// Standard deviation of log₁₀ rate over the seeds; nil below two rates.
  var deviation: Double? {
    let logs = rates.compactMap { $0.map(log10) }
    guard logs.count > 1 else { return nil }
    let centre = mean(logs)
    return (logs.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(logs.count - 1)).squareRoot()
  }
}

extension Score {
  /// Finds with every seed and runs what was found.
  init(_ method: Method, _ cell: Cell, source: BenchSource, threads: Int) throws {
    let seeds = Self.finderSeeds
    let found = try runLanes(seeds.count, threads: threads) { try method.find(cell, source, seeds[$0]) }
    rates = found.map(\.rate)
    if found.contains(where: { $0.interval != nil }) {
      intervals = found.map { answer in answer.interval.map { [$0.lowerBound, $0.upperBound] } ?? [] }
    }
    steps = mean(found.map { Double($0.steps) })
    // Rates that differ by less than a hundredth of a decade are run once.
    func exponent(_ rate: Double) -> Int { Int((100 * log10(rate)).rounded()) }
    let usable = rates.compactMap { $0 }.filter { $0 > 0 && $0.isFinite }
    let exponents = Array(Set(usable.map(exponent))).sorted()
    let scoring = Oracle.scoringSeeds
    let runs = try runLanes(exponents.count * scoring.count, threads: threads) { index in
      try cell.finalLoss(
        source, rate: pow(10, Double(exponents[index / scoring.count]) / 100), steps: cell.horizon,
        seed: scoring[index % scoring.count])
    }
    let loss = Dictionary(
      uniqueKeysWithValues: exponents.indices.map { i in
        (exponents[i], mean(Array(runs[(i * scoring.count)..<((i + 1) * scoring.count)])))
      })
    losses = rates.map { rate in rate.flatMap { $0 > 0 && $0.isFinite ? loss[exponent($0)] : nil } ?? .infinity }
  }
}
