internal import DescentCore

extension Comparison {
  /// The runs that a setting's figures rest on: the longest, on the freshest seeds.
  private struct Basis {
    var steps: Int
    var seeds: [UInt64]
    var outcomes: [RunOutcome]
  }

  func summary<S, L, J>(
    _ rounds: borrowing ComparisonRounds<S, L, J>, fates: [ComparisonSummary.Fate], leaders: [Int],
    target: Double?
  ) -> ComparisonSummary {
    var bases: [Basis] = []
    for arm in arms.indices { bases.append(basis(arm, rounds)) }
    let means = bases.map { mean($0.outcomes.map(\.countedLoss)) }
    let set = arms.indices.filter { fates[$0] == .finalist }
      .sorted { (means[$0], $0) < (means[$1], $1) }
    let winner = set.first ?? leaders.first ?? 0
    let initialLoss = mean(bases[winner].outcomes.map(\.initialLoss))
    let target = target ?? means[winner] + 0.05 * (initialLoss - means[winner])
    let rows = arms.indices.map { arm in
      var row = row(arm, bases[arm], fates[arm], target: target)
      if arm != winner, row.steps == steps {
        let common = Set(bases[arm].seeds).intersection(bases[winner].seeds).intersection(freshSeeds).sorted()
        if common.count > 1 {
          row.difference = PairedDifference(
            from: clipped(bases[winner], common), to: clipped(bases[arm], common))
        }
      }
      row.edge = edge(arm, bases: bases, means: means)
      return row
    }
    return ComparisonSummary(
      comparison: self, rows: rows, winner: winner, leaders: leaders, indistinguishable: set.isEmpty ? [winner] : set,
      target: target, initialLoss: initialLoss, stepsSpent: rounds.stepsSpent,
      sensitivities: sensitivities(rounds))
  }

  /// The lengths of runs with the seeds that each may have, the longest and freshest first.
  private var runLengths: [(steps: Int, seeds: [UInt64])] {
    [(steps, freshSeeds), (steps, leadSeeds), (steps / 4, screenSeeds), (steps / 16, screenSeeds)]
  }

  private func basis<S, L, J>(_ arm: Int, _ rounds: borrowing ComparisonRounds<S, L, J>) -> Basis {
    for (steps, seeds) in runLengths {
      var basis = Basis(steps: steps, seeds: [], outcomes: [])
      for seed in seeds {
        guard let outcome = rounds.outcome(arm, steps: steps, seed: seed) else { continue }
        basis.seeds.append(seed)
        basis.outcomes.append(outcome)
      }
      if !basis.outcomes.isEmpty { return basis }
    }
    return Basis(steps: steps, seeds: [], outcomes: [])
  }

  private func clipped(_ basis: Basis, _ seeds: [UInt64]) -> [Double] {
    seeds.compactMap { seed in
      basis.seeds.firstIndex(of: seed).map { basis.outcomes[$0].countedLoss }
    }
  }

  private func row(
    _ arm: Int, _ basis: Basis, _ fate: ComparisonSummary.Fate, target: Double
  ) -> ComparisonSummary.Row {
    let losses = basis.outcomes.map(\.countedLoss)
    let whole = PairedDifference(from: losses.map { _ in 0 }, to: losses)
    let lasting = basis.outcomes.filter { !$0.diverged }
    let reached = basis.outcomes.map { $0.steps(to: target) ?? .max }.sorted()
    // The upper median, so that half of the runs and more have got there.
    let median = reached.isEmpty ? Int.max : reached[reached.count / 2]
    return ComparisonSummary.Row(
      arm: arm, fate: fate, steps: basis.steps, seeds: basis.seeds.count, meanLoss: whole.mean,
      interval: losses.count > 1 ? whole.low...whole.high : nil, testLoss: optionalMean(lasting.map { $0.test?.loss }),
      testAccuracy: optionalMean(lasting.map { $0.test?.accuracy }),
      trainLoss: optionalMean(lasting.map { $0.train?.loss }),
      stepsToTarget: basis.steps == steps && median < .max ? median : nil,
      spikes: mean(basis.outcomes.map { Double($0.spikes) }), divergedRuns: basis.outcomes.count(where: \.diverged),
      difference: nil, curve: curve(lasting), edge: nil)
  }

  private func curve(_ outcomes: [RunOutcome]) -> [ComparisonSummary.CurvePoint] {
    guard let first = outcomes.first else { return [] }
    return first.curve.indices.compactMap { place in
      let losses = outcomes.compactMap { $0.curve.indices.contains(place) ? $0.curve[place].loss : nil }
      let centre = mean(losses)
      let squares = losses.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      return ComparisonSummary.CurvePoint(
        step: first.curve[place].step, mean: centre,
        deviation: losses.count > 1 ? (squares / Double(losses.count - 1)).squareRoot() : 0)
    }
  }

  /// Of a family only the best of the longest runs can be at an edge.
  private func edge(_ arm: Int, bases: [Basis], means: [Double]) -> ComparisonSummary.GridEdge? {
    let family = family(optimizer: arms[arm].optimizer, schedule: arms[arm].schedule)
    guard family.count > 1 else { return nil }
    let longest = family.map { bases[$0].steps }.max() ?? steps
    let best = family.filter { bases[$0].steps == longest }.min { means[$0] < means[$1] }
    guard best == arm else { return nil }
    return arm == family.first ? .lowest : arm == family.last ? .highest : nil
  }

  private func sensitivities<S, L, J>(
    _ rounds: borrowing ComparisonRounds<S, L, J>
  ) -> [ComparisonSummary.Sensitivity] {
    var found: [ComparisonSummary.Sensitivity] = []
    for optimizer in contenders.indices {
      for schedule in schedules.indices {
        let family = family(optimizer: optimizer, schedule: schedule)
        guard family.count > 1 else { continue }
        for (steps, seeds) in runLengths {
          var losses: [Double] = []
          for arm in family { losses.append(rounds.meanLoss(arm, steps: steps, seeds: seeds)) }
          guard losses.allSatisfy(\.isFinite), let best = losses.min() else { continue }
          found.append(
            ComparisonSummary.Sensitivity(
              optimizer: optimizer, schedule: schedule, value: mean(losses) - best, steps: steps))
          break
        }
      }
    }
    return found
  }

  /// The mean of what is there; nil if one is missing or there is none.
  private func optionalMean(_ values: [Double?]) -> Double? {
    let there = values.compactMap(\.self)
    return there.isEmpty || there.count < values.count ? nil : mean(there)
  }
}
