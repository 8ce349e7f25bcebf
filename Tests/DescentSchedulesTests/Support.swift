import DescentSchedules
import Foundation

func throughJSON(_ schedule: Schedule) throws -> Schedule {
  try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule))
}

func run(_ text: String, steps: Int, peak: Double? = nil) throws -> ResolvedSchedule {
  try Schedule(parsing: text).resolved(peak: peak, horizon: Horizon(steps: steps))
}

/// A small generator with a fixed seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// A run of 700 steps with every fact known.
let everyFact: Horizon = {
  var horizon = Horizon(
    steps: 700, batch: BatchPlan(stages: [.init(size: 8, steps: 100), .init(size: 16)]), accumulation: 2,
    secondsPerStep: 0.75)
  horizon.stepsPerEpoch = 90
  horizon.tokensPerStep = 512
  return horizon
}()

/// Random schedules, every shape and option among them.
struct RandomSchedules {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(state: seed) }

  /// One of every form, dressed up one time in three.
  mutating func next() -> Schedule {
    var schedule = plain()
    guard chance(1 / 3) else { return schedule }
    if chance(0.3) { schedule = schedule.times(.warmup(length(shareUpTo: 40)), .hold()) }
    if chance(0.2) { schedule = schedule.times(.pieces([piece(nil, absolute: false)])) }
    if chance(0.3) { schedule = schedule.stretched(by: real(0.5, 3)) }
    if chance(0.3) { schedule = schedule.offset(by: length(shareUpTo: 50)) }
    if chance(0.2) { schedule = schedule.delayed(by: length(shareUpTo: 50)) }
    if chance(0.4) { schedule = schedule.after(AfterEnd.allCases.randomElement(using: &generator) ?? .hold) }
    if chance(0.3) {
      let distribution: Jitter.Distribution = chance(0.5) ? .uniform : .normal
      let from = chance(0.3) ? length(shareUpTo: 50) : nil
      schedule = schedule.jittered(Jitter(real(0, 1), distribution, seed: generator.next(), from: from))
    }
    if chance(0.4) { schedule = schedule.floored(at: .ofPeak(real(0, 0.2))) }
    if chance(0.2) { schedule = schedule.capped(at: .ofPeak(real(0.3, 1))) }
    return schedule
  }

  /// A schedule without modifiers.
  mutating func plain() -> Schedule {
    let peak = chance(0.7) ? real(1e-4, 2) : nil
    switch Int.random(in: 0..<10, using: &generator) {
    case 0:
      return .oneCycle(
        peak: peak,
        OneCycle(
          warmup: length(shareUpTo: 40), div: real(1, 50), finalDiv: real(1, 1e5),
          anneal: chance(0.5) ? .cosine : .linear, threePhase: chance(0.3)))
    case 1:
      let mode = Cyclic.Mode.allCases.randomElement(using: &generator) ?? .triangular
      return .cyclic(
        high: real(0.1, 1), Cyclic(low: real(0, 0.1), up: whole(), down: whole(), mode: mode, gamma: real(0.9, 1)))
    default:
      return Schedule(peak: peak, sequence(deepest: 1))
    }
  }

  private mutating func sequence(deepest: Int) -> [Piece] {
    let count = Int.random(in: 1...4, using: &generator)
    let free = Int.random(in: 0..<count, using: &generator)
    return (0..<count).map { index in
      let length = index == free ? nil : self.length(shareUpTo: 25)
      if deepest > 0, chance(0.1) {
        let pieces = sequence(deepest: deepest - 1)
        return chance(0.5)
          ? .laid(over: 3 * whole(), pieces, length)
          : .repeated(
            Int.random(in: 1...5, using: &generator), growth: real(0.5, 2), decay: real(0.3, 1), pieces, length)
      }
      let piece = self.piece(length)
      return chance(0.1) ? edged(piece) : piece
    }
  }

  /// Read by another convention, if the shape has a say in it.
  private mutating func edged(_ piece: Piece) -> Piece {
    let allowed: [Edge]
    switch piece.shape {
    case .exponential, .inverseTime, .inverseSqrt, .noam, .power: allowed = [.left, .right]
    case .hold, .step, .drop, .restarts, .polynomialCycles, .chebyshev, .knots, .group: return piece
    default: allowed = Edge.allCases
    }
    return piece.edge(allowed.randomElement(using: &generator) ?? .right)
  }

  private mutating func piece(_ length: Length?, absolute: Bool = true) -> Piece {
    let from: Level? = chance(0.2) ? level(absolute) : nil
    let to = chance(0.4) ? level(absolute) : .zero
    switch Int.random(in: 0..<29, using: &generator) {
    case 0: return .warmup(length, from: from, to: chance(0.2) ? level(absolute) : .peak)
    case 1: return .hold(length, at: from)
    case 2: return .linear(length, from: from, to: to)
    case 3: return .cosine(length, from: from, to: to)
    case 4: return .oneMinusSqrt(length, from: from, to: to)
    case 5: return .rex(length, from: from, to: to)
    case 6: return .polynomial(real(0.3, 4), length, from: from, to: to)
    case 7: return .exponential(by: real(0.9, 1.01), length, from: from, to: chance(0.5) ? to : nil)
    case 8: return .step(by: real(0.2, 1.2), every: .steps(whole()), length, from: from, to: chance(0.5) ? to : nil)
    case 9:
      return .drop(
        by: real(0.1, 1), at: [.percent(10), .percent(real(20, 60).rounded()), .steps(whole())], length, from: from)
    case 10: return .inverseTime(real(0, 0.1), length, from: from, to: to)
    case 11: return .inverseSqrt(real(1, 500), length, from: from, to: to)
    case 12: return .noam(width: real(1, 512), warmup: real(1, 200), length)
    case 13: return .oneMinusSquare(length, from: from, to: to)
    case 14: return .cosine(exponent: real(0.3, 4), length, from: from, to: to)
    case 15: return .waves(real(0.2, 6), length, from: from, to: to)
    case 16: return .rex(bend: real(0.05, 0.95), length, from: from, to: to)
    case 17: return .tanh(first: real(-8, -1), last: real(0, 6), length, from: from, to: to)
    case 18: return .kCosine(real(0.5, 3), length, from: from, to: to)
    case 19: return .kPolynomial(real(0.3, 4), k: real(0.5, 3), length, from: from, to: to)
    case 20: return .geometric(length, from: .ofPeak(real(0.01, 1)), to: .ofPeak(real(0.01, 1)))
    case 21: return .exponential(by: real(0.1, 0.9), every: .steps(whole()), length, from: from, to: to)
    case 22: return .polynomial(real(0.3, 4), cycle: .steps(whole()), length, from: from, to: to)
    case 23: return .power(real(0.2, 2), knee: .steps(whole()), length, from: from, to: to)
    case 24: return .chebyshev(ratio: real(1, 50), period: 1 << Int.random(in: 0...7, using: &generator), length)
    case 25:
      let shape: [Shape] = [.cosine, .oneMinusSqrt, .polynomial(power: 2), .rex(bend: 0.9), .kCosine(k: 1.5)]
      return .warmup(shape.randomElement(using: &generator) ?? .cosine, length, from: from, to: .peak)
    case 26, 27:
      let way = Knots.Interpolation.allCases.randomElement(using: &generator) ?? .linear
      let places = (0..<3).map { _ in real(0, 100).rounded() }.sorted()
      return .knots(way, places.map { Knots.Knot(.percent($0), .ofPeak(real(0.01, 1))) }, length)
    default:
      return .restarts(
        .steps(whole()), growth: chance(0.5) ? 1 : real(1, 3), decay: chance(0.5) ? 1 : real(0.3, 1), length,
        from: from, to: to)
    }
  }

  private mutating func length(shareUpTo percent: Double) -> Length {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: .steps(whole())
    case 1: .epochs(real(0, 3))
    case 2: .tokens(whole() * 1000)
    case 3: .samples(whole() * 30)
    case 4: .seconds(real(0, 100))
    default: .percent(real(0, percent))
    }
  }

  private mutating func level(_ absolute: Bool) -> Level {
    switch Int.random(in: 0..<(absolute ? 3 : 2), using: &generator) {
    case 0: .percent(Double(Int.random(in: 0...100, using: &generator)))
    case 1: .ofPeak(real(0, 1))
    default: .absolute(real(0, 0.1))
    }
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
  mutating func real(_ low: Double, _ high: Double) -> Double { Double.random(in: low...high, using: &generator) }
  private mutating func whole() -> Int { Int.random(in: 1...200, using: &generator) }
}
