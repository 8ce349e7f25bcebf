/// Lays pieces out as segments of a run, one after another.
struct Layout {
  var peak: Double
  var clock: Clock
  /// Where the clock's zero lies on the run: not 0 inside a group.
  var base = 0
  var boundaries = [0]
  var segments: [Segment] = []
  private(set) var joins: [Join] = []

  init(peak: Double, clock: Clock) {
    self.peak = peak
    self.clock = clock
  }

  mutating func append(_ pieces: [Piece], after: AfterEnd = .hold) throws(ScheduleError) {
    boundaries = try clock.boundaries(pieces.map(\.length))
    let level = try append(pieces, boundaries, level: nil, isOutermost: true)
    let end = boundaries[boundaries.count - 1]
    switch after {
    case .hold, .repeat: segments.append(Segment(end, .flat(level)))
    case .zero: segments.append(Segment(end, .flat(0)))
    case .continue: break
    }
  }

  /// Adds a sequence from `base` on and returns its end value.
  mutating func append(
    _ pieces: [Piece], _ places: [Int], level before: Double?, isOutermost: Bool = false
  ) throws(ScheduleError) -> Double {
    var level = before
    for (index, piece) in pieces.enumerated() {
      let start = base + places[index]
      let opening = piece.shape.isWarmup ? level ?? 0 : index > 0 ? level ?? peak : peak
      let from = piece.from?.rate(peak: peak) ?? opening
      let first = segments.count
      let length = places[index + 1] - places[index]
      let end =
        if case .group(let group) = piece.shape {
          try addGroup(group, after: level, start: start, length: length)
        } else {
          try append(piece, from: from, start: start, length: length)
        }
      if isOutermost, let level { joins.append(Join(place: start, before: level, after: segments[first].value(0))) }
      level = end
    }
    return level ?? peak
  }

  /// Adds one piece and returns its end value: the limit of its curve at its end.
  private mutating func append(
    _ piece: Piece, from: Double, start: Int, length steps: Int
  ) throws(ScheduleError) -> Double {
    let to = piece.to?.rate(peak: peak)
    // Where interpolating shapes go; Piece keeps nil for a warm-up to the peak only.
    let goal = to ?? peak
    let edge = piece.edge == .right ? 1.0 : 0
    let length = Double(steps)
    switch piece.shape {
    case .hold:
      return add(start, .flat(from), end: from)
    case .exponential(let factor, let every):
      let curve = Exponential(
        from: from, factor: factor, limit: to ?? (factor > 1 ? .infinity : 0),
        every: try clock.exactSteps(every, "exponential's stretch"))
      return add(start, .exponential(curve), edge: edge, end: curve.value(length))
    case .inverseTime(let rate):
      let curve = InverseTime(from: from, rate: rate, limit: to ?? 0)
      return add(start, .inverseTime(curve), edge: edge, end: curve.value(length))
    case .inverseSqrt(let timescale):
      let curve = InverseSqrt(from: from, timescale: timescale, limit: to ?? 0)
      return add(start, .inverseSqrt(curve), edge: edge, end: curve.value(length))
    case .power(let exponent, let knee):
      let knee = try clock.exactSteps(knee, "power's knee")
      let curve = PowerLaw(from: from, knee: knee, exponent: exponent, limit: to ?? 0)
      let origin = Double(start - base)
      segments.append(Segment(start, .powerLaw(curve), edge: edge, origin: origin))
      return curve.value(origin + length)
    case .noam(let width, let warmup):
      let curve = Noam(scale: peak / width.squareRoot(), warmup: warmup)
      return add(start, .noam(curve), edge: edge, end: curve.value(max(length, 1)))
    case .chebyshev(let ratio, let period):
      let curve = Chebyshev(from: from, ratio: ratio, period: period)
      return add(start, .chebyshev(curve), end: curve.value(max(length - 1, 0)))
    case .step(let factor, let every):
      let curve = Staircase(
        from: from, factor: factor, every: try atLeastOne(every, "step's stairs"),
        limit: to ?? (factor > 1 ? .infinity : 0))
      return add(start, .staircase(curve), end: curve.valueBefore(length))
    case .drop(let factor, let places):
      return try addDrops(factor, places, from: from, limit: to, start: start, end: start + steps)
    case .polynomialCycles(let power, let every):
      return try addPolynomials(power, every, from: from, to: to ?? 0, start: start, length: steps)
    case .restarts(let first, let growth, let decay):
      let first = try atLeastOne(first, "restarts' first cycle")
      if growth == 1 {
        let curve = CosineCycles(from: from, to: to ?? 0, cycle: first, decay: decay)
        return add(start, .cosineCycles(curve), end: curve.valueBefore(length))
      }
      return try addCycles(first, growth, decay, from: from, to: to ?? 0, start: start, length: steps)
    case .knots(let knots):
      return try addKnots(knots, start: start, end: start + steps)
    default:
      return try addWay(piece.shape, piece.edge, from: from, to: goal, start: start, length: steps)
    }
  }

  mutating func add(_ start: Int, _ curve: Curve, edge: Double = 0, end: Double) -> Double {
    segments.append(Segment(start, curve, edge: edge))
    return end
  }

  /// The steps of a length, at least one.
  func atLeastOne(_ length: Length, _ what: String) throws(ScheduleError) -> Int {
    let steps = try clock.steps(length)
    guard steps >= 1 else { throw ScheduleError("\(what) must be at least one step long, \(length) is less") }
    return steps
  }
}
