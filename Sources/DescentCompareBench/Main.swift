import DescentCore
import DescentSchedules
import DescentStudies
import DescentTraining
import Foundation

/// `DescentCompareBench oracle|repetitions|equal|table`: how well `descent compare` chooses.
///
/// `oracle` makes every run of the grid with 100 seeds, `repetitions` compares forty times on seeds of their own, `equal`
/// compares a setting with itself two hundred times, `table` prints what came of it. All go on where they were stopped.
@main struct CompareBench {
  static let oracleSeeds: [UInt64] = (0..<100).map { 900_000 + $0 }
  static let seedCounts = [100, 20]
  static let repetitions = 40
  static let equalRepetitions = 200

  static func main() throws {
    let lanes = ThreadedLanes(threads: ProcessInfo.processInfo.activeProcessorCount)
    switch CommandLine.arguments.dropFirst().first {
    case "oracle": try oracle(lanes)
    case "repetitions": try compare(lanes)
    case "equal": try compareEqual(lanes)
    case "table": try Summary().print()
    default: print("usage: DescentCompareBench oracle|repetitions|equal|table")
    }
  }

  private static func oracle(_ lanes: some LaneRunner) throws {
    var results = try Results.load()
    guard results.oracle.isEmpty else { return }
    let grid = try Grid(seeds: 2, firstSeed: 0)
    results.oracle = try grid.losses(seeds: oracleSeeds, lanes: lanes)
    try results.save()
  }

  private static func compare(_ lanes: some LaneRunner) throws {
    var results = try Results.load()
    for seeds in seedCounts {
      for repetition in 0..<repetitions where results.choice(repetition, seeds: seeds) == nil {
        let grid = try Grid(seeds: seeds, firstSeed: UInt64(500_000 + 1000 * repetition))
        let result = try grid.comparison.run(lanes: lanes) { optimizer, _ in grid.source(optimizer) }
        results.choices.append(
          Results.Choice(
            repetition: repetition, seeds: seeds, set: result.indistinguishable, winner: result.winner,
            stepsSpent: result.stepsSpent, share: result.share))
        try results.save()
        progress("\(seeds) seeds, \(repetition + 1) of \(repetitions): \(result.indistinguishable)")
      }
    }
  }

  private static func compareEqual(_ lanes: some LaneRunner) throws {
    var results = try Results.load()
    let base = try TrainingSpecification().setUp().source
    let arms = 4
    for repetition in results.equalSets.count..<equalRepetitions {
      let comparison = try Comparison(
        contenders: (0..<arms).map { _ in Comparison.Contender(optimizer: "adam", rates: [1e-3]) },
        schedules: [Schedule(parsing: "linear to 0")], steps: 200, seeds: 10, firstSeed: UInt64(1000 * repetition))
      let result = try comparison.run(lanes: lanes) { place, _ in EqualArms(base: base, place: UInt64(place)) }
      results.equalSets.append(result.indistinguishable.count)
    }
    try results.save()
    progress("claims: \(results.equalSets.count { $0 < arms }) of \(equalRepetitions)")
  }

  private static func progress(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
