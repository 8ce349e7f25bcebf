extension Layout {
  /// The pieces of a group on its own clock, `length` steps of them, and where they leave the rate. They begin at the peak,
  /// or if they open with a warm-up at the level before.
  mutating func addGroup(
    _ group: PieceGroup, after level: Double?, start: Int, length: Int
  ) throws(ScheduleError) -> Double {
    guard length > 0 else { return add(start, .flat(level ?? peak), end: level ?? peak) }
    switch group.clock {
    case .laid(let steps):
      // It breaks off as if it went on, so that what follows goes on from the rate that would have come next.
      let part = try part(group.pieces, over: steps, after: level, start: start, end: start + length)
      segments += part.segments
      return part.next
    case .repeated(let times, let growth, let decay):
      let outerPeak = peak
      defer { peak = outerPeak }
      var level = level
      let total = geometricSum(growth, Double(times))
      var sum = 0.0
      var span = 1.0
      var begin = start
      for turn in 1...times {
        sum += span
        let share = (sum / total * Double(length) + 0.5).rounded(.down)
        let end = turn == times ? start + length : start + min(Int(share), length)
        if end > begin {
          let part = try part(group.pieces, over: end - begin, after: level, start: begin, end: end)
          segments += part.segments
          level = part.end
        }
        begin = end
        span *= growth
        peak *= decay
      }
      return level ?? outerPeak
    }
  }

  /// Pieces laid over `steps` from `start` on, of which those before `end` are kept; their limit at `end` from the left,
  /// and the rate that a step at `end` would have.
  private func part(
    _ pieces: [Piece], over steps: Int, after level: Double?, start: Int, end: Int
  ) throws(ScheduleError) -> (segments: [Segment], end: Double, next: Double) {
    var inner = self
    inner.segments = []
    inner.base = start
    inner.clock = try clock.over(steps)
    let places = try inner.clock.boundaries(pieces.map(\.length))
    let last = try inner.append(pieces, places, level: level)
    let finish = start + places[places.count - 1]
    inner.segments.append(Segment(finish, .flat(last)))
    let next = inner.segments.last { $0.start <= end }.map { $0.value(Double(end - $0.start) + $0.edge) }
    let kept = inner.segments.filter { $0.start < end }
    let limit = finish <= end ? last : kept.last.map { $0.value(Double(end - $0.start)) }
    return (kept, limit ?? last, next ?? last)
  }
}
