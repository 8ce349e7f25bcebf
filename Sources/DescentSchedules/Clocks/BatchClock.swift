/// How many samples the updates of a run have seen, over a ramp of batch sizes: a polygon, integrated exactly.
struct BatchClock {
  /// Where a stage begins, in steps and in samples, and what each of its updates is worth.
  private struct Corner {
    var step: Int128
    var samples: Int128
    var perStep: Int128
  }

  private var corners: [Corner] = []
  private let tokensPerSample: Int128

  init(_ plan: BatchPlan, _ horizon: Horizon) throws(ScheduleError) {
    if let problem = plan.problem { throw ScheduleError(problem) }
    tokensPerSample = Int128(horizon.tokensPerSample ?? 1)
    let width = Int128(horizon.accumulation ?? 1) * Int128(horizon.dataParallel ?? 1)
    var step: Int128 = 0
    var samples: Int128 = 0
    for stage in plan.stages {
      let perStep = Int128(stage.size) * width
      guard perStep <= 1 << 40 else { throw ScheduleError("an update has more than 2^40 samples") }
      corners.append(Corner(step: step, samples: samples, perStep: perStep))
      step += Int128(stage.steps ?? 0)
      samples += Int128(stage.steps ?? 0) * perStep
    }
  }

  /// Samples of the first update.
  var first: Int128 { corners[0].perStep }
  var isRamp: Bool { corners.count > 1 }
  /// What updates are worth, in the smallest unit that a length may have.
  var worths: [Int128] { corners.map { $0.perStep * tokensPerSample } }

  func samples(at step: Int128) -> Int128 {
    let corner = corners.last { $0.step <= step } ?? corners[0]
    return corner.samples + (step - corner.step) * corner.perStep
  }

  /// The place that lies `worth` billionths of a sample after `place`; places are in ticks.
  func place(after place: Int128, by worth: Int128, _ ticksPerStep: Int128) -> Int128 {
    var here = place
    var left = worth
    var index = corners.lastIndex { $0.step <= place / ticksPerStep } ?? 0
    while index + 1 < corners.count {
      let (end, overflow) = corners[index + 1].step.multipliedReportingOverflow(by: ticksPerStep)
      if overflow { break }
      let inStage = Self.worth(end - here, corners[index].perStep, ticksPerStep)
      if left <= inStage { break }
      left -= inStage
      here = end
      index += 1
    }
    return here + Self.ticks(left, corners[index].perStep, ticksPerStep)
  }

  /// The place that lies `worth` before `place`, perhaps before the run.
  func place(before place: Int128, by worth: Int128, _ ticksPerStep: Int128) -> Int128 {
    var here = place
    var left = worth
    var index = corners.lastIndex { $0.step < (place + ticksPerStep - 1) / ticksPerStep } ?? 0
    while index > 0 {
      let begin = corners[index].step * ticksPerStep
      let inStage = Self.worth(here - begin, corners[index].perStep, ticksPerStep)
      if left <= inStage { break }
      left -= inStage
      here = begin
      index -= 1
    }
    return here - Self.ticks(left, corners[index].perStep, ticksPerStep)
  }

  /// Billionths of samples in so many ticks.
  private static func worth(_ ticks: Int128, _ perStep: Int128, _ ticksPerStep: Int128) -> Int128 {
    // Whole steps first, so that nothing overflows.
    let whole = ticks / ticksPerStep
    let rest = ticks - whole * ticksPerStep
    return (whole * 1_000_000_000 + rest / (ticksPerStep / 1_000_000_000)) * perStep
  }

  private static func ticks(_ worth: Int128, _ perStep: Int128, _ ticksPerStep: Int128) -> Int128 {
    let billionths = perStep * 1_000_000_000
    let whole = worth / billionths
    let rest = worth - whole * billionths
    // The rest is below a step: its numerator fits as long as a step has fewer than 2^60 ticks or few samples.
    let (numerator, overflow) = rest.multipliedReportingOverflow(by: ticksPerStep)
    let part = overflow ? rest / perStep * (ticksPerStep / 1_000_000_000) : numerator / billionths
    return whole * ticksPerStep + part
  }
}
