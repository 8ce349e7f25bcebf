import DescentCore
import DescentFinder
import DescentSchedules
import DescentStudies
import DescentTraining
import Foundation

/// Everything that a design of a finder might ask of one cell: runs of many lengths, rates and seeds, and ramps. With it a
/// design is tried in seconds.
struct Recording: Codable {
  var cell: String
  var horizon: Int
  var isConstant: Bool
  var usualRate: Double
  /// log₁₀ of the rates.
  var exponents: [Double]
  /// Loss before training, by seed.
  var initial: [Double]
  /// By run length: by rate: by seed: what the run came to.
  var runs: [String: [[Double]]]
  /// Mean loss of the whole run over the scoring seeds, by rate.
  var final: [Double]
  /// By ramp length: by seed: the losses of a ramp from 1e-6 to 10.
  var ramps: [String: [[Double]]]

  init(_ cell: Cell, source: BenchSource, usualRate: Double, threads: Int) throws {
    self.cell = cell.name
    self.usualRate = usualRate
    horizon = cell.horizon
    isConstant = cell.isConstant
    let isLong = cell.horizon > Cell.shortRun
    let seeds = (200..<208).map { UInt64($0) }
    let top = cell.highestExponent
    let exponents = stride(from: top - 4.5, through: top + 1, by: 0.125).map { $0 }
    self.exponents = exponents
    initial = try seeds.map { try source.makeTrainee(seed: $0, batchOrder: $0).evaluate(on: .validation).loss }
    func losses(_ steps: Int, _ seeds: [UInt64]) throws -> [[Double]] {
      let all = try runLanes(exponents.count * seeds.count, threads: threads) { job in
        try cell.finalLoss(
          source, rate: pow(10, exponents[job / seeds.count]), steps: steps, seed: seeds[job % seeds.count])
      }
      return exponents.indices.map { Array(all[($0 * seeds.count)..<(($0 + 1) * seeds.count)]) }
    }
    runs = [:]
    let shares =
      isLong ? [0.005, 0.01, 0.02, 0.04, 0.08, 0.125, 0.25] : [0.02, 0.04, 0.06, 0.08, 0.12, 0.16, 0.25, 0.5]
    for share in shares {
      let steps = Int((share * Double(cell.horizon)).rounded())
      runs["\(steps)"] = try losses(steps, seeds)
    }
    final = try losses(cell.horizon, Oracle.scoringSeeds).map(mean)
    ramps = [:]
    for steps in [60, 100, 200] {
      let test = try RangeTest(steps: steps)
      ramps["\(steps)"] = try seeds.map { seed in
        try test.runOne(source, repeat: 0, seed: seed).curve.map(\.loss)
      }
    }
  }
}
