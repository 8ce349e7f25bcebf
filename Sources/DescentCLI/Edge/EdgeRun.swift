import DescentCurvature
import DescentModels
import DescentOptimizers
import DescentSchedules
import DescentTraining

/// One training of `edge`, with its rates and what to call it.
struct EdgeRun {
  private let command: EdgeCommand
  private let example: EdgeExample?
  private let setup: TrainingSetup
  private let schedule: Schedule
  private let rates: ResolvedSchedule
  private let timing: EdgeTracker<Float>.Timing

  init(_ command: EdgeCommand, _ example: EdgeExample?, _ session: Session) throws {
    self.command = command
    self.example = example
    let training = command.training
    var base = example?.specification ?? TrainingSpecification()
    if example == nil { base.batch = "full" }
    let specification = training.specification(over: base)
    // Threads would cost the examples, small as they are, more than they bring.
    setup = try example?.setUp(specification) ?? specification.setUp(threads: session.threads)
    try training.checkBatch(rows: setup.trainingRows)
    schedule = try Schedule(parsing: training.schedule ?? example?.schedule ?? "constant")
    let steps = command.steps ?? example?.steps ?? RunSpecification.defaultSteps
    rates = try schedule.resolved(
      peak: Self.peak(command, example, setup, schedule, session), horizon: setup.horizon(steps: steps))
    timing = command.budget.map { .budget($0) } ?? .every(command.every ?? example?.interval ?? 10)
  }

  private static func peak(
    _ command: EdgeCommand, _ example: EdgeExample?, _ setup: TrainingSetup, _ schedule: Schedule, _ session: Session
  ) throws -> Double? {
    if command.lr != nil || schedule.peak != nil { return command.lr }
    let optimizer = setup.source.optimizer
    // An example's rate is for its own rule.
    if let example, optimizer.name == example.optimizer { return example.learningRate }
    session.note("no --lr given: using \(decimal(optimizer.defaultLearningRate)), the default of \(optimizer.name).")
    return optimizer.defaultLearningRate
  }

