public import DescentCore
internal import DescentSchedules

// How a controller takes part: it is shown every step, and its multiplier stands on every rate.
extension Trainer {
  /// - Throws: ``TrainingError`` (`invalidSetting`) for a controller that needs what this trainee cannot tell.
  func checkController() throws(TrainingError) {
    guard let controller = plan.controller, controller.needs.isBeforeUpdate, !(trainee is any GradientAware) else {
      return
    }
    throw TrainingError(
      .invalidSetting,
      "The controller \(controller.name) needs the gradient before the update, which this trainee does not tell; use "
        + "plateau, greedy or backoff.")
  }

  /// - Throws: ``TrainingError`` (`checkpoint`) for a checkpoint of a run with another controller.
  func checkController(of other: TrainerState, step: Int) throws(TrainingError) {
    let (now, then) = (plan.controller?.description ?? "none", other.controller?.description ?? "none")
    guard now != then else { return }
    throw TrainingError(
      .checkpoint,
      "The checkpoint of step \(step) is of a run with the controller \(then), not \(now); resume it with the same.")
  }

  /// What the next step would be asked for; after the last step, what that was asked for. Of a controller that looks at
  /// the gradient first, its multiplier of the step before.
  public var nextRequest: StepRequest {
    var request = StepRequest(learningRate: 0)
    plan.fill(&request, step: max(0, min(position, plan.steps - 1)), factor: state.factor)
    return request
  }

  /// Makes a step at the scheduled rates times the multiplier; a controller of the gradient is asked in its midst.
  ///
  /// - Parameter request: what was asked for, afterwards.
  mutating func makeStep(_ request: inout StepRequest, step: Int) throws -> StepReport {
    guard state.controller?.needs.isBeforeUpdate == true, var aware = trainee as? any GradientAware else {
      plan.fill(&request, step: step, factor: state.factor)
      return try trainee.step(request)
    }
    var (asked, state) = (request, state)
    let (plan, scheduled) = (plan, plan.rate(at: step) * state.rateFactor)
    var change: RateChange?
    let report = try aware.step { facts in
      change = state.controller?.observe(
        Observation(
          step: step, loss: facts.loss, gradientSquaredNorm: facts.squaredNorm, gradientDot: facts.dotWithPrevious,
          scheduledRate: scheduled))
      plan.fill(&asked, step: step, factor: state.factor)
      return asked
    }
    if let back = aware as? T { trainee = back }
    (request, self.state) = (asked, state)
    untold = change
    return report
  }

  /// Shows a controller of the loss what became of the step; returns what it has to tell.
  ///
  /// What counts as the metric of a controller whose mode is max is the accuracy, or R².
  mutating func observe(_ step: Int, _ report: StepReport, _ validation: Evaluation?) -> RateChange? {
    guard let controller = state.controller, !controller.needs.isBeforeUpdate else { return nil }
    let metric = controller.mode == .max ? validation?.accuracy ?? validation?.r2 : validation?.loss
    let observation = Observation(
      step: step, loss: report.loss, metric: metric, gradientSquaredNorm: report.gradientNorm.map { $0 * $0 },
      scheduledRate: plan.rate(at: step) * state.rateFactor)
    return state.controller?.observe(observation)
  }
}
