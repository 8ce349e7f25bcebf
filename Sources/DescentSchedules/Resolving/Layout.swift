/// Lays pieces out as segments of a run, one after another.
struct Layout {
  let peak: Double
  let clock: Clock
  private(set) var boundaries = [0]
  private(set) var segments: [Segment] = []
  private(set) var joins: [Join] = []

  /// A geometric row of cycles longer than this is no use to anyone and would fill the memory.
  private static let mostCycles = 100_000

  init(peak: Double, clock: Clock) {
    self.peak = peak
    self.clock = clock
  }

  mutating func append(_ pieces: [Piece]) throws(ScheduleError) {
    boundaries = try clock.boundaries(pieces.map(\.length))
    var level: Double?
    for (index, piece) in pieces.enumerated() {
      let start = boundaries[index]
      let from = piece.from?.rate(peak: peak) ?? level ?? (piece.shape == .warmup ? 0 : peak)
      let first = segments.count
      let end = try append(piece, from: from, start: start, length: boundaries[index + 1] - start)
      if let level { joins.append(Join(place: start, before: level, after: segments[first].curve.value(0))) }
      level = end
    }
    segments.append(Segment(boundaries[boundaries.count - 1], .flat(level ?? peak)))
  }

  /// Adds one piece and returns its end value: the limit of its curve at its end.
  private mutating func append(
    _ piece: Piece, from: Double, start: Int, length steps: Int
  ) throws(ScheduleError) -> Double {
    let length = Double(steps)
    let to = piece.to?.rate(peak: peak)
    // Where interpolating shapes go; Piece keeps nil for a warm-up to the peak only.
    let goal = to ?? peak
    switch piece.shape {
    case .warmup:
      return add(start, .line(Line(from: from, to: goal, length: length)), edge: 1, end: goal)
    case .hold:
      return add(start, .flat(from), end: from)
    case .linear:
      return add(start, .line(Line(from: from, to: goal, length: length)), end: goal)
    case .cosine:
      return add(start, .cosine(Cosine(from: from, to: goal, length: length)), end: goal)
    case .oneMinusSqrt:
      return add(start, .oneMinusSqrt(OneMinusSqrt(from: from, to: goal, length: length)), end: goal)
    case .rex:
      return add(start, .rex(Rex(from: from, to: goal, length: length)), end: goal)
    case .polynomial(let power):
      return add(start, .polynomial(Polynomial(from: from, to: goal, length: length, exponent: power)), end: goal)
    case .exponential(let factor):
      let curve = Exponential(from: from, factor: factor, limit: to ?? (factor > 1 ? .infinity : 0))
      return add(start, .exponential(curve), end: curve.value(length))
    case .inverseTime(let rate):
      let curve = InverseTime(from: from, rate: rate, limit: to ?? 0)
      return add(start, .inverseTime(curve), end: curve.value(length))
    case .inverseSqrt(let timescale):
      let curve = InverseSqrt(from: from, timescale: timescale, limit: to ?? 0)
      return add(start, .inverseSqrt(curve), end: curve.value(length))
    case .noam(let width, let warmup):
      let curve = Noam(scale: peak / width.squareRoot(), warmup: warmup)
      return add(start, .noam(curve), edge: 1, end: curve.value(max(length, 1)))
    case .step(let factor, let every):
      let curve = Staircase(
        from: from, factor: factor, every: try atLeastOne(every, "step's stairs"),
        limit: to ?? (factor > 1 ? .infinity : 0))
      return add(start, .staircase(curve), end: curve.valueBefore(length))
    case .drop(let factor, let places):
      return try addDrops(factor, places, from: from, limit: to, start: start, end: start + steps)
    case .restarts(let first, let growth, let decay):
      let first = try atLeastOne(first, "restarts' first cycle")
      if growth == 1 {
        let curve = CosineCycles(from: from, to: to ?? 0, cycle: first, decay: decay)
        return add(start, .cosineCycles(curve), end: curve.valueBefore(length))
      }
      return try addCycles(first, growth, decay, from: from, to: to ?? 0, start: start, length: steps)
    }
  }

  private mutating func add(_ start: Int, _ curve: Curve, edge: Double = 0, end: Double) -> Double {
    segments.append(Segment(start, curve, edge: edge))
    return end
  }

  /// One level after another; places before the piece have dropped already when it starts.
  private mutating func addDrops(
    _ factor: Double, _ places: [Length], from: Double, limit: Double?, start: Int, end: Int
  ) throws(ScheduleError) -> Double {
    var steps: [Int] = []
    for place in places { steps.append(try clock.steps(place)) }
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
  private mutating func addCycles(
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

  private func atLeastOne(_ length: Length, _ what: String) throws(ScheduleError) -> Int {
    let steps = try clock.steps(length)
    guard steps >= 1 else { throw ScheduleError("\(what) must be at least one step long, \(length) is less") }
    return steps
  }
}

extension Layout {
  /// PyTorch's edges: start, peak and end are all met on a step.
  mutating func append(_ cycle: OneCycle, over steps: Int) throws(ScheduleError) {
    let warmup = max(try clock.steps(cycle.warmup), 1)
    let first = peak / cycle.div
    let last = first / cycle.finalDiv
    let top = warmup - 1
    if top > 0 { segments.append(Segment(0, .cosine(Cosine(from: first, to: peak, length: Double(top))))) }
    if steps - 1 > top {
      segments.append(Segment(top, .cosine(Cosine(from: peak, to: last, length: Double(steps - 1 - top)))))
    }
    segments.append(Segment(max(top, steps - 1), .flat(steps - 1 > top ? last : peak)))
    boundaries = [0, warmup, steps]
  }

  mutating func append(_ cyclic: Cyclic, over steps: Int) {
    let curve = Triangles(cyclic, high: peak)
    segments = [Segment(0, .triangles(curve)), Segment(steps, .flat(curve.value(Double(steps))))]
    boundaries = [0, steps]
  }
}
