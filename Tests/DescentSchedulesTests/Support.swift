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

/// Random schedules, every shape and option among them.
struct RandomSchedules {
  var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(state: seed) }

  mutating func next() -> Schedule {
    let peak = chance(0.7) ? real(1e-4, 2) : nil
    switch Int.random(in: 0..<10, using: &generator) {
    case 0:
      return .oneCycle(
        peak: peak, OneCycle(warmup: length(shareUpTo: 90), div: real(1, 50), finalDiv: real(1, 1e5)))
    case 1:
      let mode = Cyclic.Mode.allCases.randomElement(using: &generator) ?? .triangular
      return .cyclic(
        high: real(0.1, 1), Cyclic(low: real(0, 0.1), up: whole(), down: whole(), mode: mode, gamma: real(0.9, 1)))
    default:
      let count = Int.random(in: 1...4, using: &generator)
      let free = Int.random(in: 0..<count, using: &generator)
      return Schedule(peak: peak, (0..<count).map { piece($0 == free ? nil : length(shareUpTo: 25)) })
    }
  }

  private mutating func piece(_ length: Length?) -> Piece {
    let from: Level? = chance(0.2) ? level() : nil
    let to = chance(0.4) ? level() : .zero
    switch Int.random(in: 0..<14, using: &generator) {
    case 0: return .warmup(length, from: from, to: chance(0.2) ? level() : .peak)
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
    default:
      return .restarts(
        .steps(whole()), growth: chance(0.5) ? 1 : real(1, 3), decay: chance(0.5) ? 1 : real(0.3, 1), length,
        from: from,
        to: to)
    }
  }

  private mutating func length(shareUpTo percent: Double) -> Length {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: .steps(whole())
    case 1: .epochs(real(0, 3))
    case 2: .tokens(whole() * 1000)
    default: .percent(real(0, percent))
    }
  }

  private mutating func level() -> Level {
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: .percent(Double(Int.random(in: 0...100, using: &generator)))
    case 1: .ofPeak(real(0, 1))
    default: .absolute(real(0, 0.1))
    }
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }
  mutating func real(_ low: Double, _ high: Double) -> Double { Double.random(in: low...high, using: &generator) }
  private mutating func whole() -> Int { Int.random(in: 1...200, using: &generator) }
}
