/// A resolved schedule as arithmetic on the step: what the code in another language says.
struct RateProgram: Sendable {
  /// How the step becomes the place on the schedule's clock.
  enum Clock: Sendable {
    /// It is the place; stretches and delays are in the formulas.
    case steps
    /// (t + shift, 0 or more) mod period, a whole number.
    case wrapped(shift: Int, period: Int)
    /// t/stretch + shift, 0 or more, mod period: a real number.
    case scaled(stretch: Double, shift: Double, period: Int)
  }

  /// A part of the run that one formula rules, from its first place on.
  struct Stretch: Sendable {
    var start: Int
    var formula: Formula
    /// The form of the curve, in a word.
    var name: String
  }

  var clock: Clock
  /// Multiplied with each other. None is empty; each begins at 0.
  var factors: [[Stretch]]
  var noise: Noise?
  var floor: Double
  var ceiling: Double
  /// Whether the last formula may run below 0.
  var mayBeNegative: Bool

  /// The rate of update `step` as the formulas have it, worked out in `Number`.
  func rate<Number: FormulaNumber>(at step: Int, in: Number.Type = Number.self) -> Number {
    var local = step
    var place: Number = 0
    switch clock {
    case .steps: break
    case .wrapped(let shift, let period): local = max(step + shift, 0) % period
    case .scaled(let stretch, let shift, let period):
      place = max(Number(step) / Number(stretch) + Number(shift), 0)
      place -= (place / Number(period)).rounded(.down) * Number(period)
      local = Int(place.rounded(.down))
    }
    var rate: Number = 1
    for (index, factor) in factors.enumerated() {
      var low = 0
      var high = factor.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if factor[middle].start <= local { low = middle } else { high = middle }
      }
      let value = factor[low].formula.value(step: local, place: place)
      rate = index == 0 ? value : rate * value
    }
    if mayBeNegative { rate = max(rate, 0) }
    if let noise { rate *= Number(noise.factor(step)) }
    if floor > 0 { rate = max(rate, Number(floor)) }
    if ceiling < .infinity { rate = min(rate, Number(ceiling)) }
    return rate
  }

  /// Whether 32-bit floats would have to decide where a formula jumps.
  var isDelicate: Bool
}

extension RateProgram {
  /// The schedule's own formulas, for doubles or for 32-bit floats.
  init(_ run: ResolvedSchedule, isSingle: Bool) {
    let dressing = run.dressing ?? Dressing(end: run.track.end)
    let tracks = [run.track] + dressing.factors
    clock = .steps
    isDelicate = false
    noise = dressing.noise
    floor = dressing.floor
    ceiling = dressing.ceiling
    mayBeNegative = dressing.after == .continue
    factors = []
    let repeats = dressing.after == .repeat && dressing.end > 0
    if repeats, dressing.stretch != 1 {
      clock = .scaled(stretch: dressing.stretch, shift: dressing.shift, period: dressing.end)
      isDelicate = true
    } else if repeats {
      clock = .wrapped(shift: Int(dressing.shift), period: dressing.end)
    }
    for track in tracks {
      let layout = TrackFormulas(track, dressing, clock, steps: run.steps, isSingle: isSingle)
      factors.append(layout.stretches)
      if layout.isDelicate { isDelicate = true }
    }
  }
}

/// The formulas of one factor.
private struct TrackFormulas {
  private(set) var stretches: [RateProgram.Stretch] = []
  private(set) var isDelicate = false
  private let dressing: Dressing
  private let clock: RateProgram.Clock

  init(_ track: Factor, _ dressing: Dressing, _ clock: RateProgram.Clock, steps: Int, isSingle: Bool) {
    self.dressing = dressing
    self.clock = clock
    let segments = Self.merged(track.segments)
    let end: Int? = dressing.after == .repeat && dressing.end > 0 ? dressing.end : nil
    // Delayed: the first rate holds.
    var begin = 0
    if case .steps = clock {
      begin = firstStep(at: 0)
      if begin > 0 { add(0, .real(track.value(at: 0, step: dressing.unit)), "held") }
    }
    for (index, segment) in segments.enumerated() {
      let next = index + 1 < segments.count ? segments[index + 1].start : end
      if let end, segment.start >= end { break }
      let start = max(firstStep(at: segment.start), begin)
      let stop = next.map(firstStep)
      if let stop, stop <= start { continue }
      add(segment, from: start, before: stop, length: next.map { Double($0 - segment.start) }, isSingle: isSingle)
    }
  }

