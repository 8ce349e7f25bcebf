internal import DescentCore
internal import DescentSchedules
internal import Synchronization

/// Makes the runs of a comparison round by round, and knows what came of them.
struct ComparisonRounds<S: TraineeSource, L: LaneRunner, J: ComparisonJournal>: ~Copyable
where S.Made: Evaluable & Restorable {
  let comparison: Comparison
  /// The schedules over the whole run, by rule, schedule and rate.
  let curves: [Comparison.Arm: ResolvedSchedule]
  let source: @Sendable (_ optimizer: Int, _ steps: Int) throws -> S
  let lanes: L
  let journal: J
  let shouldStop: @Sendable () -> Bool
  let observe: @Sendable (ComparisonProgress) -> Void

  private(set) var stepsSpent = 0
  /// Outcomes by setting, length and seed.
  private var outcomes: [Key: RunOutcome] = [:]
  private var sources: [SourceKey: S] = [:]

  private struct Key: Hashable {
    var arm: Int
    var steps: Int
    var seed: UInt64
  }

  private struct SourceKey: Hashable {
    var optimizer: Int
    var steps: Int
  }

  init(
    _ comparison: Comparison, curves: [Comparison.Arm: ResolvedSchedule],
    source: @escaping @Sendable (Int, Int) throws -> S, lanes: L, journal: J,
    shouldStop: @escaping @Sendable () -> Bool, observe: @escaping @Sendable (ComparisonProgress) -> Void
  ) {
    self.comparison = comparison
    self.curves = curves
    self.source = source
    self.lanes = lanes
    self.journal = journal
    self.shouldStop = shouldStop
    self.observe = observe
  }

  /// What a setting came to; nil where that run was not made.
  func outcome(_ arm: Int, steps: Int, seed: UInt64) -> RunOutcome? {
    outcomes[Key(arm: arm, steps: steps, seed: seed)]
  }

  /// The losses of a setting by seed, as they count.
  func losses(_ arm: Int, steps: Int, seeds: some Sequence<UInt64>) -> [Double] {
    seeds.compactMap { outcome(arm, steps: steps, seed: $0) }.map(\.countedLoss)
  }

  func meanLoss(_ arm: Int, steps: Int, seeds: some Sequence<UInt64>) -> Double {
    mean(losses(arm, steps: steps, seeds: seeds))
  }

  /// Makes the runs of these settings on these seeds that are not made yet.
  ///
  /// - Parameter standing: the seeds by which the settings' standing is told as the round goes on.
  mutating func run(
    _ arms: [Int], steps: Int, seeds: [UInt64], stage: ComparisonProgress.Stage, standing: [UInt64]
  ) throws {
    let jobs = jobs(arms, steps: steps, seeds: seeds)
    guard !jobs.isEmpty else { return }
    for job in jobs where sources[SourceKey(optimizer: job.optimizer, steps: steps)] == nil {
      sources[SourceKey(optimizer: job.optimizer, steps: steps)] = try source(job.optimizer, steps)
    }
    let standings = arms.map { (arm: $0, meanLoss: meanLoss($0, steps: steps, seeds: standing)) }
      .filter { $0.meanLoss.isFinite }.sorted { $0.meanLoss < $1.meanLoss }
    let done = Mutex((jobs: 0, steps: stepsSpent))
    let work = Work(
      comparison: comparison, curves: curves,
      sources: jobs.compactMap { job in
        sources[SourceKey(optimizer: job.optimizer, steps: steps)]
      })
    let (journal, observe, shouldStop) = (journal, observe, shouldStop)
    let results = try lanes.run(jobs.count) { index in
      let job = jobs[index]
      let kept = journal.result(of: job)
      let result = try kept ?? work.result(of: job, index, shouldStop)
      if kept == nil { try journal.keep(result, of: job) }
      let now = done.withLock { done in
        done.jobs += 1
        done.steps += result.stepsSpent
        return done
      }
      observe(
        ComparisonProgress(
          stage: stage, jobsDone: now.jobs, jobs: jobs.count, stepsSpent: now.steps, standings: standings))
      return result
    }
    for (job, result) in zip(jobs, results) {
      stepsSpent += result.stepsSpent
      for (schedule, outcome) in zip(job.schedules, result.outcomes) {
        let arm = Comparison.Arm(optimizer: job.optimizer, schedule: schedule, rate: job.rate)
        guard let place = comparison.arms.firstIndex(of: arm) else { continue }
        outcomes[Key(arm: place, steps: steps, seed: job.seed)] = outcome
      }
    }
  }

  /// Settings of one rule, rate and seed are one job. Seed by seed, so that an interrupted round has whole pairs.
  private func jobs(_ arms: [Int], steps: Int, seeds: [UInt64]) -> [ComparisonJob] {
    seeds.flatMap { seed in
      var jobs: [ComparisonJob] = []
      for place in arms where outcome(place, steps: steps, seed: seed) == nil {
        let arm = comparison.arms[place]
        if let at = jobs.firstIndex(where: { $0.optimizer == arm.optimizer && $0.rate == arm.rate }) {
          jobs[at].schedules.append(arm.schedule)
        } else {
          jobs.append(
            ComparisonJob(
              optimizer: arm.optimizer, rate: arm.rate, seed: seed, steps: steps, schedules: [arm.schedule]))
        }
      }
      return jobs
    }
  }

  /// What lanes share.
  private struct Work: Sendable {
    let comparison: Comparison
    let curves: [Comparison.Arm: ResolvedSchedule]
    let sources: [S]

    func result(of job: ComparisonJob, _ index: Int, _ shouldStop: () -> Bool) throws -> BranchedRun.Result {
      let rates = job.schedules.map { schedule in
        curves[Comparison.Arm(optimizer: job.optimizer, schedule: schedule, rate: job.rate)]?
          .rates(stretchedOver: job.steps) ?? []
      }
      let measurements = job.steps == comparison.steps ? Comparison.measurements : 0
      return try BranchedRun(steps: job.steps, seed: job.seed, measurements: measurements).run(
        sources[index], curves: rates, shouldStop: shouldStop)
    }
  }
}
