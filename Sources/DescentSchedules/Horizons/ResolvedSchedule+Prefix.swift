extension ResolvedSchedule {
  /// For how many updates from the first on the two are the same, shown from what they are made of and not by trying: the
  /// same curves from the same origins give the same bits.
  ///
  /// At most the shorter run's length. More updates may agree than can be shown.
  public func commonPrefix(with other: ResolvedSchedule) -> Int {
    let shorter = min(steps, other.steps)
    guard finish == other.finish else { return 0 }
    if dressing?.changesTime == true || other.dressing?.changesTime == true {
      return track == other.track && dressing == other.dressing ? shorter : 0
    }
    // A factor that the other lacks is a constant 1 there.
    let one = Factor(segments: [Segment(0, .flat(1))], end: 0)
    let own = [track] + (dressing?.factors ?? [])
    let others = [other.track] + (other.dressing?.factors ?? [])
    var common = shorter
    for index in 0..<max(own.count, others.count) {
      let a = index < own.count ? own[index] : one
      let b = index < others.count ? others[index] : one
      common = min(common, a.commonPrefix(with: b))
    }
    return common
  }

  /// What is done to a rate after the factors are multiplied.
  private struct Finish: Equatable {
    var noise: Noise?
    var floor = 0.0
    var ceiling = Double.infinity
    var isClamped = false
    var stretch = 1.0
    var shift = 0.0
  }

  private var finish: Finish {
    guard let dressing else { return Finish() }
    return Finish(
      noise: dressing.noise, floor: dressing.floor, ceiling: dressing.ceiling, isClamped: dressing.after == .continue,
      stretch: dressing.stretch, shift: dressing.shift)
  }
}

extension Factor {
  fileprivate func commonPrefix(with other: Factor) -> Int {
    var (mine, theirs) = (0, 0)
    var step = 0
    while true {
      while mine + 1 < segments.count, segments[mine + 1].start <= step { mine += 1 }
      while theirs + 1 < other.segments.count, other.segments[theirs + 1].start <= step { theirs += 1 }
      let (a, b) = (segments[mine], other.segments[theirs])
      // A constant is the same wherever it begins.
      guard a == b || a.curve.isFlat && a.curve == b.curve else { return step }
      let next = min(
        mine + 1 < segments.count ? segments[mine + 1].start : .max,
        theirs + 1 < other.segments.count ? other.segments[theirs + 1].start : .max)
      guard next < .max else { return .max }
      step = next
    }
  }
}
