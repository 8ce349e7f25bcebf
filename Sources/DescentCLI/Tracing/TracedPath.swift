import DescentOptimizers
import DescentSchedules
import DescentTraining

/// Something whose path can be followed: an update rule with its rate in every step.
struct TraceCandidate {
  /// The rule in its own words.
  var optimizer: String
  /// The learning rate, of a schedule its peak.
  var rate: Double
  /// Follows it over a problem, for as many steps, with its effective rates if true.
  var follow: (TraceProblem, Int, Bool) throws -> TraceResult
}

extension TraceCandidate {
  /// A rule of this package with a schedule.
  init(_ spec: OptimizerSpec, schedule: ResolvedSchedule) {
    self.init(optimizer: spec.description, rate: schedule.peak) { problem, steps, recordsEffectiveRates in
      try Trace.run(
        problem: problem, optimizer: spec, rate: { schedule.rate(at: $0) }, steps: steps,
        recordsEffectiveRates: recordsEffectiveRates)
    }
  }
}

/// One path over a problem.
struct TracedPath {
  var optimizer: String
  var rate: Double
  var result: TraceResult
  /// What tells it from the others of the same picture.
  var name = ""

  /// What became of it, in a sentence.
  var verdict: String {
    result.verdict?.sentence ?? (result.diverged ? "It diverged." : "It did not diverge.")
  }

  /// Follows all candidates; their names hold what differs among them.
  static func followed(
    _ candidates: [TraceCandidate], over problem: TraceProblem, steps: Int, recordsEffectiveRates: Bool
  ) throws -> [TracedPath] {
    let severalRules = Set(candidates.map(\.optimizer)).count > 1
    let severalRates = Set(candidates.map(\.rate)).count > 1
    return try candidates.map { candidate in
      let rate = "η = \(figure(candidate.rate))"
      return TracedPath(
        optimizer: candidate.optimizer, rate: candidate.rate,
        result: try candidate.follow(problem, steps, recordsEffectiveRates),
        name: !severalRules ? rate : severalRates ? "\(candidate.optimizer), \(rate)" : candidate.optimizer)
    }
  }
}
