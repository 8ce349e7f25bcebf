import DescentSchedules
import Foundation
import Testing

/// A schedule and the same curve written down anew, piece by smooth piece.
private struct Known: Sendable, CustomTestStringConvertible {
  var text: String
  var knots: [Double]
  var curve: @Sendable (Double) -> Double
  var testDescription: String { text }
}

private let known: [Known] = [
  Known(text: "1: cosine(2) to 3%", knots: [0, 300]) { 0.03 + 0.97 * pow((1 + cos(.pi * $0 / 300)) / 2, 2) },
  Known(text: "1: cosine(0.7)", knots: [0, 300]) { pow((1 + cos(.pi * $0 / 300)) / 2, 0.7) },
  Known(text: "1: waves(2.3) to 3%", knots: [0, 150, 300]) { 0.03 + 0.97 * (1 + cos(4.6 * .pi * $0 / 300)) / 2 },
  Known(text: "1: 1-square to 3%", knots: [0, 300]) { 0.03 + 0.97 * (1 - $0 * $0 / 90_000) },
  Known(text: "1: rex(0.9) to 3%", knots: [0, 300]) { 0.03 + 0.97 * (1 - $0 / 300) / (1 - 0.9 * $0 / 300) },
  Known(text: "1: rex(0.01)", knots: [0, 300]) { (1 - $0 / 300) / (1 - 0.01 * $0 / 300) },
  Known(text: "1: tanh", knots: [0, 150, 210, 300]) { (1 - tanh(-7 + 10 * $0 / 300)) / 2 },
  Known(text: "1: k-cosine(1.5) to 3%", knots: [0, 300]) { 0.03 + 0.97 * (1 + cos(.pi * pow($0 / 300, 1.5))) / 2 },
  Known(text: "1: k-polynomial(0.5, 2)", knots: [0, 300]) { (1 - pow($0 / 300, 2)).squareRoot() },
  Known(text: "1: geometric to 0.1%", knots: [0, 300]) { pow(0.001, $0 / 300) },
  Known(text: "1: exponential x0.5 every 70 to 10%", knots: [0, 70 * log2(10), 300]) { max(pow(0.5, $0 / 70), 0.1) },
  Known(text: "1: polynomial(1.5) cycle 80", knots: [0, 80, 160, 240, 300]) {
    pow(1 - $0 / (80 * (($0 / 80).rounded(.down) + 1)), 1.5)
  },
  Known(text: "1: power(0.51) knee 30", knots: [0, 30, 300]) { min(1, pow($0 / 30, -0.51)) },
  Known(text: "1: power(1) knee 30 to 20%", knots: [0, 30, 150, 300]) { max(min(1, 30 / $0), 0.2) },
  Known(text: "1: hold 50 -> power(2) knee 30", knots: [0, 50, 300]) { $0 < 50 ? 1 : pow($0 / 30, -2) },
  Known(text: "1: warmup 1-sqrt 100 -> hold", knots: [0, 100, 300]) {
    $0 < 100 ? 1 - (1 - $0 / 100).squareRoot() : 1
  },
  Known(text: "1: cosine 100 | after continue", knots: [0, 100, 200, 300]) { (1 + cos(.pi * $0 / 100)) / 2 },
  Known(text: "1: cosine 100 | after repeat", knots: [0, 100, 200, 300]) {
    (1 + cos(.pi * $0.truncatingRemainder(dividingBy: 100) / 100)) / 2
  },
  Known(text: "1: cosine 100 | stretch x2.5", knots: [0, 250, 300]) { (1 + cos(.pi * min($0 / 250, 1))) / 2 },
  Known(text: "1: linear 100 | offset 30 | after zero", knots: [0, 70, 300]) { $0 < 70 ? 0.7 - $0 / 100 : 0 },
  Known(text: "1: linear 100 | delay 30", knots: [0, 30, 130, 300]) { max(min(1, 1.3 - $0 / 100), 0) },
  Known(text: "1: cosine | floor 10%", knots: [0, 300 * acos(-0.8) / .pi, 300]) {
    max((1 + cos(.pi * $0 / 300)) / 2, 0.1)
  },
  Known(text: "1: linear | ceiling 70% | floor 20%", knots: [0, 90, 240, 300]) { min(max(1 - $0 / 300, 0.2), 0.7) },
  Known(text: "2: (linear) * (cosine) * (drop x0.1 at 50%)", knots: [0, 150, 300]) {
    2 * (1 - $0 / 300) * (1 + cos(.pi * $0 / 300)) / 2 * ($0 < 150 ? 1 : 0.1)
  },
  Known(text: "1: (linear) * (restarts 100) | stretch x1.5 | floor 5%", knots: [0, 150, 300]) {
    let u = $0 / 1.5
    return max((1 - u / 200) * (1 + cos(.pi * u.truncatingRemainder(dividingBy: 100) / 100)) / 2, 0.05)
  },
]

