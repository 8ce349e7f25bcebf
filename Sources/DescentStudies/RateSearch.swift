import DescentCore

/// One search of ``RateFinder``, stage by stage.
struct RateSearch<Source: TraineeSource, Lanes: LaneRunner> where Source.Made: Evaluable {
  let plan: SearchPlan
  var runs: ShortRuns<Source, Lanes>
  let seeds: [UInt64]
  private var planned: Int
  private var curves: [RateCurve] = []

  init(plan: SearchPlan, runs: ShortRuns<Source, Lanes>, seed: UInt64) {
    self.plan = plan
    self.runs = runs
    seeds = plan.isThorough ? [seed, seed &+ 1] : [seed]
    planned =
      3 * plan.coarseSteps + seeds.count * (3 * plan.fineSteps + (plan.isThorough ? 3 * plan.halfSteps : 0))
  }

  mutating func find(_ progress: (RateFinder.Progress) -> Void) throws -> FoundRate {
    let first = Array(seeds.prefix(1))
    let ceiling = try runs.initialLoss(first)
    var (coarse, coarseSteps) = (LossCurve(ceiling: ceiling), plan.coarseSteps)
    try walk(&coarse, coarseSteps, progress)
    if coarse.fellNowhere {
      // What the shortest runs do not move, longer ones may.
      (coarse, coarseSteps) = (LossCurve(ceiling: ceiling), plan.fineSteps)
      try walk(&coarse, coarseSteps, progress)
    }
    let begin = coarse.centre(width: SearchPlan.coarseWidth)
    curves.append(coarse.published(.coarse, steps: coarseSteps, centre: begin))
    if coarse.fellNowhere { return found(initialLoss: ceiling, refusal: .nothingFell) }
    if coarse.next(by: SearchPlan.coarseStep) != nil { return found(initialLoss: ceiling, refusal: .noEnd) }

    var fine = LossCurve(ceiling: seeds.count > 1 ? try runs.initialLoss(seeds) : ceiling)
    let half = SearchPlan.fineStep / 2
    try measure(&fine, [begin - half, begin + half], .fine, plan.fineSteps, seeds, progress)
    try widen(&fine, by: SearchPlan.fineStep, atMost: SearchPlan.mostFineRuns, .fine, plan.fineSteps, progress)
    let middle = fine.centre(width: SearchPlan.width)
    curves.append(fine.published(.fine, steps: plan.fineSteps, centre: middle))
    let fall = fine.fellNowhere ? 0 : fine.fall / runs.scatter(.fine, below: fine.ceiling)
    let isStalled = fall < SearchPlan.stallFactor
    var answer = (exponent: middle, steps: plan.fineSteps)
    if isStalled {
      var long = LossCurve(ceiling: fine.ceiling)
      let lowest = fine.points[fine.lowest].exponent
      try measure(&long, SearchPlan.longOffsets.map { lowest + $0 }, .long, plan.longSteps, seeds, progress)
      if fine.fellNowhere, long.fellNowhere { return found(initialLoss: fine.ceiling, refusal: .nothingFell) }
      answer = (long.centre(width: SearchPlan.width), plan.longSteps)
      curves.append(long.published(.long, steps: plan.longSteps, centre: answer.exponent))
    }
    var perDecade = plan.usualShift
    if plan.isThorough {
      var half = LossCurve(ceiling: fine.ceiling)
      let decades = logarithm10(Double(plan.halfSteps) / Double(answer.steps))
      let centre = answer.exponent - perDecade * decades
      try measure(&half, SearchPlan.halfOffsets.map { centre + $0 }, .long, plan.halfSteps, seeds, progress)
      try widen(&half, by: SearchPlan.halfStep, atMost: SearchPlan.mostHalfRuns, .long, plan.halfSteps, progress)
      let top = half.centre(width: SearchPlan.width)
      curves.append(half.published(.long, steps: plan.halfSteps, centre: top))
      // The mean of what two lengths say and what is usual, since the one is a difference of two noisy places.
      perDecade = (min(max((answer.exponent - top) / decades, 0), 0.8) + perDecade) / 2
      answer = (top, plan.halfSteps)
    }
    var result = found(initialLoss: fine.ceiling, refusal: nil)
    result.fallOverScatter = fall
    result.isStalled = isStalled
    result.isShiftMeasured = plan.isThorough
    result.horizonShift = perDecade * logarithm10(Double(plan.horizon) / Double(answer.steps))
    let exponent = answer.exponent - result.horizonShift
    result.rate = power(10, exponent)
    let width = plan.halfWidth(isStalled: isStalled)
    result.low = power(10, exponent - width)
    result.high = power(10, exponent + width)
    progress(RateFinder.Progress(steps: runs.steps, plannedSteps: runs.steps, stage: curves.last?.stage ?? .fine))
    return result
  }

  private mutating func measure(
    _ curve: inout LossCurve, _ exponents: [Double], _ stage: FoundRate.Stage, _ steps: Int, _ seeds: [UInt64],
    _ progress: (RateFinder.Progress) -> Void
  ) throws {
    try runs.measure(&curve, exponents, stage: stage, steps: steps, seeds: seeds)
    planned = max(planned, runs.steps)
    progress(RateFinder.Progress(steps: runs.steps, plannedSteps: planned, stage: stage))
  }

  /// Goes by decades from the usual rate towards the lower losses, until they lie on both sides of the lowest.
  private mutating func walk(
    _ curve: inout LossCurve, _ steps: Int, _ progress: (RateFinder.Progress) -> Void
  ) throws {
    let first = Array(seeds.prefix(1))
    try measure(&curve, [0, 1].map { plan.start + $0 }, .coarse, steps, first, progress)
    while let next = curve.next(by: SearchPlan.coarseStep), abs(next - plan.start) <= SearchPlan.reach + 1e-9 {
      try measure(&curve, [next], .coarse, steps, first, progress)
    }
  }

  /// The same, by smaller steps and so many at most.
  private mutating func widen(
    _ curve: inout LossCurve, by step: Double, atMost count: Int, _ stage: FoundRate.Stage, _ steps: Int,
    _ progress: (RateFinder.Progress) -> Void
  ) throws {
    for _ in 0..<count {
      guard let next = curve.next(by: step) else { return }
      try measure(&curve, [next], stage, steps, seeds, progress)
    }
  }

  private func found(initialLoss: Double, refusal: FoundRate.Refusal?) -> FoundRate {
    FoundRate(
      runs: runs.runs, initialLoss: initialLoss, curves: curves, horizonShift: 0, isShiftMeasured: false,
      fallOverScatter: 0, isStalled: false, refusal: refusal)
  }
}
