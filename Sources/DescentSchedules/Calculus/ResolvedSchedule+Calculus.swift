extension ResolvedSchedule {
  public func integral() -> Double {
    track.integral(to: Double(steps))
  }
  public var breakpoints: [Int] {
    var places: [Int] = []
    for (segment, length) in stretches {
      if segment.start > 0 { places.append(segment.start) }
      places += segment.curve.turns(before: length).map { segment.start + $0 }
    }
    return places
  }
  var segments: [Segment] { track.segments }
  var stretches: [(segment: Segment, length: Int)] {
    segments.indices.compactMap { index in
      let start = segments[index].start
      let end = index + 1 < segments.count ? min(segments[index + 1].start, steps) : steps
      return end > start ? (segments[index], end - start) : nil
    }
  }
}
