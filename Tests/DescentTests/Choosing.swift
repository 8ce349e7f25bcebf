import Descent

/// The example of the article on choosing, with the numbers of steps and seeds left open.
func choose(steps: Int, seeds: Int) throws -> (found: FoundRate, summary: ComparisonSummary) {
  let setup = try TrainingSpecification().setUp()
  let lanes = ThreadedLanes(threads: 8)

  // The peak rate for this schedule over this many steps.
  let schedule = try Schedule(parsing: "warmup 5% -> cosine")
  let finder = try RateFinder(schedule: schedule, steps: steps, usualRate: 1e-3)
  let found = try finder.find(setup.source, lanes: lanes)
  if let rate = found.rate { print(rate, found.stepsSpent) }

  // Rates, schedules and rules against each other.
  let rules = try ["sgd(momentum: 0.9)", "adam"].map(OptimizerSpec.init(parsing:))
  let comparison = try Comparison(
    contenders: [
      Comparison.Contender(optimizer: "sgd(momentum: 0.9)", rates: [0.02, 0.05, 0.15]),
      Comparison.Contender(optimizer: "adam", rates: [1e-3, 3e-3, 1e-2]),
    ], schedules: [schedule, Schedule(parsing: "constant")], steps: steps, seeds: seeds)
  let summary = try comparison.run(lanes: lanes) { rule, steps in
    try setup.with(optimizer: rules[rule], steps: steps).source
  }
  print(comparison.arms[summary.winner], "of", summary.indistinguishable.count, "that cannot be told apart")
  return (found, summary)
}
