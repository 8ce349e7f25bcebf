extension Layout {
  /// A geometric row of cycles longer than this is no use to anyone and would fill the memory.
  private static let mostCycles = 100_000

  /// One level after another; places before the piece have dropped already when it starts.
  mutating func addDrops(
    _ factor: Double, _ places: [Length], from: Double, limit: Double?, start: Int, end: Int
  ) throws(ScheduleError) -> Double {
    var steps: [Int] = []
    for place in places { steps.append(base + (try clock.steps(place))) }
    steps.sort()
    func level(_ drops: Int) -> Double {
      let rate = from * power(factor, Double(drops))
      return factor > 1 ? min(rate, limit ?? .infinity) : max(rate, limit ?? 0)
    }
    let before = steps.count { $0 <= start }
    var last = add(start, .flat(level(before)), end: level(before))
    for (index, step) in steps.enumerated() where step > start && step < end {
      last = add(step, .flat(level(index + 1)), end: level(index + 1))
    }
    return last
  }

  /// Growing cycles, their ends rounded half up on the cumulative sum.
  mutating func addCycles(
    _ first: Int, _ growth: Double, _ decay: Double, from: Double, to: Double, start: Int, length: Int
  ) throws(ScheduleError) -> Double {
    var begin = 0
    var sum = 0.0
    var span = Double(first)
    var height = from - to
    var end = from
    for _ in 0..<Self.mostCycles {
      sum += span
      let next = Int(min((sum + 0.5).rounded(.down), 0x1p60))
      let curve = Cosine(from: to + height, to: to, length: Double(next - begin))
      end = next <= length ? to : curve.value(Double(length - begin))
      if begin < length || begin == 0 { segments.append(Segment(start + begin, .cosine(curve))) }
      if next >= length { return end }
      begin = next
      span *= growth
      height *= decay
    }
    throw ScheduleError("restarts makes more than \(Self.mostCycles) cycles; begin with a longer one")
  }

  /// Keras' cycles: cycle i = 1, 2, … is the end of a polynomial over i·every steps. It owns its first step, where Keras
  /// still takes the one before.
  mutating func addPolynomials(
    _ power: Double, _ every: Length, from: Double, to: Double, start: Int, length: Int
  ) throws(ScheduleError) -> Double {
    let every = try atLeastOne(every, "polynomial's cycle")
    let cycles = max((length + every - 1) / every, 1)
    guard cycles <= Self.mostCycles else {
      throw ScheduleError("polynomial makes more than \(Self.mostCycles) cycles; take longer ones")
    }
    for index in 0..<cycles {
      let curve = Polynomial(from: from, to: to, length: Double((index + 1) * every), exponent: power)
      segments.append(Segment(start + index * every, .polynomial(curve), origin: Double(index * every)))
    }
    let last = Polynomial(from: from, to: to, length: Double(cycles * every), exponent: power)
    return last.value(Double(length))
  }

  /// Levels at places, and curves between them.
  mutating func addKnots(_ knots: Knots, start: Int, end: Int) throws(ScheduleError) -> Double {
    var places: [(step: Int, level: Double)] = []
    for knot in knots.knots {
      let step = base + (try clock.steps(knot.place))
      if let before = places.last, step < before.step {
        throw ScheduleError("knots must not go back: \(knot.place) lies before the knot in front of it")
      }
      places.append((step, knot.level.rate(peak: peak)))
    }
    // Between the piece's ends: what each knot leads to, entered in its middle where the piece begins there.
    segments.append(Segment(start, .flat(places[0].level)))
    var value = places[0].level
    for index in places.indices where places[index].step < end {
      let (step, level) = places[index]
      let next = index + 1 < places.count ? places[index + 1] : (step: .max, level: level)
      if next.step <= start, index + 1 < places.count { continue }
      let length = Double(next.step - step)
      let curve: Curve =
        if next.level == level || index + 1 == places.count || knots.interpolation == .step {
          .flat(level)
        } else {
          switch knots.interpolation {
          case .linear: .line(Line(from: level, to: next.level, length: length))
          case .cosine: .cosine(Cosine(from: level, to: next.level, length: length))
          case .log: .geometric(Geometric(from: level, to: next.level, length: length))
          case .step: .flat(level)
          }
        }
      let begin = max(step, start)
      if begin == start { segments.removeLast() }
      segments.append(Segment(begin, curve, origin: Double(begin - step)))
      if knots.interpolation == .step || index + 1 == places.count {
        value = level
      } else {
        value = next.step <= end ? next.level : curve.value(Double(end - step))
      }
    }
    return value
  }
}

extension Layout {
  /// PyTorch's edges: start, peak and end are all met on a step.
  mutating func append(_ cycle: OneCycle, over steps: Int, after: AfterEnd = .hold) throws(ScheduleError) {
    let warmup = max(try clock.steps(cycle.warmup), 1)
    let first = peak / cycle.div
    let last = first / cycle.finalDiv
    let top = warmup - 1
    // Down to the first rate again as fast as it went up.
    let back = cycle.threePhase ? 2 * top : top
    func way(_ a: Double, _ b: Double, _ length: Int) -> Curve {
      cycle.anneal == .cosine
        ? .cosine(Cosine(from: a, to: b, length: Double(length))) : .line(Line(from: a, to: b, length: Double(length)))
    }
    if top > 0 { segments.append(Segment(0, way(first, peak, top))) }
    if cycle.threePhase, top > 0 { segments.append(Segment(top, way(peak, first, top))) }
    let from = cycle.threePhase ? first : peak
    if steps - 1 > back { segments.append(Segment(back, way(from, last, steps - 1 - back))) }
    let end = steps - 1 > back ? last : from
    segments.append(Segment(max(back, steps - 1), .flat(end)))
    if after == .zero { segments.append(Segment(steps, .flat(0))) }
    boundaries = cycle.threePhase && back > top ? [0, warmup, back + 1, steps] : [0, warmup, steps]
  }

  mutating func append(_ cyclic: Cyclic, over steps: Int, after: AfterEnd = .hold) {
    let curve = Triangles(cyclic, high: peak)
    segments = [Segment(0, .triangles(curve))]
    switch after {
    case .hold, .repeat: segments.append(Segment(steps, .flat(curve.value(Double(steps)))))
    case .zero: segments.append(Segment(steps, .flat(0)))
    case .continue: break
    }
    boundaries = [0, steps]
  }
}
