import DescentSchedules
import Foundation
import Testing

/// The area by double-exponential quadrature, which does not mind roots at the ends.
func area(_ a: Double, _ b: Double, _ f: (Double) -> Double) -> Double {
  let h = 1.0 / 64
  var sum = 0.0
  for k in -256...256 {
    let t = Double(k) * h
    let s = Double.pi / 2 * sinh(t)
    // The distance from the nearer end, so that roots there keep their accuracy.
    let near = (b - a) / (1 + exp(2 * abs(s)))
    let x = s < 0 ? a + near : b - near
    sum += f(x) * (b - a) / 2 * (Double.pi / 2 * cosh(t) / (cosh(s) * cosh(s))) * h
  }
  return sum
}

/// A schedule and the same curve written down anew, piece by smooth piece.
private struct Known: Sendable {
  var text: String
  var steps: Int
  var knots: [Double]
  var curve: @Sendable (Double) -> Double
}

private let known: [Known] = [
  Known(text: "0.1: constant", steps: 321, knots: [0, 321]) { _ in 0.1 },
  Known(text: "1: linear to 10%", steps: 500, knots: [0, 500]) { 1 - 0.9 * $0 / 500 },
  Known(text: "1: warmup 100 -> cosine to 5%", steps: 700, knots: [0, 100, 700]) {
    $0 < 100 ? $0 / 100 : 0.05 + 0.95 * (1 + cos(.pi * ($0 - 100) / 600)) / 2
  },
  Known(text: "1: cosine 900", steps: 400, knots: [0, 400]) { (1 + cos(.pi * $0 / 900)) / 2 },
  Known(text: "1: 1-sqrt to 3%", steps: 300, knots: [0, 300]) { 0.03 + 0.97 * (1 - ($0 / 300).squareRoot()) },
  Known(text: "1: rex to 3%", steps: 300, knots: [0, 300]) { 0.03 + 0.97 * (1 - $0 / 300) / (1 - $0 / 600) },
  Known(text: "1: polynomial(2.5) to 3%", steps: 300, knots: [0, 300]) { 0.03 + 0.97 * pow(1 - $0 / 300, 2.5) },
  Known(text: "1: polynomial(0.5) 300 -> linear 100 from 10% to 30%", steps: 400, knots: [0, 300, 400]) {
    $0 < 300 ? (1 - $0 / 300).squareRoot() : 0.1 + 0.2 * ($0 - 300) / 100
  },
  Known(text: "1: exponential x0.99", steps: 300, knots: [0, 300]) { pow(0.99, $0) },
  Known(text: "1: exponential x0.99 to 50%", steps: 300, knots: [0, log(0.5) / log(0.99), 300]) {
    max(pow(0.99, $0), 0.5)
  },
  Known(text: "1: exponential x1.02 from 1% to 30%", steps: 300, knots: [0, log(30) / log(1.02), 300]) {
    min(0.01 * pow(1.02, $0), 0.3)
  },
  Known(text: "1: inverse-time(0.05)", steps: 300, knots: [0, 300]) { 1 / (1 + 0.05 * $0) },
  Known(text: "1: inverse-time(0.05) to 20%", steps: 300, knots: [0, 80, 300]) { max(1 / (1 + 0.05 * $0), 0.2) },
  Known(text: "1: inverse-sqrt(40)", steps: 300, knots: [0, 300]) { 1 / (1 + $0 / 40).squareRoot() },
  Known(text: "1: inverse-sqrt(40) to 50%", steps: 300, knots: [0, 120, 300]) {
    max(1 / (1 + $0 / 40).squareRoot(), 0.5)
  },
  Known(text: "1: noam(64, 100)", steps: 300, knots: [0, 100, 300]) {
    min(1 / $0.squareRoot(), $0 / 1000) / 8
  },
  Known(text: "1: noam(64, 500)", steps: 300, knots: [0, 300]) { $0 / pow(500, 1.5) / 8 },
  Known(text: "1: restarts 100 decay 0.5 to 10%", steps: 330, knots: [0, 100, 200, 300, 330]) {
    let cycle = ($0 / 100).rounded(.down)
    return 0.1 + 0.9 * pow(0.5, cycle) * (1 + cos(.pi * ($0 / 100 - cycle))) / 2
  },
  Known(text: "1: restarts 100 x2", steps: 600, knots: [0, 100, 300, 600]) {
    $0 < 100
      ? (1 + cos(.pi * $0 / 100)) / 2
      : $0 < 300 ? (1 + cos(.pi * ($0 - 100) / 200)) / 2 : (1 + cos(.pi * ($0 - 300) / 400)) / 2
  },
  Known(text: "1: step x0.5 every 40", steps: 130, knots: [0, 40, 80, 120, 130]) { pow(0.5, ($0 / 40).rounded(.down)) },
  Known(text: "1: step x0.5 every 40 to 20%", steps: 330, knots: [0, 40, 80, 120, 330]) {
    max(pow(0.5, ($0 / 40).rounded(.down)), 0.2)
  },
  Known(text: "1: drop x0.1 at 50, 70", steps: 100, knots: [0, 50, 70, 100]) { $0 < 50 ? 1 : $0 < 70 ? 0.1 : 0.01 },
  Known(text: "onecycle(peak: 1, div: 4, final-div: 5)", steps: 101, knots: [0, 29, 100, 101]) {
    $0 < 29
      ? 0.25 + 0.75 * (1 - cos(.pi * $0 / 29)) / 2
      : $0 < 100 ? 0.05 + 0.95 * (1 + cos(.pi * ($0 - 29) / 71)) / 2 : 0.05
  },
]

