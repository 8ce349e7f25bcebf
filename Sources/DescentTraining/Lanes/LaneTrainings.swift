internal import DescentCore

/// One training among several that share a compiled program and its data.
public struct LaneTraining: Sendable {
  /// Makes the trainee; several trainings may share one.
  public var source: ModelSource
  /// Rates, length, and what happens on divergence.
  public var plan: TrainingPlan
  /// Chooses the initial weights and everything random inside the model.
  public var seed: UInt64
  /// Chooses the order of the batches.
  public var batchOrder: UInt64

  /// - Parameters:
  ///   - source: makes the trainee.
  ///   - plan: rates, length, and what happens on divergence.
  ///   - seed: chooses the initial weights.
  ///   - batchOrder: by default the seed.
  public init(_ source: ModelSource, plan: TrainingPlan, seed: UInt64 = 0, batchOrder: UInt64? = nil) {
    self.source = source
    self.plan = plan
    self.seed = seed
    self.batchOrder = batchOrder ?? seed
  }
}

/// What a training in a lane came to.
public struct LaneResult: Sendable {
  public var result: TrainingResult
  /// The loss of each step made, on its batch, before its update; of a step made again after a backoff the last one.
  public var losses: [Double]
  /// Of the final parameters.
  public var parameterHash: String
}

/// How far one of several trainings has come.
public struct LaneProgress: Sendable, Hashable {
  /// Its zero-based number.
  public var training: Int
  /// Steps made and steps in all.
  public var steps: Int
  public var plannedSteps: Int
  /// The loss of the last step.
  public var loss: Double
}

/// Makes independent trainings side by side, one on each of `threads` threads, and returns what they came to in order.
///
/// They share what never changes (compiled programs, data); each has an arena, parameters and optimizer state of its
/// own, made when it begins and freed when it ends. Each runs its kernels on its one thread, so the numbers are the same
/// for any number of threads, and the same as if it had run alone.
///
/// - Parameters:
///   - trainings: what to train; a `source` that asks for several threads is held to one.
///   - threads: trainings under way at once.
///   - stop: once set, those under way end as interrupted and no further one begins.
///   - progress: called by one thread at a time, about a hundred times for each training.
/// - Returns: nil for a training that was not begun.
/// - Throws: the error of the first training, by number, that failed. A divergence is a result, not an error.
public func runTrainings(
  _ trainings: [LaneTraining], threads: Int, stop: StopFlag = StopFlag(),
  progress: (@Sendable (LaneProgress) -> Void)? = nil
) throws -> [LaneResult?] {
  let reporter = progress.map(LaneReporter.init)
  return try runLanes(trainings.count, threads: threads, stop: stop) { lane in
    let training = trainings[lane.index]
    var source = training.source
    source.threads = 1
    let plan = training.plan
    var trainer = Trainer(
      try source.makeTrainee(seed: training.seed, batchOrder: training.batchOrder), plan: plan)
    var losses: [Double] = []
    losses.reserveCapacity(plan.steps)
    let every = max(1, plan.steps / 100)
    var sink = NoRecord()
    let result = try trainer.run(
      into: &sink,
      observe: { step in
        if step.step < losses.count { losses.removeSubrange(step.step...) }
        losses.append(step.report.loss)
        if (step.step + 1) % every == 0 || step.step + 1 == plan.steps {
          reporter?.report(
            LaneProgress(
              training: lane.index, steps: step.step + 1, plannedSteps: plan.steps, loss: step.report.loss))
        }
      }, shouldStop: { lane.isCancelled })
    return LaneResult(
      result: result, losses: losses, parameterHash: DescentCore.parameterHash(trainer.trainee.parameters))
  }
}