  /// Makes the steps and tells what came of them.
  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    var training = try EdgeTraining(
      setup, rates: rates, timing: timing, eigenvalues: command.eigenvalues ?? 1, seed: command.global.seed,
      threads: example == nil ? session.threads : 1)
    var live = LiveView(session)
    var bar = session.progress("Training", total: rates.steps)
    var picture = EdgePicture(
      title: title, usesMiniBatches: training.usesMiniBatches, rescales: true, steps: rates.steps)
    // Drawn several times a second: no more losses than a terminal shows.
    picture.lossInterval = max(1, rates.steps / 4000)
    let isWatched = live.isShown
    let result = try training.run(
      observe: { progress in
        guard isWatched else {
          bar.update(progress.step + 1) { "loss \(figure(progress.loss))" }
          return
        }
        if progress.step % picture.lossInterval == 0 { picture.losses.append(progress.loss) }
        if let measurement = progress.measurement { picture.measurements.append(measurement) }
        live.update(session) { height in
          picture.subtitle = "step \(progress.step + 1) of \(rates.steps)"
          return (picture.chart, height)
        }
      }, shouldStop: { Interruption.isRequested })
    live.finish()
    bar.finish()
    let report = EdgeReport(
      result: result, title: title, rates: rates, rescales: setup.source.optimizer.rescales,
      situation: situation(result, usesMiniBatches: training.usesMiniBatches),
      settings: settings)
    return try report.report(nextCommand(report), pictures, session)
  }

  /// What is trained at which rate, one line.
  private var title: String {
    let specification = setup.specification
    let what =
      example.map(\.name)
      ?? [specification.data, specification.model, specification.loss].compactMap(\.self).joined(separator: ", ")
    let batch = specification.batch == "full" ? "" : ", batch \(specification.batch)"
    let rate = schedule.isConstant ? "η = \(figure(rates.peak))" : "η = \(figure(rates.peak)), \(scheduleText)"
    return "\(what)\(batch), \(specification.optimizer), \(rate)"
  }

  private var scheduleText: String {
    var multiplier = schedule
    multiplier.peak = nil
    return multiplier.description
  }

  private var settings: [[String]] {
    var rows = setup.specification.dictionary.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
    if let example {
      let own = ["activation", "data", "init", "model", "split-seed"]
      rows = [["example", example.name]] + rows.filter { !own.contains($0[0]) }
    }
    return rows + [
      ["schedule", schedule.description], ["peak rate", figure(rates.peak)], ["steps", String(rates.steps)],
      ["seed", String(command.global.seed)],
    ]
  }

  private func situation(_ result: EdgeResult, usesMiniBatches: Bool) -> EdgeSituation {
    let settings = setup.source.optimizer.settingValues
    var situation = EdgeSituation()
    situation.usesMiniBatches = usesMiniBatches
    let late = result.batchSharpness.suffix(max(1, result.batchSharpness.count / 2)).map(\.ratio)
    situation.batchRatio = late.isEmpty ? nil : late.reduce(0, +) / Double(late.count)
    situation.momentum = settings["momentum"] ?? 0
    situation.rescales = setup.source.optimizer.rescales
    situation.decaysWeights = (settings["weightDecay"] ?? 0) > 0
    situation.isCrossEntropy = setup.task.loss != .squared
    situation.hasDiverged = result.divergence != nil
    return situation
  }

  // MARK: What to run next

  private func nextCommand(_ report: EdgeReport) -> String? {
    let (result, situation) = (report.result, report.situation)
    if result.isInterrupted { return nil }
    var verdict = report.verdict
    let isUnjudged = situation.usesMiniBatches && situation.batchRatio == nil
    let find = "descent find" + command.training.flags + seed
    if let ratio = situation.batchLineRatio, verdict != .beyond { verdict = ratio < 0.5 ? .below : .atEdge }
    switch verdict {
    case .unknown, .noThreshold: return nil
    case .below where report.largest >= 0.5: return nil
    // Curvature that goes says nothing of how large a rate may be, nor do mini-batches; a range test does.
    case .below where (situation.isCrossEntropy || situation.decaysWeights || isUnjudged) && example == nil:
      return find
    case .below where isUnjudged, .approaching where isUnjudged: return nil
    case .below: return edge(rate: 2 * rates.peak, steps: rates.steps)
    case .approaching: return edge(rate: rates.peak, steps: 2 * rates.steps)
    case .atEdge where example != nil:
      return schedule.isConstant && !situation.usesMiniBatches
        ? edge(rate: rates.peak / 2, steps: 2 * rates.steps) : nil
    case .atEdge:
      return "descent train" + command.training.flags + (command.training.batch == nil ? " --batch full" : "") + seed
        + rateFlags(rates.peak) + " --steps \(rates.steps)"
    case .beyond:
      // A rate that rose too fast wants another schedule, not half of it.
      if report.advice.contains(where: { $0.rule == "R5" }) { return nil }
      // It blew up before anything was measured.
      if report.result.record.measurements.isEmpty, example == nil { return find }
      // Far beyond the edge from the start on, half the rate would be no better.
      let first = situation.rescales ? nil : report.result.record.measurements.first { $0.step == 0 }?.ratio
      let factor = schedule.isConstant ? max(2, first.flatMap { $0.isFinite ? $0 : nil } ?? 2) : 2
      return edge(rate: rates.peak / factor, steps: rates.steps)
    }
  }

  private func edge(rate: Double, steps: Int) -> String {
    "descent edge" + (example.map { " --example \($0.name)" } ?? "") + command.training.flags + seed + rateFlags(rate)
      + " --steps \(steps)"
  }

  private var seed: String { command.global.givenSeed.map { " --seed \($0)" } ?? "" }

  /// `--lr` with the schedule, or the schedule alone where it names its peak.
  private func rateFlags(_ rate: Double) -> String {
    guard schedule.peak != nil else {
      return " --lr \(figure(rate))" + (command.training.schedule.map { " --schedule \(shellQuoted($0))" } ?? "")
    }
    var changed = schedule
    changed.peak = Double(figure(rate)) ?? rate
    return " --schedule \(shellQuoted(changed.description))"
  }
}

extension OptimizerSpec {
  /// Whether it divides the gradient element by element.
  fileprivate var rescales: Bool { (try? Optimizer<Float>(self, parameterCount: 1, groups: []))?.rescales ?? false }
}

extension Schedule {
  fileprivate var isConstant: Bool {
    var multiplier = self
    multiplier.peak = nil
    return multiplier == Schedule(.constant())
  }
}
