public import DescentCore
public import DescentSchedules

/// When checkpoints are taken, besides the one at the end of every run.
public enum CheckpointPolicy: Sendable, Hashable {
  /// At the first step that ends this many seconds of wall time after the checkpoint before it; 0: after every step.
  case everySeconds(Double)
  /// Whenever the number of completed steps is a multiple of this.
  case everySteps(Int)
  /// Only at the end.
  case atEnd
}

/// What happens when a run diverges.
public enum DivergencePolicy: String, Sendable, Hashable, Codable, CaseIterable {
  /// The run ends there.
  case stop
  /// The run goes back to its last good state and on from there at half the rate.
  case backoff
  /// The run goes on to its last step as if nothing had happened; its outcome is `diverged` all the same.
  case `continue`
}

/// How a run is to be made: rates, length, and what is kept when.
public struct TrainingPlan: Sendable, Hashable {
  /// The rate of every step; with ``groups`` the schedule of the main group.
  public let schedule: ResolvedSchedule
  /// What each group of parameters uses at every step; nil: the schedule's rate and the optimizer's settings for all.
  public let groups: PlannedSteps?
  /// Multiplies every rate by what it makes of the run; nil: nothing does.
  public let controller: Controller?
  /// Steps in all, those made before a resume included.
  public let steps: Int
  /// The validation part is measured whenever the number of completed steps is a multiple of this, and at the end;
  /// nil: only at the end.
  public let evaluateEvery: Int?
  public let checkpoints: CheckpointPolicy
  public let onDivergence: DivergencePolicy
  /// The effective rates are recorded at the first step and at every step whose number is a multiple of this; nil:
  /// never.
  public let effectiveRatesEvery: Int?
  /// Parts of the data that are measured when the run has ended.
  public let finalParts: Set<DataPart>
  /// Under `backoff`: steps between the states a run may go back to.
  public let rewindEvery: Int

  /// Halvings of the rate after which `backoff` gives up.
  public static let maximumBackoffs = 20

  /// - Parameters:
  ///   - schedule: the rates.
  ///   - groups: groups of parameters with rates and settings of their own.
  ///   - controller: adapts the rates. One that watches a figure without saying which watches the validation part if that
  ///     is measured during the run, otherwise the loss.
  ///   - steps: 0 or more; by default the schedule's own length.
  ///   - stepsPerEpoch: gives the default of `evaluateEvery`.
  ///   - evaluateEvery: 1 or more steps; by default once an epoch.
  ///   - checkpoints: when, besides at the end.
  ///   - onDivergence: what happens when the run diverges.
  ///   - rewindEvery: 1 or more steps.
  ///   - finalParts: what is measured at the end; by default all of the data.
  ///   - effectiveRatesEvery: 1 or more steps between two records of the effective rates; nil: none.
  /// - Throws: ``TrainingError`` (`invalidSetting`) for a number out of range.
  public init(
    schedule: ResolvedSchedule, groups: PlannedSteps? = nil, controller: Controller? = nil, steps: Int? = nil,
    stepsPerEpoch: Int? = nil, evaluateEvery: Int? = nil,
    checkpoints: CheckpointPolicy = .everySeconds(1), onDivergence: DivergencePolicy = .stop, rewindEvery: Int = 50,
    finalParts: Set<DataPart> = Set(DataPart.allCases), effectiveRatesEvery: Int? = nil
  ) throws(TrainingError) {
    self.schedule = groups?.plan.main.schedule ?? schedule
    self.groups = groups
    self.steps = steps ?? schedule.steps
    self.evaluateEvery = evaluateEvery ?? stepsPerEpoch
    self.controller = controller?.watching(self.evaluateEvery == nil ? .loss : .validation)
    self.checkpoints = checkpoints
    self.onDivergence = onDivergence
    self.rewindEvery = rewindEvery
    self.finalParts = finalParts
    self.effectiveRatesEvery = effectiveRatesEvery
    if self.steps < 0 {
      throw TrainingError(.invalidSetting, "A run cannot have \(self.steps) steps; it takes 0 or more.")
    }
    if let problem = controller?.problem {
      throw TrainingError(.invalidSetting, "The controller cannot be used: \(problem)")
    }
    if let every = self.evaluateEvery, every < 1 {
      throw TrainingError(.invalidSetting, "Evaluating every \(every) steps is not possible; it takes 1 or more.")
    }
    if let every = effectiveRatesEvery, every < 1 {
      throw TrainingError(
        .invalidSetting, "Recording effective rates every \(every) steps is not possible; it takes 1 or more.")
    }
    if rewindEvery < 1 {
      throw TrainingError(
        .invalidSetting, "Keeping a state to go back to every \(rewindEvery) steps is not possible; it takes 1 or more."
      )
    }
    switch checkpoints {
    case .everySteps(let every) where every < 1:
      throw TrainingError(.invalidSetting, "A checkpoint every \(every) steps is not possible; it takes 1 or more.")
    case .everySeconds(let every) where !(every >= 0):
      throw TrainingError(.invalidSetting, "A checkpoint every \(every) seconds is not possible; it takes 0 or more.")
    default: break
    }
  }

  /// The rate of the main group's update `step`, before what a divergence makes of it.
  public func rate(at step: Int) -> Double { groups?.plan.main.rate(at: step) ?? schedule.rate(at: step) }

  /// The peak of ``rate(at:)``.
  var peak: Double { groups?.plan.main.peak ?? schedule.peak }

  /// The request of a step, every rate times `factor`.
  func fill(_ request: inout StepRequest, step: Int, factor: Double) {
    if let groups {
      groups.fill(&request, step: step, factor: factor)
    } else {
      request.learningRate = schedule.rate(at: step) * factor
    }
  }

  func evaluates(after completed: Int) -> Bool {
    if completed == steps, finalParts.contains(.validation) { return true }
    guard let evaluateEvery else { return false }
    return completed % evaluateEvery == 0
  }
}