@Suite struct CalculusTests {
  @Test(arguments: known.dropLast())
  private func `the area agrees with quadrature to 1e-12`(known: Known) throws {
    let run = try run(known.text, steps: 300)
    let expected = zip(known.knots, known.knots.dropFirst()).map { area($0, $1, known.curve) }.reduce(0, +)
    #expect(abs(run.integral() / expected - 1) < 1e-12, "\(run.integral()), expected \(expected)")
    #expect(abs(run.mean * 300 / expected - 1) < 1e-12)
  }

  @Test func `corners that a bound makes are found`() throws {
    let last = try #require(known.last)
    // Trapezoids, which do not care where the corners are.
    let count = 3_000_000
    var sum = 0.0
    for index in 0..<count { sum += last.curve((Double(index) + 0.5) * 300 / Double(count)) }
    #expect(abs(try run(last.text, steps: 300).integral() - sum * 300 / Double(count)) < 1e-7)
  }

  @Test func `chebyshev's area is the sum of its rates`() throws {
    for (period, steps) in [(1, 5), (8, 8), (32, 100), (64, 640)] {
      let run = try run("1: chebyshev(10, \(period))", steps: steps)
      #expect(abs(run.integral() / run.sum() - 1) < 1e-13)
    }
    #expect(abs(try run("1: chebyshev(1, 8)", steps: 20).integral() - 20) < 1e-12)
  }

  @Test func `areas of parts add up`() throws {
    var random = RandomSchedules(seed: 41)
    for _ in 0..<150 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let whole = run.integral()
      let middle = random.real(0, 700)
      let parts = run.integral(from: 0, to: middle) + run.integral(from: middle, to: 700)
      #expect(abs(parts - whole) <= 1e-11 * whole, "\(schedule) at \(middle)")
    }
  }

  @Test func `maximum, minimum and inverse agree with looking at every step`() throws {
    var random = RandomSchedules(seed: 42)
    for _ in 0..<300 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let rates = run.rates()
      let level = random.real(0, run.peak)
      #expect(run.maximum.rate == rates.max() && rates[run.maximum.step] == rates.max())
      #expect(run.minimum.rate == rates.min() && rates.firstIndex(of: run.minimum.rate) == run.minimum.step)
      #expect(run.firstStep(below: level) == rates.firstIndex { $0 < level }, "\(schedule)")
      #expect(run.firstStep(reaching: level) == rates.firstIndex { $0 >= level }, "\(schedule)")
    }
  }

  @Test func `a run too long to look at is searched by its parts`() throws {
    let steps = 1_000_000_000_000
    let cosine = try run("0.1: warmup 1% -> cosine", steps: steps)
    let step = try #require(cosine.firstStep(below: 1e-5))
    // It is below at once, at the beginning of the warm-up.
    #expect(step == 0)
    let reached = try #require(cosine.firstStep(reaching: 0.05))
    #expect(cosine.rate(at: reached) >= 0.05 && cosine.rate(at: reached - 1) < 0.05)
    let decay = try run("0.1: cosine", steps: steps)
    let low = try #require(decay.firstStep(below: 1e-5))
    #expect(decay.rate(at: low) < 1e-5 && decay.rate(at: low - 1) >= 1e-5)
    let stairs = try run("1: step x0.999999 every 1000 ", steps: steps)
    let stair = try #require(stairs.firstStep(below: 0.5))
    #expect(stairs.rate(at: stair) < 0.5 && stairs.rate(at: stair - 1) >= 0.5)
    let cycles = try run("cyclic(low: 0.1, high: 1, up: 500, mode: exp-range, gamma: 0.99999999)", steps: steps)
    #expect(cycles.firstStep(reaching: 0.99) == 495)
    #expect(cycles.maximum.step == 500)
    #expect(cycles.firstStep(below: 0.05) == nil)
  }

  @Test func `breakpoints of a dressed schedule`() throws {
    #expect(try run("1: linear 10 | after repeat", steps: 35).breakpoints == [10, 20, 30])
    #expect(try run("1: hold 10 -> linear | delay 7", steps: 50).breakpoints == [7, 17])
    #expect(try run("1: hold 10 -> linear 20 | offset 4", steps: 50).breakpoints == [6, 26])
    #expect(try run("1: hold 10 -> linear | stretch x2.5", steps: 100).breakpoints == [25])
    #expect(try run("1: (drop x0.5 at 10) * (drop x0.5 at 20)", steps: 50).breakpoints == [10, 20])
    #expect(try run("1: linear | floor 50%", steps: 100).breakpoints == [50])
  }

  @Test func `the sum does not lose small rates`() throws {
    let run = try run("1: drop x1e-17 at 1", steps: 1_000_001)
    #expect(run.sum() == 1 + 1e-11)
  }
}
