public import DescentCore
internal import DescentSchedules

/// Goes on from a checkpoint of a run for a few hundred steps at several constant rates, on the same batches, and tells where
/// each comes to: the decisive test of a rate that may be too high or too low.
public struct RateProbe: Sendable, Hashable {
  /// What one rate came to.
  public struct Outcome: Sendable, Hashable {
    /// Times the run's own rate.
    public var factor: Double
    public var rate: Double
    /// Mean loss over the training part afterwards; infinite if it diverged.
    public var loss: Double
  }

  /// Steps completed at the checkpoint.
  public var step: Int
  /// Steps made at each rate.
  public var steps: Int
  /// Mean loss over the training part at the checkpoint.
  public var startLoss: Double
  /// In rising order of the rates.
  public var outcomes: [Outcome]

  /// - Parameters:
  ///   - checkpoint: one that the run kept, with finite parameters.
  ///   - specification: the run's.
  ///   - seed: the run's.
  ///   - steps: for each rate; nil: a fifth of the run, 50 to 400.
  ///   - factors: times the rate at the checkpoint, or the run's mean rate where its schedule had come down to less than a
  ///     tenth of that.
  ///   - threads: threads the kernels may use.
  /// - Throws: an error of the module that reads what is at fault, or ``TrainingError``.
  public init(
    from checkpoint: Checkpoint, of specification: RunSpecification, seed: UInt64, steps: Int? = nil,
    factors: [Double] = [0.5, 1, 3], threads: Int = 1
  ) throws {
    let session = try TrainingSession(specification, threads: threads)
    let state = try TrainerCheckpoint.unpack(checkpoint)
    let plan = session.plan
    let mean = (0..<max(1, plan.steps)).reduce(0) { $0 + plan.rate(at: $1) } / Double(max(1, plan.steps))
    let last = plan.rate(at: max(0, min(checkpoint.step, plan.steps - 1)))
    let rate = (last < mean / 10 ? mean : last) * state.state.rateFactor
    let length = steps ?? min(400, max(50, plan.steps / 5))
    let trainee = try session.setup.source.makeTrainee(seed: seed, batchOrder: seed)
    try trainee.restore(from: state.trainee)
    let start = trainee.snapshot()
    step = checkpoint.step
    self.steps = length
    startLoss = try trainee.evaluateRaw(on: .train).loss
    outcomes = []
    for factor in factors.sorted() {
      try trainee.restore(start)
      var isFinite = true
      for _ in 0..<length where isFinite {
        isFinite = try trainee.step(StepRequest(learningRate: rate * factor)).isFinite
      }
      let loss = isFinite ? try trainee.evaluateRaw(on: .train).loss : .infinity
      outcomes.append(Outcome(factor: factor, rate: rate * factor, loss: loss.isFinite ? loss : .infinity))
    }
  }

  /// A difference of losses from here on counts: a twentieth of the largest change that any rate made.
  private var unit: Double {
    0.05 * (outcomes.map { abs($0.loss - startLoss) }.filter(\.isFinite).max() ?? 0)
  }

  /// The rate that clearly came lowest, or nil where the run's own is as good as any.
  public var better: Outcome? {
    guard let own = outcomes.first(where: { $0.factor == 1 }), let best = outcomes.min(by: { $0.loss < $1.loss }) else {
      return nil
    }
    return best.factor != 1 && best.loss < own.loss - unit ? best : nil
  }
}
