extension ResolvedSchedule {
  /// A rate and the first step that uses it.
  public struct Extreme: Sendable, Hashable {
    public var step: Int
    public var rate: Double
  }

  /// The highest rate of the run.
  public var maximum: Extreme { extreme { $0 > $1 } }

  /// The lowest rate of the run.
  public var minimum: Extreme { extreme { $0 < $1 } }

  /// The first update whose rate is below `rate`; nil: none in the run.
  public func firstStep(below rate: Double) -> Int? { firstStep { $0 < rate } }

  /// The first update whose rate is `rate` or more; nil: none in the run.
  public func firstStep(reaching rate: Double) -> Int? { firstStep { $0 >= rate } }

  /// The sum of the rates of all updates, without loss: what the updates really get, where ``integral()`` is the area.
  public func sum() -> Double {
    var sum = CompensatedSum()
    forEachBlock { _, rates in for rate in rates { sum.add(rate) } }
    return sum.value
  }

  /// Up to here every step is looked at; longer runs of one track are searched by their monotone parts.
  private static let looksAtAll = 1 << 21

  /// Calls `body` with the first step and the rates of one block of updates after another.
  func forEachBlock(_ body: (Int, ArraySlice<Double>) -> Void) {
    var buffer = [Double](repeating: 0, count: min(4096, steps))
    var start = 0
    while start < steps {
      let end = min(start + buffer.count, steps)
      rates(in: start..<end, into: &buffer)
      body(start, buffer[..<(end - start)])
      start = end
    }
  }

  private func extreme(_ isBetter: (Double, Double) -> Bool) -> Extreme {
    var best = Extreme(step: 0, rate: rate(at: 0))
    if dressing != nil || steps <= Self.looksAtAll {
      forEachBlock { start, rates in
        for (index, rate) in rates.enumerated() where isBetter(rate, best.rate) {
          best = Extreme(step: start + index, rate: rate)
        }
      }
      return best
    }
    for step in extremeSteps where isBetter(rate(at: step), best.rate) {
      best = Extreme(step: step, rate: rate(at: step))
    }
    return best
  }

  /// Steps between whose rates all others lie: curves are monotone between turns, and stairs and cycles grow or shrink
  /// from one to the next, so that the first and the last of them are enough.
  var extremeSteps: [Int] {
    stretches.flatMap { segment, length in
      let turns = segment.turns(before: length)
      let chosen = [0, 1, turns.count - 2, turns.count - 1].filter { turns.indices.contains($0) }
      let around = chosen.flatMap { [turns[$0] - 1, turns[$0]] }
      return ([0, length - 1] + around).map { segment.start + $0 }.sorted()
    }
  }

  private func firstStep(_ holds: (Double) -> Bool) -> Int? {
    if dressing != nil || steps <= Self.looksAtAll {
      var start = 0
      var buffer = [Double](repeating: 0, count: min(4096, steps))
      while start < steps {
        let end = min(start + buffer.count, steps)
        rates(in: start..<end, into: &buffer)
        if let index = buffer[..<(end - start)].firstIndex(where: holds) { return start + index }
        start = end
      }
      return nil
    }
    for (segment, length) in stretches {
      let parts = Parts(turns: segment.turns(before: length), length: length)
      if let step = first(in: parts, after: segment.start, holds) { return step }
    }
    return nil
  }

  /// The monotone parts of one segment.
  private struct Parts {
    var turns: Turns
    var length: Int
    var count: Int { turns.count + 1 }
    subscript(index: Int) -> Range<Int> {
      (index == 0 ? 0 : turns[index - 1])..<(index == turns.count ? length : turns[index])
    }
  }

  /// Rising parts grow or shrink from one to the next, and so do falling ones: the first of each kind in which the
  /// condition holds is found by bisection.
  private func first(in parts: Parts, after start: Int, _ holds: (Double) -> Bool) -> Int? {
    func isMet(_ part: Int) -> Bool {
      let range = parts[part]
      return holds(rate(at: start + range.lowerBound)) || holds(rate(at: start + range.upperBound - 1))
    }
    var found: Int?
    for kind in 0..<min(2, parts.count) {
      var low = kind
      var high = kind + (parts.count - 1 - kind) / 2 * 2
      if !isMet(low) {
        guard isMet(high) else { continue }
        while high - low > 2 {
          let middle = low + (high - low) / 4 * 2
          if isMet(middle) { high = middle } else { low = middle }
        }
        low = high
      }
      found = min(found ?? .max, low)
    }
    guard let found else { return nil }
    var (low, high) = (start + parts[found].lowerBound, start + parts[found].upperBound - 1)
    if holds(rate(at: low)) { return low }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if holds(rate(at: middle)) { high = middle } else { low = middle }
    }
    return high
  }
}
