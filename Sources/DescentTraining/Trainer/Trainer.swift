public import DescentCore
import DescentSchedules

/// Makes a training run: asks the schedule for a rate, the trainee for a step, and keeps what happened.
///
///     var trainer = Trainer(model, plan: try TrainingPlan(schedule: schedule, stepsPerEpoch: 39))
///     var memory = RunMemory()
///     let result = try trainer.run(into: &memory)
///
/// A run resumed from any of its checkpoints gives, bit for bit, the losses, rates, events and parameters of the run
/// that was never interrupted. Synchronous, owned by one thread.
public struct Trainer<T: Checkpointable & Evaluable> {
  public internal(set) var trainee: T
  public let plan: TrainingPlan
  /// Steps completed; the next step's zero-based number.
  public private(set) var position = 0
  /// The run as told to the sink: the trainer keeps its status, steps and results up to date.
  public var description: RunDescription
  /// Kept with every checkpoint besides what the trainee and the trainer need, for whoever reads it.
  public var metadata: [String: String] = [:]

  var state: TrainerState
  /// Where a backoff goes back to.
  private var rewind: Checkpoint?
  /// A row that the sink refused; the next run begins by recording it.
  private var unrecorded: MetricRow?
  /// Effective rates that the sink refused, or that come after such a row.
  private var unrecordedRates: [EffectiveRateRow] = []
  /// What the controller had to tell of the last step, until it is told.
  var untold: RateChange?
  private var savedPosition: Int?
  /// The validation loss of the initial parameters, where the run begins and measures it at all.
  private var startLoss: Double?

  /// - Parameters:
  ///   - trainee: goes on from the state it is in.
  ///   - plan: rates, length, and what is kept when.
  ///   - description: its `attempt` marks every row and event; by default a run without a name.
  public init(
    _ trainee: T, plan: TrainingPlan, description: RunDescription = RunDescription(id: "", createdAt: "")
  ) {
    self.trainee = trainee
    self.plan = plan
    self.description = description
    state = TrainerState()
    state.controller = plan.controller
  }

  /// Goes on from a checkpoint of this run, or of one with the same plan but fewer steps.
  ///
  /// - Throws: ``TrainingError`` (`checkpoint`); the trainer is then as it was before.
  public mutating func resume(from checkpoint: Checkpoint) throws(TrainingError) {
    let parts = try TrainerCheckpoint.unpack(checkpoint)
    guard checkpoint.step <= plan.steps else {
      throw TrainingError(
        .checkpoint,
        "The checkpoint was taken after \(checkpoint.step) steps, but the run is to have \(plan.steps); "
          + "resume it with \(checkpoint.step) steps or more.")
    }
    try checkController(of: parts.state, step: checkpoint.step)
    do {
      try trainee.restore(from: parts.trainee)
    } catch {
      throw TrainingError(
        .checkpoint, "The checkpoint of step \(checkpoint.step) does not fit: \(error)", underlying: error)
    }
    position = checkpoint.step
    savedPosition = position
    state = parts.state
    rewind = parts.rewind
    unrecorded = nil
    unrecordedRates = []
    untold = nil
  }

  /// Everything needed to go on from here: what is given to the sink at every checkpoint.
  public func checkpoint() throws -> Checkpoint {
    var checkpoint = try TrainerCheckpoint.pack(
      trainee.checkpoint(), step: position, state, rewind: plan.onDivergence == .backoff ? rewind : nil)
    checkpoint.metadata.merge(metadata) { own, _ in own }
    return checkpoint
  }

