public import DescentCore
internal import DescentDiagnosis

/// Runs with the same weights, batches and update rule under several rate curves, made as one trunk that branches where
/// the curves part.
///
/// Where two curves apply the same rates the runs are one run, bit for bit; where they part, each goes on from an exact
/// snapshot. A constant rate and its cool-downs cost one trunk and the cool-downs.
public struct BranchedRun: Sendable, Hashable {
  /// Optimizer steps of each run.
  public let steps: Int
  /// Chooses the weights and the order of the batches.
  public let seed: UInt64
  /// How often on the way the loss is measured; 0: only at the end, and neither test nor training part.
  public let measurements: Int

  /// - Parameters:
  ///   - steps: optimizer steps of each run, 1 or more.
  ///   - seed: chooses the weights and the order of the batches.
  ///   - measurements: how often on the way the loss is measured; 0: only at the end, and neither test nor training part.
  public init(steps: Int, seed: UInt64, measurements: Int = 0) {
    self.steps = max(1, steps)
    self.seed = seed
    self.measurements = min(max(0, measurements), self.steps)
  }

  /// What runs came to and cost.
  public struct Result: Sendable, Hashable, Codable {
    /// In the order of the curves.
    public var outcomes: [RunOutcome]
    /// Optimizer steps that were made; shared ones count once.
    public var stepsSpent: Int
  }

  /// Makes the runs; where the data ends, so do they.
  ///
  /// - Parameters:
  ///   - source: makes the trainee.
  ///   - curves: the rates of each run by step, as many as ``steps`` or more.
  ///   - shouldStop: asked at every step; true ends the work.
  /// - Throws: ``StudyError`` if the loss is not a number before the first step or a curve is too short; ``StudyStopped``;
  ///   what the trainee throws.
  public func run<S: TraineeSource>(
    _ source: S, curves: [[Double]], shouldStop: () -> Bool = { false }
  ) throws -> Result where S.Made: Evaluable & Restorable {
    if let short = curves.first(where: { $0.count < steps }) {
      throw StudyError("A curve of \(short.count) rates is too short for \(steps) steps.")
    }
    var trainee = try source.makeTrainee(seed: seed, batchOrder: seed)
    let before = try trainee.evaluate(on: .validation)
    if before.rows > 0, !before.loss.isFinite { throw StudyError.lossIsNoNumber }
    var branches = Branches(curves: curves)
    let progress = Progress(initialLoss: before.rows > 0 ? before.loss : nil)
    try follow(&trainee, progress, Array(curves.indices), &branches, shouldStop)
    return Result(outcomes: branches.outcomes.compactMap(\.self), stepsSpent: branches.stepsSpent)
  }

  /// All branches: where each goes, and what came of it.
  private struct Branches {
    let curves: [[Double]]
    var outcomes: [RunOutcome?]
    var stepsSpent = 0

    init(curves: [[Double]]) {
      self.curves = curves
      outcomes = curves.map { _ in nil }
    }
  }

  /// What is known of a run under way; a value, so that each branch goes on with its own.
  private struct Progress {
    /// The validation loss before the first step; nil without validation rows.
    var initialLoss: Double?
    var detector = DivergenceDetector()
    var losses: [Double] = []
    var points: [RunOutcome.Point] = []

    func meanLoss(last count: Int) -> Double {
      let last = losses.suffix(max(1, count))
      return last.reduce(0, +) / Double(last.count)
    }
  }

  /// Goes on as the members' common curve says, and where they part with each group of them.
  private func follow<T: Evaluable & Restorable>(
    _ trainee: inout T, _ start: Progress, _ members: [Int], _ branches: inout Branches, _ shouldStop: () -> Bool
  ) throws {
    guard let first = members.first else { return }
    var progress = start
    while progress.losses.count < steps {
      let step = progress.losses.count
      let rate = branches.curves[first][step]
      if members.contains(where: { branches.curves[$0][step] != rate }) {
        let here = try trainee.snapshot()
        for (place, group) in groups(members, by: branches.curves, at: step).enumerated() {
          if place > 0 { try trainee.restore(here) }
          try follow(&trainee, progress, group, &branches, shouldStop)
        }
        return
      }
      if shouldStop() { throw StudyStopped() }
      let report: StepReport
      do { report = try trainee.step(learningRate: rate) } catch let end as DataExhausted {
        // A run without a step tells nothing; any other ends where its data does.
        if progress.losses.isEmpty { throw end }
        break
      }
      branches.stepsSpent += 1
      if progress.detector.observe(report, step: step) != nil {
        try finish(members, progress, divergedAt: step, &branches)
        return
      }
      progress.losses.append(report.loss)
      try measure(trainee, &progress)
    }
    let outcome = try self.outcome(of: trainee, progress)
    for member in members { branches.outcomes[member] = outcome }
  }

  /// Members with the same rate at a step, in the members' order.
  private func groups(_ members: [Int], by curves: [[Double]], at step: Int) -> [[Int]] {
    var groups: [[Int]] = []
    for member in members {
      if let place = groups.firstIndex(where: { curves[$0[0]][step] == curves[member][step] }) {
        groups[place].append(member)
      } else {
        groups.append([member])
      }
    }
    return groups
  }

  private func measure(_ trainee: some Evaluable, _ progress: inout Progress) throws {
    let made = progress.losses.count
    // The k-th of n measurements is due at step k·steps/n; the last one is made with the outcome.
    guard measurements > 0, made < steps, made * measurements / steps > (made - 1) * measurements / steps else {
      return
    }
    let loss =
      progress.initialLoss == nil
      ? progress.meanLoss(last: steps / measurements) : try trainee.evaluate(on: .validation).loss
    progress.points.append(RunOutcome.Point(step: made, loss: loss))
  }

  private func finish(
    _ members: [Int], _ progress: Progress, divergedAt step: Int?, _ branches: inout Branches
  ) throws {
    guard let initial = progress.initialLoss ?? progress.detector.initialLoss else { throw StudyError.lossIsNoNumber }
    for member in members {
      branches.outcomes[member] = RunOutcome(
        loss: .infinity, initialLoss: initial, curve: progress.points,
        spikes: LossSpikeDetector.spikes(in: progress.losses), divergedAt: step)
    }
  }

  private func outcome(of trainee: some Evaluable, _ progress: Progress) throws -> RunOutcome {
    let validation = try trainee.evaluate(on: .validation)
    let loss = validation.rows > 0 ? validation.loss : progress.meanLoss(last: steps / 4)
    // Parameters may have blown up in the very last step, which no report shows.
    guard loss.isFinite else {
      return RunOutcome(
        loss: .infinity, initialLoss: progress.initialLoss ?? progress.losses[0], curve: progress.points,
        divergedAt: progress.losses.count - 1)
    }
    var outcome = RunOutcome(
      loss: loss, initialLoss: progress.initialLoss ?? progress.losses[0], curve: progress.points,
      spikes: LossSpikeDetector.spikes(in: progress.losses))
    if measurements > 0 {
      outcome.curve.append(RunOutcome.Point(step: progress.losses.count, loss: loss))
      // A part without rows has no loss.
      let (test, train) = (try trainee.evaluate(on: .test), try trainee.evaluate(on: .train))
      outcome.test = test.rows > 0 ? test : nil
      outcome.train = train.rows > 0 ? train : nil
    }
    return outcome
  }
}
