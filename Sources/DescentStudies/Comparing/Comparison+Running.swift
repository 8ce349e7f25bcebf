public import DescentCore
public import DescentSchedules

extension Comparison {
  /// Short runs have at least this many steps; a run too short for them is not screened.
  static let fewestShortSteps = 20

  /// Compares.
  ///
  /// - Parameters:
  ///   - horizon: what a whole run is, for schedules that count epochs or tokens; nil: its steps alone.
  ///   - lanes: where runs are made side by side.
  ///   - journal: where finished runs are kept and found again.
  ///   - target: the loss whose reaching is timed; nil: 95 % of the way from the initial loss to the winner's.
  ///   - shouldStop: asked at every step; true ends the work with ``StudyStopped``.
  ///   - observe: called after every job, from several threads.
  ///   - source: makes the source of a rule's trainees for runs of a length, by the rule's place and the steps.
  /// - Returns: a table of every setting, and what can be said of the best.
  /// - Throws: ``StudyError`` if a schedule does not fit; ``StudyStopped``; what source, trainees and journal throw.
  public func run<S: TraineeSource>(
    horizon: Horizon? = nil, lanes: some LaneRunner = SerialLanes(), journal: some ComparisonJournal = NoJournal(),
    target: Double? = nil, shouldStop: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (ComparisonProgress) -> Void = { _ in },
    source: @escaping @Sendable (_ optimizer: Int, _ steps: Int) throws -> S
  ) throws -> ComparisonSummary where S.Made: Evaluable & Restorable {
    var rounds = ComparisonRounds(
      self, curves: try curves(over: horizon ?? Horizon(steps: steps)), source: source, lanes: lanes, journal: journal,
      shouldStop: shouldStop, observe: observe)
    var fates = arms.map { _ in ComparisonSummary.Fate.finalist }
    let kept = try screen(&rounds, &fates)
    let leaders = try lead(kept, &rounds, &fates)
    try race(kept.filter { fates[$0] == .finalist }, leaders: leaders, &rounds, &fates)
    return summary(rounds, fates: fates, leaders: leaders, target: target)
  }

  /// The rates of a setting over a whole run.
  ///
  /// - Parameters:
  ///   - arm: one of ``arms``.
  ///   - horizon: what a whole run is.
  /// - Throws: ``StudyError`` if the schedule does not fit.
  public func curve(of arm: Arm, over horizon: Horizon) throws(StudyError) -> ResolvedSchedule {
    let schedule = schedules[arm.schedule]
    do { return try schedule.replacingPeak(by: arm.rate).resolved(horizon: horizon) } catch {
      throw StudyError("The schedule \(schedule) does not fit \(horizon.steps) steps: \(error)")
    }
  }

  private func curves(over horizon: Horizon) throws(StudyError) -> [Arm: ResolvedSchedule] {
    var curves: [Arm: ResolvedSchedule] = [:]
    for arm in arms { curves[arm] = try curve(of: arm, over: horizon) }
    return curves
  }

  /// The families of three rates and more, whose rates short runs can thin out.
  private var families: [[Int]] {
    contenders.indices.flatMap { optimizer in
      schedules.indices.map { family(optimizer: optimizer, schedule: $0) }
    }
  }

  /// Short runs; returns the settings that go on.
  private func screen<S, L, J>(
    _ rounds: inout ComparisonRounds<S, L, J>, _ fates: inout [ComparisonSummary.Fate]
  ) throws -> [Int] {
    let large = families.filter { $0.count > 2 }
    let (shortest, short) = (steps / 16, steps / 4)
    guard !large.isEmpty, short >= Self.fewestShortSteps else { return Array(arms.indices) }
    let hasFirst = shortest >= Self.fewestShortSteps
    if hasFirst {
      try rounds.run(large.flatMap(\.self), steps: shortest, seeds: screenSeeds, stage: .screen, standing: [])
    }
    var remaining: [[Int]] = []
    for family in large {
      let kept =
        hasFirst
        ? RateScreen(exponents: exponents(family)).afterFirst(
          losses(family, shortest, rounds), initialLoss: initialLoss(family, shortest, rounds))
        : Array(family.indices)
      for place in family.indices where !kept.contains(place) { fates[family[place]] = .screened(steps: shortest) }
      remaining.append(kept)
    }
    let second = zip(large, remaining).flatMap { family, kept in kept.map { family[$0] } }
    try rounds.run(second, steps: short, seeds: screenSeeds, stage: .screen, standing: [])
    for (family, before) in zip(large, remaining) {
      let arms = before.map { family[$0] }
      let kept = RateScreen(exponents: exponents(family)).afterSecond(
        first: hasFirst ? losses(family, shortest, rounds) : nil, kept: before, second: losses(arms, short, rounds),
        initialLoss: initialLoss(arms, short, rounds))
      for place in before where !kept.contains(place) { fates[family[place]] = .screened(steps: short) }
    }
    return arms.indices.filter { fates[$0] == .finalist }
  }

