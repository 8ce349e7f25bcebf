public import DescentCore
internal import DescentData
internal import DescentOptimizers
internal import DescentSchedules

/// A run made ready: data loaded, model compiled, schedule laid over its steps.
///
///     var specification = RunSpecification()
///     specification.rate = 3e-3
///     var trainer = try TrainingSession(specification).trainer()
///     var memory = RunMemory()
///     let result = try trainer.run(into: &memory)
///
/// The same specification and seed give the same run, bit for bit, on the same machine and number of threads.
public struct TrainingSession: Sendable {
  /// With everything filled in that was left to the data, the optimizer or the defaults.
  public let specification: RunSpecification
  public let setup: TrainingSetup
  public let plan: TrainingPlan
  /// The optimizer's or the controller's default rate, if that is what is used.
  public let defaultRate: Double?

  /// - Parameters:
  ///   - specification: what is asked for.
  ///   - threads: threads the run's kernels may use.
  /// - Throws: an error of the module that reads the value at fault.
  public init(_ specification: RunSpecification, threads: Int = 1) throws {
    var setup = try specification.training.setUp(threads: threads)
    var resolved = specification
    resolved.training = setup.specification
    resolved.training.batch =
      specification.training.batch == "full" ? "full" : String(setup.compiled.batchSize)
    let needsPeak =
      specification.plan?.needsPeak(setup.planParameters, schedule: specification.schedule)
      ?? (specification.schedule.peak == nil)
    if specification.rate == nil, needsPeak {
      defaultRate = specification.controller?.usualPeak ?? setup.source.optimizer.defaultLearningRate
      resolved.rate = defaultRate
    } else {
      defaultRate = nil
    }
    let perEpoch = setup.stepsPerEpoch
    let steps = specification.steps ?? specification.epochs.map { $0 * perEpoch } ?? RunSpecification.defaultSteps
    resolved.steps = steps
    resolved.effectiveRates = specification.effectiveRates.map { .steps($0.every(of: steps)) }
    setup.source.averaging = try specification.training.averaging(steps: steps)
    resolved.epochs = nil
    plan = try Self.plan(resolved, steps: steps, over: setup)
    if let groups = plan.groups { try setup.source.setGroups(try groups.parameterGroups(setup.compiled.layout)) }
    self.specification = resolved
    self.setup = setup
  }

  /// Rates and all else that a run of this specification and setup would have over another length.
  ///
  /// - Throws: `ScheduleError` if the schedule or the plan cannot be laid over it.
  public func plan(of specification: RunSpecification, steps: Int) throws -> TrainingPlan {
    try Self.plan(specification, steps: steps, over: setup)
  }

  private static func plan(
    _ specification: RunSpecification, steps: Int, over setup: TrainingSetup
  ) throws -> TrainingPlan {
    var groups: PlannedSteps?
    let schedule: ResolvedSchedule
    if let plan = specification.plan {
      let resolved = try setup.resolved(
        plan, steps: steps, schedule: specification.schedule, peak: specification.rate)
      groups = try PlannedSteps(resolved)
      schedule = resolved.main.schedule
    } else {
      schedule = try specification.schedule.resolved(
        peak: specification.rate, horizon: setup.horizon(steps: steps))
    }
    return try TrainingPlan(
      schedule: schedule, groups: groups,
      controller: specification.controller?.watching(setup.task.split.validation.isEmpty ? .loss : .validation),
      steps: steps, stepsPerEpoch: setup.stepsPerEpoch,
      onDivergence: specification.onDivergence, effectiveRatesEvery: specification.effectiveRates?.every(of: steps))
  }

  /// A fresh trainer, whose checkpoints hold what `evaluate` needs to measure other data.
  ///
  /// - Parameter description: gives the seed, which chooses the initial weights and the order of the batches.
  public func trainer(
    _ description: RunDescription = RunDescription(id: "", createdAt: "")
  ) throws -> Trainer<ModelTrainee> {
    let trainee = try setup.source.makeTrainee(seed: description.seed, batchOrder: description.seed)
    var trainer = Trainer(trainee, plan: plan, description: description)
    trainer.metadata[DataFacts.key] = try DataFacts(setup.task).text
    return trainer
  }

  /// A trainer that goes on from a checkpoint of this run; from the beginning if there is none.
  ///
  /// - Throws: ``TrainingError`` (`checkpoint`) if it is of another run, or the data has changed since.
  public func trainer(
    _ description: RunDescription, from checkpoint: Checkpoint?
  ) throws -> Trainer<ModelTrainee> {
    var trainer = try trainer(description)
    guard let checkpoint else { return trainer }
    if let facts = DataFacts(checkpoint), facts != DataFacts(setup.task) {
      throw TrainingError(
        .checkpoint,
        "The data \(setup.specification.data) is not what the run was begun with; train anew, or bring the old data back."
      )
    }
    try trainer.resume(from: checkpoint)
    return trainer
  }
}
