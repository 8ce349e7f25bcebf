import DescentCore
import DescentSchedules

/// Makes the short runs of a search, several at once, and keeps what they came to.
struct ShortRuns<Source: TraineeSource, Lanes: LaneRunner> where Source.Made: Evaluable {
  let source: Source
  let schedule: Schedule
  let lanes: Lanes
  private(set) var runs: [FoundRate.Run] = []
  /// Scatter of the mini-batches' losses in each of ``runs``.
  private var scatters: [Double] = []

  init(source: Source, schedule: Schedule, lanes: Lanes) {
    self.source = source
    self.schedule = schedule
    self.lanes = lanes
  }

  /// Optimizer steps of all runs.
  var steps: Int { runs.reduce(0) { $0 + $1.stepsMade } }

  /// Runs every rate with every seed.
  mutating func measure(
    _ curve: inout LossCurve, _ exponents: [Double], stage: FoundRate.Stage, steps: Int, seeds: [UInt64]
  ) throws {
    let (source, schedule) = (source, schedule)
    let outcomes = try lanes.run(exponents.count * seeds.count) { job in
      try StretchedRun(schedule: schedule, seed: seeds[job % seeds.count]).outcome(
        source, rate: power(10, exponents[job / seeds.count]), steps: steps)
    }
    for (i, exponent) in exponents.enumerated() {
      let own = outcomes[(i * seeds.count)..<((i + 1) * seeds.count)]
      curve.add(exponent, own.map(\.loss))
      for (seed, outcome) in zip(seeds, own) {
        runs.append(
          FoundRate.Run(
            stage: stage, rate: power(10, exponent), steps: steps, seed: seed, loss: outcome.loss,
            stepsMade: outcome.steps))
        scatters.append(outcome.scatter)
      }
    }
  }

  /// Median scatter of the mini-batches' losses over the runs of a stage that fell below a loss; 0 where none did.
  func scatter(_ stage: FoundRate.Stage, below ceiling: Double) -> Double {
    let values = zip(runs, scatters).filter { $0.0.stage == stage && $0.0.loss < ceiling }.map(\.1).sorted()
    return values.isEmpty ? 0 : values[values.count / 2]
  }

  /// The loss before training, mean over the seeds; on the validation part or, without one, on the first mini-batch.
  func initialLoss(_ seeds: [UInt64]) throws -> Double {
    let source = source
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
