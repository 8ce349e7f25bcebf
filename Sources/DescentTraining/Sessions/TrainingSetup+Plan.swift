internal import DescentCore
internal import DescentOptimizers
public import DescentSchedules

extension TrainingSetup {
  /// The model's trainable parameters as a plan sees them, in the layout's order.
  public var planParameters: [PlanParameter] {
    compiled.layout.trainable.map { PlanParameter($0.name, shape: $0.shape) }
  }

  /// A run of that many steps, with what the data says about it.
  public func horizon(steps: Int) -> Horizon {
    var horizon = Horizon(steps: steps, stepsPerEpoch: stepsPerEpoch)
    horizon.batch = .constant(compiled.batchSize)
    horizon.accumulation = source.accumulation
    return horizon
  }

  /// A plan laid over this model and a run.
  ///
  /// - Throws: `ScheduleError` as `Plan.resolved` does.
  public func resolved(
    _ plan: Plan, steps: Int, schedule: Schedule, peak: Double?
  ) throws(ScheduleError) -> ResolvedPlan {
    try plan.resolved(
      planParameters, horizon: horizon(steps: steps), schedule: schedule, peak: peak,
      settings: source.optimizer.settingValues)
  }
}
