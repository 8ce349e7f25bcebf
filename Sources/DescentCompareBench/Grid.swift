import DescentCore
import DescentSchedules
import DescentStudies
import DescentTraining

/// Four schedules, three update rules and five rates of each on the digits: what `descent compare` is judged on.
struct Grid {
  static let steps = 1000
  static let schedules = ["constant", "warmup 5% -> cosine", "warmup 5% -> linear to 0", "drop x0.1 at 30%, 60%, 90%"]
  /// A factor of 3 apart round a usual rate.
  static let contenders = [("sgd(momentum: 0.9)", 0.05), ("adam", 3e-3), ("lion", 3e-4)].map { optimizer, middle in
    Comparison.Contender(optimizer: optimizer, rates: [1.0 / 9, 1.0 / 3, 1, 3, 9].map { $0 * middle })
  }

  let comparison: Comparison
  private let setups: [TrainingSetup]

  init(seeds: Int, firstSeed: UInt64) throws {
    comparison = try Comparison(
      contenders: Self.contenders, schedules: Self.schedules.map(Schedule.init(parsing:)), steps: Self.steps,
      seeds: seeds, firstSeed: firstSeed)
    setups = try Self.contenders.map { contender in
      var specification = TrainingSpecification()
      specification.optimizer = contender.optimizer
      return try specification.setUp()
    }
  }

  func source(_ optimizer: Int) -> ModelSource { setups[optimizer].source }

  /// The final validation losses of every arm on these seeds, runs that diverged counting as no progress.
  func losses(seeds: [UInt64], lanes: some LaneRunner) throws -> [[Double]] {
    var losses = comparison.arms.map { _ in [Double]() }
    for (optimizer, contender) in comparison.contenders.enumerated() {
      let source = source(optimizer)
      for rate in contender.rates {
        let curves = try comparison.schedules.map { schedule in
          try schedule.resolved(peak: rate, horizon: Horizon(steps: Self.steps)).rates()
        }
        let results = try lanes.run(seeds.count) { seed in
          try BranchedRun(steps: Self.steps, seed: seeds[seed]).run(source, curves: curves)
        }
        for schedule in curves.indices {
          let arm = Comparison.Arm(optimizer: optimizer, schedule: schedule, rate: rate)
          guard let place = comparison.arms.firstIndex(of: arm) else { continue }
          losses[place] = results.map { min($0.outcomes[schedule].loss, $0.outcomes[schedule].initialLoss) }
        }
      }
    }
    return losses
  }
}

/// The same setting several times over, each with seeds of its own: what differs among them is chance alone.
struct EqualArms: TraineeSource {
  let base: ModelSource
  let place: UInt64

  func makeTrainee(seed: UInt64, batchOrder: UInt64) throws -> ModelTrainee {
    let own = seed &+ (place &+ 1) &* 1_000_000_007
    return try base.makeTrainee(seed: own, batchOrder: own)
  }
}