@Suite struct IntegralTests {
  @Test(arguments: known.indices)
  func `closed form agrees with quadrature to 1e-12`(index: Int) throws {
    let known = known[index]
    let run = try run(known.text, steps: known.steps)
    let expected = zip(known.knots, known.knots.dropFirst()).map { area($0, $1, known.curve) }.reduce(0, +)
    #expect(abs(run.integral() / expected - 1) < 1e-12, "\(known.text): \(run.integral()), expected \(expected)")
  }

  @Test(arguments: [
    "triangular", "triangular2", "exp-range, gamma: 0.97", "exp-range, gamma: 0.9999", "exp-range, gamma: 1",
  ])
  func `cycles agree with quadrature to 1e-12`(mode: String) throws {
    let run = try run("cyclic(low: 0.01, high: 1, up: 30, down: 50, mode: \(mode))", steps: 275)
    let gamma = Double(mode.split(separator: " ").last ?? "") ?? 1
    func curve(_ u: Double) -> Double {
      let cycle = (u / 80).rounded(.down)
      let x = u - 80 * cycle
      let scale = pow(gamma, u) * (mode == "triangular2" ? pow(0.5, cycle) : 1)
      return 0.01 + 0.99 * scale * (x < 30 ? x / 30 : (80 - x) / 50)
    }
    let knots: [Double] = [0, 30, 80, 110, 160, 190, 240, 270, 275]
    let expected = zip(knots, knots.dropFirst()).map { area($0, $1, curve) }.reduce(0, +)
    #expect(abs(run.integral() / expected - 1) < 1e-12)
    #expect(abs(run.rate(at: 123) - curve(123)) < 1e-15)
    #expect(run.breakpoints == [30, 80, 110, 160, 190, 240, 270])
  }

  @Test func `the integral is near the sum of the rates for any schedule`() throws {
    var random = RandomSchedules(seed: 9)
    for _ in 0..<500 {
      var schedule = random.next()
      schedule.modifiers.jitter = nil
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let rates = run.rates()
      // Each step's rate is the curve somewhere within the step: off by its total variation at most.
      let variation = zip(rates, rates.dropFirst()).map { abs($0 - $1) }.reduce(rates[0] + (rates.last ?? 0), +)
      #expect(abs(run.integral() - rates.reduce(0, +)) <= variation * 1.01 + 1e-9, "\(schedule)")
    }
  }

  @Test func `a gamma that underflows within a cycle leaves the area finite`() throws {
    let area = try run("cyclic(low: 0, high: 1, up: 500, mode: exp-range, gamma: 0.01)", steps: 900).integral()
    #expect(area > 0 && area < 1)
  }

  @Test func `a turn on the last step of the run is a breakpoint`() throws {
    #expect(try run("cyclic(low: 0, high: 1, up: 30)", steps: 31).breakpoints == [30])
    #expect(try run("cyclic(low: 0, high: 1, up: 30)", steps: 30).breakpoints.isEmpty)
  }
}
