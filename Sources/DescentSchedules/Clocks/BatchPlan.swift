/// How many samples a batch has in the course of a run: one size, or a ramp of sizes, each for some updates.
public struct BatchPlan: Sendable, Hashable, Codable {
  public struct Stage: Sendable, Hashable, Codable {
    /// Samples in a batch, at least 1.
    public var size: Int
    /// Updates it lasts; nil: to the end of the run.
    public var steps: Int?

    public init(size: Int, steps: Int? = nil) {
      self.size = size
      self.steps = steps
    }
  }

  /// Never empty; the last one goes on to the end of the run.
  public var stages: [Stage]

  public init(stages: [Stage]) { self.stages = stages }

  /// One size all along.
  public static func constant(_ size: Int) -> BatchPlan { BatchPlan(stages: [Stage(size: size)]) }

  /// From `first` to `last` by `increment`, all sizes but the last sharing `samples` evenly (Megatron's
  /// `rampup_batch_size`): a size lasts as many updates as begin before its share is consumed.
  public static func ramp(from first: Int, to last: Int, by increment: Int, over samples: Int) -> BatchPlan {
    guard first > 0, increment > 0, last > first, samples > 0 else { return .constant(last) }
    let count = (last - first + increment - 1) / increment
    var stages: [Stage] = []
    var consumed = 0
    for index in 0..<count {
      let size = first + index * increment
      // The first update at or after the end of the share is the next size's.
      let (product, overflow) = samples.multipliedReportingOverflow(by: index + 1)
      let end = overflow ? samples / count * (index + 1) : product / count
      let steps = max((end - consumed + size - 1) / size, 0)
      if steps > 0 { stages.append(Stage(size: size, steps: steps)) }
      consumed += steps * size
    }
    return BatchPlan(stages: stages + [Stage(size: last)])
  }

  var problem: String? {
    if stages.isEmpty { return "a batch plan needs at least one size" }
    for stage in stages where !(1...1 << 40).contains(stage.size) {
      return "a batch needs 1 sample or more, it has \(stage.size)"
    }
    for stage in stages.dropLast() where !(1...Clock.largest).contains(stage.steps ?? 0) {
      return "every batch size but the last needs a number of updates, at least 1"
    }
    return nil
  }
}