  /// One curve that was cut where it turns is one formula.
  private static func merged(_ segments: [Segment]) -> [Segment] {
    var merged: [Segment] = []
    for segment in segments {
      if let last = merged.last, last.curve == segment.curve, last.edge == segment.edge,
        last.direction == segment.direction,
        segment.curve.isFlat
          || last.origin - last.direction * Double(last.start) == segment.origin - segment.direction
            * Double(segment.start)
      {
        continue
      }
      merged.append(segment)
    }
    return merged
  }

  /// The first step (of the clock that the formulas count) at or after a place of the track.
  private func firstStep(at place: Int) -> Int {
    guard case .steps = clock, dressing.stretch != 1 || dressing.shift != 0 else { return place }
    let goal = Double(place)
    var step = max(Int((min((goal - dressing.shift) * dressing.stretch, 0x1p60)).rounded()), 0)
    func isThere(_ step: Int) -> Bool {
      let exact = dressing.stretch == 1 ? Double(step) : Double(step) / dressing.stretch
      return exact + dressing.shift >= goal
    }
    while step > 0, isThere(step - 1) { step -= 1 }
    while !isThere(step), step < 1 << 60 { step += 1 }
    return step
  }

  private mutating func add(_ start: Int, _ formula: Formula, _ name: String) {
    stretches.append(RateProgram.Stretch(start: start, formula: formula, name: name))
  }

  private mutating func add(
    _ segment: Segment, from start: Int, before stop: Int?, length: Double?, isSingle: Bool
  ) {
    if case .flat(let rate) = segment.curve { return add(start, .real(rate), "constant") }
    let edge = segment.edge * dressing.unit
    var u: Formula
    var least: Double
    var most: Double?
    switch clock {
    case .scaled:
      u = .place + .number(edge - Double(segment.start))
      least = edge
      most = length.map { $0 + edge }
    case .wrapped:
      u = .step + .number(edge - Double(segment.start))
      least = Double(start - segment.start) + edge
      most = stop.map { Double($0 - 1 - segment.start) + edge }
    case .steps:
      let shift = dressing.shift - Double(segment.start)
      let first = dressing.unit == 1 ? Double(start) + shift : Double(start) / dressing.stretch + shift
      least = first + edge
      most = stop.map { first + Double($0 - 1 - start) * dressing.unit + edge }
      if dressing.stretch == 1 {
        u = .step + .number(shift + edge)
      } else {
        u = (.step + .whole(-start)) / .number(dressing.stretch) + .number(least)
      }
    }
    // A stretched step may end past the segment's end.
    if let length, let reached = most, reached > length, segment.edge > 0 {
      u = .least(u, .number(length))
      most = length
    }
    if segment.direction > 0 {
      u = u + .number(segment.origin)
      most = most.map { $0 + segment.origin }
      least += segment.origin
    } else {
      u = .number(segment.origin) - u
      let lowest = most.map { segment.origin - $0 } ?? -.infinity
      most = segment.origin - least
      if lowest < 0 { u = .greatest(u, .whole(0)) }
    }
    if segment.curve.hasTurns, !u.isWhole { isDelicate = true }
    add(start, segment.curve.formula(u, most: most, isSingle: isSingle), segment.curve.name)
  }
}

extension Curve {
  /// The form, in a word.
  var name: String {
    switch self {
    case .flat: "constant"
    case .line: "line"
    case .cosine: "cosine"
    case .oneMinusSqrt: "1 - sqrt"
    case .rex: "REX"
    case .polynomial: "polynomial"
    case .exponential: "exponential"
    case .staircase: "steps"
    case .inverseTime: "inverse time"
    case .inverseSqrt: "inverse square root"
    case .noam: "Noam"
    case .cosineCycles: "cosine cycles"
    case .triangles: "triangles"
    case .cosinePower: "power of a cosine"
    case .waves: "waves"
    case .oneMinusSquare: "1 - square"
    case .kCosine: "cosine, k-decay"
    case .kPolynomial: "polynomial, k-decay"
    case .hyperbolicTangent: "hyperbolic tangent"
    case .geometric: "geometric"
    case .powerLaw: "power law"
    case .chebyshev: "Chebyshev nodes"
    }
  }
}
