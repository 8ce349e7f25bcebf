import DescentCore

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

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
      3 * plan.coarseSteps + seeds.count * (3 * plan.fineSteps + (plan.isThorough ? 3 * plan.longSteps : 0))
  }

  mutating func find(_ progress: (RateFinder.Progress) -> Void) throws -> FoundRate {
    let first = Array(seeds.prefix(1))
    let ceiling = try runs.initialLoss(first)
    var coarse = LossCurve(ceiling: ceiling)
    try measure(&coarse, [0, 1].map { plan.start + $0 }, .coarse, first, progress)
    while let next = coarse.next(by: SearchPlan.coarseStep), abs(next - plan.start) <= SearchPlan.reach + 1e-9 {
      try measure(&coarse, [next], .coarse, first, progress)
    }
    let begin = coarse.centre(width: SearchPlan.coarseWidth)
    curves.append(coarse.published(.coarse, steps: plan.coarseSteps, centre: begin))
    if coarse.fellNowhere { return found(initialLoss: ceiling, refusal: .nothingFell) }
    if coarse.next(by: SearchPlan.coarseStep) != nil { return found(initialLoss: ceiling, refusal: .noEnd) }

    var fine = LossCurve(ceiling: seeds.count > 1 ? try runs.initialLoss(seeds) : ceiling)
    let half = SearchPlan.fineStep / 2
    try measure(&fine, [begin - half, begin + half], .fine, seeds, progress)
    try widen(&fine, by: SearchPlan.fineStep, atMost: SearchPlan.mostFineRuns, .fine, progress)
    let middle = fine.centre(width: SearchPlan.width)
    curves.append(fine.published(.fine, steps: plan.fineSteps, centre: middle))
    let fall = (fine.ceiling - fine.points[fine.lowest].loss) / runs.scatter(.fine, below: fine.ceiling)
    let isStalled = fall < SearchPlan.stallFactor
    var answer = (exponent: middle, steps: plan.fineSteps, perDecade: plan.usualShift, isMeasured: false)

    if isStalled || plan.isThorough {
      var long = LossCurve(ceiling: fine.ceiling)
      if isStalled {
        let lowest = fine.points[fine.lowest].exponent
        try measure(&long, SearchPlan.longOffsets.map { lowest + $0 }, .long, seeds, progress)
      } else {
        let centre = middle - plan.usualShift / 2
        try measure(&long, [-0.35, 0, 0.35].map { centre + $0 }, .long, seeds, progress)
        try widen(&long, by: 0.35, atMost: 2, .long, progress)
      }
      let top = long.centre(width: SearchPlan.width)
      curves.append(long.published(.long, steps: plan.longSteps, centre: top))
      answer = (top, plan.longSteps, plan.usualShift, false)
      if plan.isThorough, !isStalled {
        // Half of what two lengths say and half of what is usual, since the measured one is a difference of two noisy places.
        let measured = (middle - top) / log10(Double(plan.longSteps) / Double(plan.fineSteps))
        answer.perDecade = (min(max(measured, -0.2), 0.8) + plan.usualShift) / 2
        answer.isMeasured = true
      }
    }
    var result = found(initialLoss: fine.ceiling, refusal: nil)
    result.fallOverScatter = fall
    result.isStalled = isStalled
    result.isShiftMeasured = answer.isMeasured
    result.horizonShift = plan.shift(from: answer.steps, perDecade: answer.perDecade)
    let exponent = answer.exponent - result.horizonShift
    result.rate = pow(10, exponent)
    result.low = pow(10, exponent - 0.4)
    result.high = pow(10, exponent + 0.4)
    progress(RateFinder.Progress(steps: runs.steps, plannedSteps: runs.steps, stage: curves.last?.stage ?? .fine))
    return result
  }

  private mutating func measure(
    _ curve: inout LossCurve, _ exponents: [Double], _ stage: FoundRate.Stage, _ seeds: [UInt64],
    _ progress: (RateFinder.Progress) -> Void
  ) throws {
    let steps =
      switch stage {
      case .coarse: plan.coarseSteps
      case .fine: plan.fineSteps
      case .long: plan.longSteps
      }
    try runs.measure(&curve, exponents, stage: stage, steps: steps, seeds: seeds)
    planned = max(planned, runs.steps)
    progress(RateFinder.Progress(steps: runs.steps, plannedSteps: planned, stage: stage))
  }

  /// Goes on towards the lower losses, until they lie on both sides of the lowest.
  private mutating func widen(
    _ curve: inout LossCurve, by step: Double, atMost count: Int, _ stage: FoundRate.Stage,
    _ progress: (RateFinder.Progress) -> Void
  ) throws {
    for _ in 0..<count {
      guard let next = curve.next(by: step) else { return }
      try measure(&curve, [next], stage, seeds, progress)
    }
  }

  private func found(initialLoss: Double, refusal: FoundRate.Refusal?) -> FoundRate {
    FoundRate(
      runs: runs.runs, initialLoss: initialLoss, curves: curves, horizonShift: 0, isShiftMeasured: false,
      fallOverScatter: 0, isStalled: false, refusal: refusal)
  }
}