  /// Makes the steps that are left.
  ///
  /// - Parameters:
  ///   - sink: given every step's row (`loss`, `lr`, `foundRate` where the optimizer finds one, `lr/GROUP` where it
  ///     differs, `gradNorm`, `clipFactor` where clipping bit, what `StepHealth` names with `paramNorm`, `valLoss`
  ///     with `valAccuracy` or `valR2` where measured, and at step 0 `startValLoss`, that of the initial parameters), events, effective rates where the plan asks for them, and
  ///     checkpoints.
  ///   - observe: called after every step; a caller that draws should do so a few times a second at most.
  ///   - shouldStop: asked before every step; true ends the run as `interrupted`, with a checkpoint.
  /// - Throws: ``TrainingError`` if the sink or the trainee failed. What was completed is not lost: the trainer stands
  ///   after the last completed step, and `run` may be called again, with this sink or another.
  public mutating func run<Sink: TrainingSink>(
    into sink: inout Sink, observe: (TrainingProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(TrainingError) -> TrainingResult {
    do {
      return try train(into: &sink, observe: observe, shouldStop: shouldStop)
    } catch {
      description.status = .failed
      description.completedSteps = position
      // The failure to be told is the first one; a second while noting it adds nothing.
      try? sink.update(description)
      throw error
    }
  }

  private mutating func train<Sink: TrainingSink>(
    into sink: inout Sink, observe: (TrainingProgress) -> Void, shouldStop: () -> Bool
  ) throws(TrainingError) -> TrainingResult {
    let clock = ContinuousClock()
    let start = clock.now
    try checkController()
    try begin(&sink)
    var lastSave = start
    var lastLoss: Double?
    var validation: Evaluation?
    var outcome = TrainingOutcome.finished
    if let divergence = state.divergence, plan.onDivergence != .continue {
      outcome = .diverged(divergence, rate: state.divergenceRate)
    }
    var request = StepRequest(learningRate: 0)

    while outcome == .finished, position < plan.steps {
      if shouldStop() {
        outcome = .interrupted
        break
      }
      let candidate = try stateToRewindTo()
      let step = position
      // Also after a backoff to the very beginning, which a resumed run has not seen.
      if step == 0, plan.evaluateEvery != nil, plan.finalParts.contains(.validation) {
        // Where it fails, the first measurement that the plan asks for will tell.
        startLoss = try? evaluation(of: .validation)?.loss
      }
      let report: StepReport
      do {
        report = try makeStep(&request, step: step)
      } catch is DataExhausted {
        outcome = .dataExhausted
        break
      } catch {
        throw failed(.trainee, "Step \(step) of \(plan.steps) could not be made", error)
      }
      position += 1
      lastLoss = report.loss
      if let factor = report.clipFactor { state.clippedSteps = (state.clippedSteps ?? 0) + (factor < 1 ? 1 : 0) }
      let divergence = state.divergence == nil ? state.detector.observe(report, step: step) : nil
      // That the loss is still below where it began says that the step before did no harm.
      if let candidate, divergence == nil, report.loss <= state.detector.initialLoss ?? .infinity {
        rewind = candidate
      }
      validation = try record(step, request, report, &sink)
      observe(
        TrainingProgress(
          step: step, steps: plan.steps, rate: request.learningRate, report: report, validation: validation))
      if let divergence, try !goesOn(after: divergence, rate: request.learningRate, &sink) {
        outcome = .diverged(divergence, rate: request.learningRate)
      }
      if position != step + 1 { validation = nil }
      if isDue(clock, since: lastSave) {
        try save(&sink)
        lastSave = clock.now
      }
    }

    return try end(outcome, lastLoss: lastLoss, validation: validation, &sink) { start.duration(to: clock.now) }
  }

  // MARK: Beginning and end

  private mutating func begin(_ sink: inout some TrainingSink) throws(TrainingError) {
    description.status = .running
    description.plannedSteps = plan.steps
    description.completedSteps = position
    try recording { try sink.update(description) }
    if let row = unrecorded {
      try recording { try sink.record(row) }
      unrecorded = nil
    }
    try recordRates(&sink)
    try tell(&sink)
    try event(
      position == 0 ? "started" : "resumed", position == 0 ? "\(plan.steps) steps" : "after \(position) steps", &sink)
  }

  private mutating func end(
    _ outcome: TrainingOutcome, lastLoss: Double?, validation: Evaluation?, _ sink: inout some TrainingSink,
    elapsed: () -> Duration
  ) throws(TrainingError) -> TrainingResult {
    if savedPosition != position { try save(&sink) }
    var result = TrainingResult(outcome: outcome, steps: position, lastLoss: lastLoss, seconds: 0)
    result.clippedSteps = state.clippedSteps
    if outcome != .interrupted {
      if plan.finalParts.contains(.train) { result.train = try evaluation(of: .train) }
      result.validation = validation
      if validation == nil, plan.finalParts.contains(.validation) {
        result.validation = try evaluation(of: .validation)
      }
      if plan.finalParts.contains(.test) { result.test = try evaluation(of: .test) }
      result.raw = try rawEvaluations()
    }
    // The last update of all may be the one that ruins the parameters, with no step after it to show that.
    if outcome == .finished, state.divergence == nil, position > 0, let loss = result.train?.loss, !loss.isFinite {
      state.divergence = Divergence(step: position - 1, reason: .nonFiniteLoss, loss: loss)
      state.divergenceRate = plan.rate(at: position - 1) * state.factor
      try event("diverged", advice(state.divergence, rate: state.divergenceRate) ?? "", &sink)
    }
    if outcome == .finished, let divergence = state.divergence {
      result.outcome = .diverged(divergence, rate: state.divergenceRate)
    }
    switch result.outcome {
    case .finished: try event("finished", "\(position) steps", &sink)
    case .interrupted: try event("interrupted", "after \(position) of \(plan.steps) steps", &sink)
    case .dataExhausted:
      result.advice = "The data ended after \(position) of \(plan.steps) steps."
      try event("finished", result.advice ?? "", &sink)
    case .diverged(let divergence, let rate): result.advice = advice(divergence, rate: rate)
    }
    result.seconds = elapsed() / .seconds(1)
    description.status = result.outcome.status
    description.completedSteps = position
    description.results = result.figures
    try recording { try sink.update(description) }
    return result
  }

  private func advice(_ divergence: Divergence?, rate: Double) -> String? {
    divergence?.advice(
      rate: rate, peak: plan.peak * state.rateFactor, writtenInSchedule: plan.schedule.schedule.peak != nil)
  }

  // MARK: Divergence

  /// The present state, at the steps where it is worth keeping. Chosen by step, never by time, so that a resumed run
  /// goes back to the same one.
  private func stateToRewindTo() throws(TrainingError) -> Checkpoint? {
    guard
      plan.onDivergence == .backoff, position % plan.rewindEvery == 0, rewind?.step != position
    else { return nil }
    do {
      return try TrainerCheckpoint.pack(trainee.checkpoint(), step: position, state, rewind: nil)
    } catch {
      throw failed(.trainee, "The state after step \(position) could not be kept", error)
    }
  }

  /// Acts as the policy says and tells whether the run goes on.
  private mutating func goesOn(
    after divergence: Divergence, rate: Double, _ sink: inout some TrainingSink
  ) throws(TrainingError) -> Bool {
    if plan.onDivergence == .backoff, let rewind, state.backoffs < TrainingPlan.maximumBackoffs {
      let parts = try TrainerCheckpoint.unpack(rewind)
      do {
        try trainee.restore(from: parts.trainee)
      } catch {
        throw failed(.trainee, "The state after step \(rewind.step) could not be put back", error)
      }
      let halved = state.rateFactor / 2
      try event(
        "change",
        "\(divergence.what) at learning rate \(fourDigits(rate)): back to step \(rewind.step), rates times \(fourDigits(halved)) "
          + "from here on", &sink)
      position = rewind.step
      let backoffs = state.backoffs + 1
      state = parts.state
      state.rateFactor = halved
      state.backoffs = backoffs
      savedPosition = nil
      return true
    }
    state.divergence = divergence
    state.divergenceRate = rate
    try event("diverged", advice(divergence, rate: rate) ?? "", &sink)
    return plan.onDivergence == .continue
  }

  // MARK: Keeping

  /// Measures the validation part if it is time to, and records the step.
  private mutating func record(
    _ step: Int, _ request: StepRequest, _ report: StepReport, _ sink: inout some TrainingSink
  ) throws(TrainingError) -> Evaluation? {
    var row = MetricRow(attempt: description.attempt, step: step, values: [("loss", report.loss)])
    row.values.append(("lr", request.learningRate))
    if let rate = report.foundRate { row.values.append(("foundRate", rate)) }
    if let groups = plan.groups { row.values += groups.rates(in: request) }
    if plan.controller != nil { row.values.append(("lrScheduled", plan.rate(at: step) * state.rateFactor)) }
    if let norm = report.gradientNorm { row.values.append(("gradNorm", norm)) }
    if let dot = report.gradientDot { row.values.append(("gradDot", dot)) }
    if let factor = report.clipFactor, factor < 1 { row.values.append(("clipFactor", factor)) }
    if let health = report.health {
      row.values += health.values
      if let norm = report.parameterNorm { row.values.append(("paramNorm", norm)) }
    }
    var validation: Evaluation?
    // Whatever fails from here on, the step was made.
    unrecorded = row
    unrecordedRates = try effectiveRates(step, request)
    if plan.evaluates(after: position) { validation = try evaluation(of: .validation) }
    unrecorded = nil
    if let validation {
      row.values.append(("valLoss", validation.loss))
      if let accuracy = validation.accuracy { row.values.append(("valAccuracy", accuracy)) }
      if let r2 = validation.r2 { row.values.append(("valR2", r2)) }
    }
    if step == 0, let startLoss { row.values.append(("startValLoss", startLoss)) }
    if let change = observe(step, report, validation) { untold = change }
    do {
      try sink.record(row)
    } catch {
      unrecorded = row
      throw notRecorded(error)
    }
    try recordRates(&sink)
    try tell(&sink)
    return validation
  }

  private mutating func recordRates(_ sink: inout some TrainingSink) throws(TrainingError) {
    guard !unrecordedRates.isEmpty else { return }
    try recording { try sink.record(unrecordedRates) }
    unrecordedRates = []
  }

  /// The effective rates after a step, if it is one at which they are recorded.
  private func effectiveRates(_ step: Int, _ request: StepRequest) throws(TrainingError) -> [EffectiveRateRow] {
    guard let every = plan.effectiveRatesEvery, step % every == 0 else { return [] }
    do {
      return try (trainee as? any ReportsEffectiveRates)?.effectiveRateReport(request)?
        .rows(attempt: description.attempt, step: step) ?? []
    } catch {
      throw failed(.trainee, "The effective rates of step \(step) could not be told", error)
    }
  }

  private func isDue(_ clock: ContinuousClock, since last: ContinuousClock.Instant) -> Bool {
    switch plan.checkpoints {
    case .everySteps(let steps): position % steps == 0
    case .everySeconds(let seconds): last.duration(to: clock.now) / .seconds(1) >= seconds
    case .atEnd: false
    }
  }

  private mutating func save(_ sink: inout some TrainingSink) throws(TrainingError) {
    let taken: Checkpoint
    do {
      taken = try checkpoint()
    } catch {
      throw failed(.trainee, "The state after \(position) steps could not be kept", error)
    }
    description.completedSteps = position
    try recording {
      try sink.save(taken)
      try sink.update(description)
    }
    savedPosition = position
  }

  private func event(_ kind: String, _ message: String, _ sink: inout some TrainingSink) throws(TrainingError) {
    // An event belongs to the last completed step; `position` is one further.
    let event = RunEvent(attempt: description.attempt, step: max(0, position - 1), kind: kind, message: message)
    try recording { try sink.record(event) }
  }

  /// Tells what the controller did at the last step.
  private mutating func tell(_ sink: inout some TrainingSink) throws(TrainingError) {
    guard let change = untold else { return }
    try event(change.from == change.to ? "finding" : "change", "\(change.reason.rawValue): \(change.message)", &sink)
    untold = nil
  }

  private func recording(_ body: () throws -> Void) throws(TrainingError) {
    do { try body() } catch { throw notRecorded(error) }
  }

  private func notRecorded(_ error: any Error) -> TrainingError {
    failed(.recording, "The run stopped after \(position) of \(plan.steps) steps because it could not be kept", error)
  }

  private func failed(_ code: TrainingError.Code, _ what: String, _ error: any Error) -> TrainingError {
    TrainingError(code, "\(what): \(error)", completedSteps: position, underlying: error)
  }

  /// What the present parameters, or their average, score on `part`; nil if it has no rows.
  private func evaluation(of part: DataPart) throws(TrainingError) -> Evaluation? {
    try measured(part) { try trainee.evaluate(on: $0) }
  }

  /// What the parameters themselves score, if ``evaluation(of:)`` measures their average.
  private func rawEvaluations() throws(TrainingError) -> Evaluations? {
    guard let trainee = trainee as? any AveragesParameters, trainee.hasAverage, !plan.finalParts.isEmpty else {
      return nil
    }
    func raw(_ part: DataPart) throws(TrainingError) -> Evaluation? {
      try plan.finalParts.contains(part) ? measured(part) { try trainee.evaluateRaw(on: $0) } : nil
    }
    return Evaluations(train: try raw(.train), validation: try raw(.validation), test: try raw(.test))
  }

  private func measured(
    _ part: DataPart, _ evaluate: (DataPart) throws -> Evaluation
  ) throws(TrainingError) -> Evaluation? {
    do {
      let evaluation = try evaluate(part)
      return evaluation.rows > 0 ? evaluation : nil
    } catch {
      throw failed(.trainee, "The \(part) part could not be measured after \(position) steps", error)
    }
  }
}
