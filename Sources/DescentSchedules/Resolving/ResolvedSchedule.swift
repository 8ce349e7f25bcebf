/// A schedule laid over one run: numbers only, evaluated in a few nanoseconds at any step.
///
/// The rate is a pure function of the step, so resuming a run needs nothing but its position.
public struct ResolvedSchedule: Sendable, Hashable {
  /// Updates in the run.
  public let steps: Int
  /// What was laid over the run.
  public let schedule: Schedule
  /// The rate that levels are measured by.
  public let peak: Double
  /// Where the pieces begin and the last one ends; the last place may lie before or after the run's end.
  public let boundaries: [Int]
  /// Never empty; the first starts at 0, the last holds the end value for ever.
  let segments: [Segment]
  let joins: [Join]

  /// The rate that update `step` (0, 1, …) uses.
  ///
  /// Any step may be asked for in any order. A negative step counts as 0; after the schedule's last piece its end value
  /// holds.
  public func rate(at step: Int) -> Double {
    let step = max(step, 0)
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].start <= step { low = middle } else { high = middle }
    }
    let segment = segments[low]
    return segment.curve.value(Double(step - segment.start) + segment.edge)
  }

  /// The rates of updates 0 ..< `steps`: one number per step, so mind the memory of very long runs.
  public func rates() -> [Double] { (0..<steps).map { rate(at: $0) } }

  /// The area under the rate over the whole run, in rate·steps: the distance that updates of size one would go.
  ///
  /// Of the continuous curve, in closed form: a warm-up is the line from `from` to `to` over its length (its updates
  /// use the line's value at their end, decays at their beginning), stairs and drops are taken as they are.
  public func integral() -> Double {
    var sum = 0.0
    for (segment, length) in stretches { sum += segment.curve.integral(to: Double(length)) }
    return sum
  }

  /// The steps inside the run, rising, at which the rate jumps, turns or follows another formula: joins, drops, stairs,
  /// restarts, turning points.
  public var breakpoints: [Int] {
    var places: [Int] = []
    for (segment, length) in stretches {
      if segment.start > 0 { places.append(segment.start) }
      places += segment.curve.turns(before: length).map { segment.start + $0 }
    }
    return places
  }

  /// The segments that own steps of the run, and how many.
  var stretches: [(segment: Segment, length: Int)] {
    segments.indices.compactMap { index in
      let start = segments[index].start
      let end = index + 1 < segments.count ? min(segments[index + 1].start, steps) : steps
      return end > start ? (segments[index], end - start) : nil
    }
  }
}
