extension ResolvedSchedule {
  /// The steps inside the run, rising, at which the rate jumps, turns or follows another formula: joins, drops, stairs,
  /// restarts, turning points, and where a bound begins or ceases to hold.
  public var breakpoints: [Int] {
    guard let dressing else { return track.breakpoints(before: steps) }
    var places = Set<Int>()
    let repeats = dressing.after == .repeat && dressing.end > 0
    let last = Double(steps) / dressing.stretch + dressing.shift
    let far = repeats ? dressing.end : max(Int(min(last, 0x1p60)) + 2, 1)
    for track in [track] + dressing.factors {
      for place in track.breakpoints(before: far) + (repeats ? [dressing.end] : []) {
        var turn = Double(place)
        while turn < last {
          places.insert(step(reaching: turn, dressing))
          guard repeats else { break }
          turn += Double(dressing.end)
        }
      }
    }
    if dressing.shift < 0 { places.insert(Int((-dressing.shift * dressing.stretch).rounded(.up))) }
    let turns = places.filter { $0 > 0 && $0 < steps }.sorted()
    guard dressing.isBounded else { return turns }
    let bounds = zip([0] + turns, turns + [steps]).compactMap { boundMet($0, $1, dressing) }
    return Set(turns + bounds).sorted()
  }

  /// The first step whose place on the tracks' clock is at or past `place`, which counts on over repeats.
  private func step(reaching place: Double, _ dressing: Dressing) -> Int {
    var step = Int(((place - dressing.shift) * dressing.stretch).rounded(.up))
    while step > 0, Double(step - 1) / dressing.stretch + dressing.shift >= place { step -= 1 }
    while Double(step) / dressing.stretch + dressing.shift < place { step += 1 }
    return step
  }

  /// The step inside start ..< end from which a bound holds that did not at first, or the other way round.
  private func boundMet(_ start: Int, _ end: Int, _ dressing: Dressing) -> Int? {
    func side(_ step: Int) -> Int {
      let rate = rate(at: step)
      return rate <= dressing.floor ? -1 : rate >= dressing.ceiling ? 1 : 0
    }
    var (low, high) = (start, end - 1)
    let first = side(low)
    guard side(high) != first else { return nil }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if side(middle) == first { low = middle } else { high = middle }
    }
    return high
  }

  var segments: [Segment] { track.segments }

  /// The segments that own steps of the run, and how many; for a schedule that is nothing but a track.
  var stretches: [(segment: Segment, length: Int)] { track.stretches(before: steps) }
}

extension Factor {
  /// The segments that own steps of a run, and how many.
  func stretches(before steps: Int) -> [(segment: Segment, length: Int)] {
    segments.indices.compactMap { index in
      let start = segments[index].start
      let end = index + 1 < segments.count ? min(segments[index + 1].start, steps) : steps
      return end > start ? (segments[index], end - start) : nil
    }
  }

  func breakpoints(before steps: Int) -> [Int] {
    var places: [Int] = []
    for (segment, length) in stretches(before: steps) {
      if segment.start > 0 { places.append(segment.start) }
      places += segment.turns(before: length).map { segment.start + $0 }
    }
    return places
  }
}
