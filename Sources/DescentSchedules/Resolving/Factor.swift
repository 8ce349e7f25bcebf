/// One factor of a resolved schedule: segments from step 0 on.
struct Factor: Sendable, Hashable {
  var segments: [Segment]
  /// Where the last piece ends.
  var end: Int

  /// The rate of a step from 0 on. Nothing is copied or counted: the segment is read where it lies.
  @inline(__always) func rate(at step: Int) -> Double {
    segments.withUnsafeBufferPointer { segments in
      var low = 0
      var high = segments.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if segments[middle].start <= step { low = middle } else { high = middle }
      }
      return segments[low].value(Double(step - segments[low].start) + segments[low].edge)
    }
  }

  /// The segment that owns a place, by bisection.
  @inline(__always) func index(at place: Double) -> Int {
    segments.withUnsafeBufferPointer { segments in
      var low = 0
      var high = segments.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if Double(segments[middle].start) <= place { low = middle } else { high = middle }
      }
      return low
    }
  }

  /// The rate at a place of the track's own clock; a step is `step` long there.
  @inline(__always) func value(at place: Double, step: Double) -> Double {
    let index = index(at: place)
    return segments.withUnsafeBufferPointer { segments in
      let start = segments[index].start
      let edge = segments[index].edge
      var u = place - Double(start) + edge * step
      // A stretched step may end past the segment's end.
      if edge > 0, index + 1 < segments.count { u = min(u, Double(segments[index + 1].start - start)) }
      return segments[index].value(u)
    }
  }

  /// The continuous curve.
  func curve(at place: Double) -> Double { value(at: place, step: 0) }

  /// The area from 0 to `place` of the continuous curve, in closed form as far as the curves have one.
  func integral(to place: Double) -> Double {
    var sum = CompensatedSum()
    for index in segments.indices {
      let start = Double(segments[index].start)
      guard start < place else { break }
      let end = index + 1 < segments.count ? min(Double(segments[index + 1].start), place) : place
      if end > start { sum.add(segments[index].integral(to: end - start)) }
    }
    return sum.value
  }
}

/// What a resolved schedule has beyond one track of segments.
struct Dressing: Sendable, Hashable {
  /// The factors after the first.
  var factors: [Factor] = []
  /// Where the longest factor ends: what repeats.
  var end: Int
  var after = AfterEnd.hold
  /// Steps of the run in one step of the tracks' clock.
  var stretch = 1.0
  /// Where on the tracks' clock the run begins.
  var shift = 0.0
  var noise: Noise?
  var floor = 0.0
  var ceiling = Double.infinity

  /// A step of the run on the tracks' clock.
  var unit: Double { stretch == 1 ? 1 : 1 / stretch }

  var changesTime: Bool { stretch != 1 || shift != 0 || after == .repeat }
  var isBounded: Bool { floor > 0 || ceiling < .infinity }

  /// A place of the run on the tracks' clock.
  @inline(__always) func place(_ step: Double) -> Double {
    var place = stretch == 1 ? step + shift : step / stretch + shift
    if place < 0 { place = 0 }
    if after == .repeat, end > 0, place >= Double(end) { place = remainder(place, Double(end)) }
    return place
  }

  /// place mod period, exact for whole numbers up to 2⁵³ and much faster than the C library's.
  @inline(__always) private func remainder(_ place: Double, _ period: Double) -> Double {
    let rest = place - (place / period).rounded(.down) * period
    return rest < 0 ? rest + period : rest < period ? rest : rest - period
  }

  /// Noise and bounds.
  @inline(__always) func finished(_ rate: Double, step: Int) -> Double {
    var rate = after == .continue ? max(rate, 0) : rate
    if let noise { rate *= noise.factor(step) }
    return min(max(rate, floor), ceiling)
  }
}
