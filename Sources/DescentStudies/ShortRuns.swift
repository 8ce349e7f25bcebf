import DescentCore
import DescentSchedules

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// Makes the short runs of a search, several at once, and keeps what they came to.
struct ShortRuns<Source: TraineeSource, Lanes: LaneRunner> where Source.Made: Evaluable {
  let source: Source
  let schedule: Schedule
  let seeds: [UInt64]
  let lanes: Lanes
  private(set) var runs: [FoundRate.Run] = []

  init(source: Source, schedule: Schedule, seeds: [UInt64], lanes: Lanes) {
    self.source = source
    self.schedule = schedule
    self.seeds = seeds
    self.lanes = lanes
  }

  /// Optimizer steps of all runs.
  var steps: Int { runs.reduce(0) { $0 + $1.steps } }

  /// Runs every rate with every seed.
  mutating func measure(
    _ curve: inout LossCurve, _ exponents: [Double], stage: FoundRate.Stage, steps: Int
  ) throws {
    let (source, schedule, seeds) = (source, schedule, seeds)
    let losses = try lanes.run(exponents.count * seeds.count) { job in
      try StretchedRun(schedule: schedule, seed: seeds[job % seeds.count]).loss(
        source, rate: pow(10, exponents[job / seeds.count]), steps: steps)
    }
    for (i, exponent) in exponents.enumerated() {
      let own = Array(losses[(i * seeds.count)..<((i + 1) * seeds.count)])
      curve.add(exponent, own)
      for (seed, loss) in zip(seeds, own) {
        runs.append(FoundRate.Run(stage: stage, rate: pow(10, exponent), steps: steps, seed: seed, loss: loss))
      }
    }
  }

  /// The loss before training, mean over the seeds; on the validation part or, without one, on the first mini-batch.
  func initialLoss() throws -> Double {
    let (source, seeds) = (source, seeds)
    let losses = try lanes.run(seeds.count) { job in
      var trainee = try source.makeTrainee(seed: seeds[job], batchOrder: seeds[job])
      let measured = try trainee.evaluate(on: .validation)
      return measured.rows > 0 ? measured.loss : try trainee.step(learningRate: 0).loss
    }
    let loss = losses.reduce(0, +) / Double(losses.count)
    guard loss.isFinite else { throw StudyError.lossIsNoNumber }
    return loss
  }
}