  private func exponents(_ arms: [Int]) -> [Double] { arms.map { logarithm10(self.arms[$0].rate) } }

  private func losses<S, L, J>(_ arms: [Int], _ steps: Int, _ rounds: borrowing ComparisonRounds<S, L, J>) -> [Double] {
    var losses: [Double] = []
    for arm in arms { losses.append(rounds.meanLoss(arm, steps: steps, seeds: screenSeeds)) }
    return losses
  }

  private func initialLoss<S, L, J>(
    _ arms: [Int], _ steps: Int, _ rounds: borrowing ComparisonRounds<S, L, J>
  ) -> Double {
    var losses: [Double] = []
    for arm in arms {
      for seed in screenSeeds {
        if let outcome = rounds.outcome(arm, steps: steps, seed: seed) { losses.append(outcome.initialLoss) }
      }
    }
    return mean(losses)
  }

  /// Whole runs on a few seeds; returns the setting with the lowest mean and the next of another rule or rate, and marks
  /// those that blew up on every seed.
  private func lead<S, L, J>(
    _ kept: [Int], _ rounds: inout ComparisonRounds<S, L, J>, _ fates: inout [ComparisonSummary.Fate]
  ) throws -> [Int] {
    try rounds.run(kept, steps: steps, seeds: leadSeeds, stage: .lead, standing: [])
    var means: [(arm: Int, loss: Double)] = []
    for arm in kept {
      var diverged = 0
      for seed in leadSeeds where rounds.outcome(arm, steps: steps, seed: seed)?.diverged == true { diverged += 1 }
      if diverged == leadSeeds.count {
        fates[arm] = .diverged
      } else {
        means.append((arm, rounds.meanLoss(arm, steps: steps, seeds: leadSeeds)))
      }
    }
    if means.isEmpty, let lowest = kept.min(by: { arms[$0].rate < arms[$1].rate }) {
      // Where all blow up the lowest rate is as good a leader as any; the result says that it diverged.
      fates[lowest] = .finalist
      return [lowest]
    }
    let ranked = means.sorted { ($0.loss, $0.arm) < ($1.loss, $1.arm) }.map(\.arm)
    guard let first = ranked.first else { return [] }
    // Settings of one rule and rate have their bad runs on the same seeds.
    let others = ranked.dropFirst()
    let second = others.first { arms[$0].optimizer != arms[first].optimizer || arms[$0].rate != arms[first].rate }
    return [first] + [second ?? others.first].compactMap(\.self)
  }

  /// Fresh seeds, look by look, until all have been seen or one setting is left.
  private func race<S, L, J>(
    _ finalists: [Int], leaders: [Int], _ rounds: inout ComparisonRounds<S, L, J>,
    _ fates: inout [ComparisonSummary.Fate]
  ) throws {
    let looks = GroupSequentialLooks(pairs: seeds)
    var active = finalists
    var seen = 0
    for look in looks.counts {
      guard active.count > 1 || seen == 0 else { break }
      try rounds.run(
        active, steps: steps, seeds: Array(freshSeeds[seen..<look]), stage: .race,
        standing: seen == 0 ? leadSeeds : Array(freshSeeds[..<seen]))
      seen = look
      var losses: [Int: [Double]] = [:]
      for arm in active { losses[arm] = rounds.losses(arm, steps: steps, seeds: freshSeeds.prefix(look)) }
      let pValues = active.map { arm in
        // Weighted by what each leader may spend.
        let tests = zip(leaders, Self.leaderShares).filter { $0.0 != arm && active.contains($0.0) }.map {
          leader, share in
          PairedDifference(from: losses[leader] ?? [], to: losses[arm] ?? []).pValue / share
        }
        return (arm: arm, value: tests.min() ?? 1)
      }
      // Holm: the clearest first, each as strict as the tests that are left demand.
      for one in pValues.sorted(by: { ($0.value, $0.arm) < ($1.value, $1.arm) }) {
        guard one.value <= Self.significance * looks.share(at: look) / Double(active.count) else { break }
        fates[one.arm] = .worse(seeds: look)
        active.removeAll { $0 == one.arm }
      }
    }
  }
}
