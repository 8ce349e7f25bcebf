extension ResolvedSchedule {
  /// The area under the rate over the whole run, in rate·steps: the distance that updates of size one would go.
  ///
  /// Of the continuous curve: a warm-up is the line from `from` to `to` over its length (its updates use the line's value
  /// at their end, decays at their beginning), stairs and drops are taken as they are. In closed form for every shape
  /// that has one; products, bounds and the few others by quadrature between the places where they turn. Jitter is left
  /// out: it is 0 on average.
  public func integral() -> Double { integral(from: 0, to: Double(steps)) }

  /// The area between two places of the run, which need not be whole; it may go on after the run's end.
  public func integral(from a: Double, to b: Double) -> Double {
    let a = max(a, 0)
    guard b > a, b.isFinite else { return 0 }
    guard let dressing else { return track.integral(to: b) - (a > 0 ? track.integral(to: a) : 0) }
    let goesBeyond = dressing.after == .continue && dressing.place(b) > Double(dressing.end)
    if dressing.factors.isEmpty, !dressing.isBounded, !goesBeyond {
      return closedArea(dressing, to: b) - (a > 0 ? closedArea(dressing, to: a) : 0)
    }
    return area(from: a, to: b)
  }

  /// The mean rate over the run, by the area.
  public var mean: Double { integral() / Double(steps) }

  /// The area over [0, x] where time is only moved, stretched or repeated.
  private func closedArea(_ dressing: Dressing, to x: Double) -> Double {
    var area = 0.0
    var from = dressing.shift
    let to = x / dressing.stretch + dressing.shift
    if from < 0 {
      area += (min(to, 0) - from) * track.curve(at: 0)
      from = 0
    }
    if to > from { area += areaToPlace(dressing, to) - areaToPlace(dressing, from) }
    return area * dressing.stretch
  }

  private func areaToPlace(_ dressing: Dressing, _ place: Double) -> Double {
    let end = Double(dressing.end)
    guard dressing.after == .repeat, end > 0, place >= end else { return track.integral(to: place) }
    let turns = (place / end).rounded(.down)
    return turns * track.integral(to: end) + track.integral(to: place - turns * end)
  }

  /// The continuous curve, bounds included and jitter left out.
  func curve(at x: Double) -> Double {
    guard let dressing else { return track.curve(at: x) }
    let rate = freeCurve(dressing, x)
    return min(max(rate, dressing.floor), dressing.ceiling)
  }

  private func freeCurve(_ dressing: Dressing, _ x: Double) -> Double {
    let place = dressing.place(x)
    var rate = track.curve(at: place)
    for factor in dressing.factors { rate *= factor.curve(at: place) }
    return dressing.after == .continue ? max(rate, 0) : rate
  }

  /// By quadrature from corner to corner, and to where a bound is met.
  private func area(from a: Double, to b: Double) -> Double {
    guard let dressing else { return 0 }
    var sum = CompensatedSum()
    let inside = corners(dressing, below: b).filter { $0 > a && $0 < b }
    for (start, end) in zip([a] + inside, inside + [b]) {
      let middle = dressing.place((start + end) / 2)
      if ([track] + dressing.factors).allSatisfy({ $0.segments[$0.index(at: middle)].curve.isFlat }) {
        sum.add((end - start) * curve(at: (start + end) / 2))
        continue
      }
      let crossings = crossings(dressing, start, end)
      for (from, to) in zip([start] + crossings, crossings + [end]) { sum.add(quadrature(from, to, curve)) }
    }
    return sum.value
  }

  /// Where the free curve meets a bound inside (start, end), which has no corner: found on a grid, then by bisection.
  private func crossings(_ dressing: Dressing, _ start: Double, _ end: Double) -> [Double] {
    var places: [Double] = []
    // Just inside, so that a jump at an end is not taken for a crossing.
    let inset = (end - start) * 1e-9
    let grid = (0...16).map { start + inset + (end - start - 2 * inset) * Double($0) / 16 }
    for bound in [dressing.floor, dressing.ceiling] where bound.isFinite {
      for (low, high) in zip(grid, grid.dropFirst()) {
        var (low, high) = (low, high)
        let isAbove = freeCurve(dressing, low) > bound
        guard (freeCurve(dressing, high) > bound) != isAbove else { continue }
        for _ in 0..<80 where high - low > low.ulp {
          let middle = (low + high) / 2
          if (freeCurve(dressing, middle) > bound) == isAbove { low = middle } else { high = middle }
        }
        places.append(high)
      }
    }
    return places.sorted()
  }

  /// The places of the run, rising, where some factor jumps or turns.
  private func corners(_ dressing: Dressing, below limit: Double) -> [Double] {
    let last = dressing.place(limit)
    let repeats = dressing.after == .repeat && dressing.end > 0
    let far = repeats ? Double(dressing.end) : max(last, Double(dressing.end)) + 1
    var own = Set<Double>()
    for track in [track] + dressing.factors { own.formUnion(track.corners(below: far)) }
    if repeats { own.formUnion([0, Double(dressing.end)]) }
    var places: [Double] = own.map { ($0 - dressing.shift) * dressing.stretch }
    if repeats {
      let period = Double(dressing.end) * dressing.stretch
      let once = places
      var turn = 1.0
      while turn * period + (once.min() ?? limit) < limit {
        places += once.map { $0 + turn * period }
        turn += 1
      }
    }
    if dressing.shift < 0 { places.append(-dressing.shift * dressing.stretch) }
    return Set(places).sorted()
  }
}

extension Factor {
  /// Where it jumps, turns or changes its formula, on its own clock.
  fileprivate func corners(below limit: Double) -> [Double] {
    var places: [Double] = []
    for index in segments.indices {
      let segment = segments[index]
      let start = Double(segment.start)
      guard start < limit else { break }
      let end = index + 1 < segments.count ? min(Double(segments[index + 1].start), limit) : limit
      guard end > start else { continue }
      places.append(start)
      places += segment.turns(before: Int(end - start)).map { start + Double($0) }
      for corner in segment.curve.corners {
        let u = (corner - segment.origin) * segment.direction
        if u > 0, start + u < end { places.append(start + u) }
      }
    }
    return places
  }
}
