import DescentCore
import DescentFinder
import DescentOptimizers
import DescentSchedules
import DescentStore
import DescentTraining

/// What a rate is sought for: model, data and optimizer made ready, where the runs begin, and the run that it is for.
struct FindSubject {
  /// Without a schedule given, short runs are for this one.
  static let usualSchedule = "warmup 5% -> cosine"

  var setup: TrainingSetup
  var source: FindSource
  /// Optimizer steps of the run that the rate is for.
  var steps: Int
  /// Its rates, every place being a share of the run.
  var schedule: Schedule
  /// The schedule as a person knows it.
  var scheduleText: String
  var kind: ScheduleKind
  /// Chooses weights and batches.
  var seed: UInt64
  /// What a person should know of how it is measured: a plan's groups, what is left out.
  var remarks: [String]
  /// True if a plan gives the rates their schedule, so that none need be named.
  var plansSchedule = false
  var resumed: ResumedPoint?

  /// What the losses depend on besides parameters and rows, and the remarks.
  var conditions: [String] { setup.compiled.conditions + remarks }

  var optimizer: OptimizerSpec { setup.source.optimizer }

  /// A run from fresh weights.
  ///
  /// - Parameter usual: the schedule where none is given.
  init(new command: FindCommand, usual: String, _ session: Session) throws {
    var specification = RunSpecification()
    specification.training = command.training.specification()
    let text = command.training.schedule ?? usual
    specification.schedule = try Schedule(parsing: text)
    // A peak of its own is what is sought.
    let hasPeak = specification.schedule.peak != nil
    specification.schedule.peak = nil
    if let plan = command.plan { specification.plan = try Plan(reading: plan) }
    let (ema, average) = (specification.training.ema, specification.training.average)
    // Both at once are refused where the training is made ready.
    if ema == nil || average == nil { (specification.training.ema, specification.training.average) = (nil, nil) }
    specification.steps = try Self.steps(command.horizon, RunSpecification.defaultSteps) {
      try specification.training.setUp()
    }
    let training = try TrainingSession(specification)
    try command.training.checkBatch(rows: training.setup.trainingRows)
    try self.init(
      training, steps: training.plan.steps, schedule: training.plan.schedule.schedule, seed: session.global.seed,
      averages: ema != nil || average != nil)
    if !hasPeak, !plansSchedule { scheduleText = text }
  }

  /// A run that goes on from its last checkpoint.
  init(resuming reference: String, _ command: FindCommand, usual: String, _ session: Session) throws {
    let given =
      command.training.flags.split(separator: " ").first.map(String.init) ?? command.plan.map { _ in "--plan" }
    if let given {
      throw Failure(
        "usage", "--resume takes what is trained from the run, and \(given) gives it anew", hint: "leave \(given) out")
    }
    let point = try ResumedPoint(reference, session)
    if let seed = session.global.givenSeed, seed != point.seed {
      throw Failure(
        "bad-value", "--seed \(seed) differs from the \(point.seed) the run was begun with", hint: "leave it out")
    }
    let training = point.session
    let own = command.training.schedule == nil && command.horizon == nil
    guard point.stepsLeft > 0 || command.horizon != nil else {
      throw Failure(
        "bad-value",
        "\(point.folder.path): the run has made all of its \(point.step) steps, so none are left to find a rate for",
        hint: "give the steps to go on for, as in --horizon 500")
    }
    let steps = try Self.steps(command.horizon, point.stepsLeft) { training.setup }
    let recorded = point.specification.training
    let text = command.training.schedule ?? usual
    var schedule = try Schedule(parsing: text)
    let hasPeak = schedule.peak != nil
    schedule.peak = nil
    if own, let left = point.ownSchedule { schedule = left }
    try self.init(
      training, steps: steps, schedule: schedule, seed: point.seed,
      averages: recorded.ema != nil || recorded.average != nil)
    if own, point.ownSchedule != nil {
      scheduleText = "what is left of the run's own, \(point.specification.schedule)"
    } else if !hasPeak {
      scheduleText = text
    }
    source.start = point.start
    if let controller = point.specification.controller {
      remarks.append("the controller \(controller.name) takes no part")
    }
    resumed = point
  }

  private init(
    _ training: TrainingSession, steps: Int, schedule: Schedule, seed: UInt64, averages: Bool
  ) throws {
    setup = training.setup
    source = FindSource(model: setup.source)
    source.model.threads = 1
    self.steps = steps
    self.seed = seed
    let peak = training.plan.groups?.plan.main.peak ?? training.plan.schedule.peak
    let groups = try GroupRequest(training, peak: training.specification.rate ?? peak)
    source.groups = groups
    let horizon = setup.horizon(steps: steps)
    self.schedule = try schedule.inShares(of: horizon, peak: peak)
    plansSchedule = training.plan.groups != nil && schedule != training.specification.schedule
    scheduleText = schedule.description
    kind = self.schedule.kind(over: Horizon(steps: steps))
    remarks = groups.notes
    if averages { remarks.append("parameters are measured themselves, not their average") }
  }

  /// The horizon in steps.
  ///
  /// - Parameters:
  ///   - length: as given; nil: `usual`.
  ///   - setup: tells what an epoch is worth; asked only if need be.
  private static func steps(_ length: Length?, _ usual: Int, _ setup: () throws -> TrainingSetup) throws -> Int {
    guard let length else { return usual }
    if case .steps(let steps) = length { return max(1, steps) }
    return try setup().horizon(steps: 1).lasting(length).steps
  }

  /// What a person reads above the pictures.
  var title: String {
    let own = setup.specification
    let what = [own.data, own.model, own.optimizer].compactMap(\.self).joined(separator: ", ")
    return resumed.map { "\(what), from step \($0.step) of \($0.folder.id)" } ?? what
  }

  /// What the rate is for, as the end of a sentence.
  var purpose: String {
    let length = "\(steps) steps"
    guard let resumed else { return "\(scheduleText) over \(length)" }
    return "going on from step \(resumed.step) for \(length): \(scheduleText)"
  }
}
