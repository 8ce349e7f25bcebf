import DescentSchedules
import Testing

/// One of the contract's lines with values worked out by hand.
struct Example: CustomTestStringConvertible {
  var text: String
  var steps = 1000
  var peak: Double?
  var values: [(step: Int, rate: Double)]
  var testDescription: String { text }
}

private let root = 0.5.squareRoot()

let contractExamples: [Example] = [
  Example(text: "constant", peak: 0.3, values: [(0, 0.3), (999, 0.3), (5000, 0.3)]),
  Example(text: "0.1: constant", values: [(0, 0.1), (999, 0.1)]),
  Example(
    text: "0.1: warmup 5% -> cosine",
    values: [(0, 0.002), (24, 0.05), (49, 0.1), (50, 0.1), (525, 0.05), (1000, 0), (2000, 0)]),
  Example(
    text: "0.1: warmup 100 -> cosine 900 to 1%",
    values: [(0, 0.001), (99, 0.1), (100, 0.1), (550, 0.0505), (1000, 0.001), (1001, 0.001)]),
  Example(
    text: "0.1: warmup 10 -> hold 70% -> 1-sqrt 20% to 0",
    values: [(0, 0.01), (9, 0.1), (10, 0.1), (709, 0.1), (710, 0.1), (760, 0.05), (810, 0.1 * (1 - root)), (910, 0)]),
  Example(text: "0.1: linear to 0", values: [(0, 0.1), (250, 0.075), (999, 0.0001), (1000, 0)]),
  Example(
    text: "0.1: drop x0.1 at 30%, 60%, 90%",
    values: [(0, 0.1), (299, 0.1), (300, 0.01), (599, 0.01), (600, 0.001), (899, 0.001), (900, 0.0001), (1500, 0.0001)]),
  Example(
    text: "0.1: step x0.5 every 100", values: [(0, 0.1), (99, 0.1), (100, 0.05), (999, 0.1 / 512), (1000, 0.1 / 512)]),
  Example(
    text: "0.1: exponential x0.999",
    values: [(0, 0.1), (1, 0.0999), (2, 0.0998001), (1000, 0.1 * 0.36769542477096373)]),
  Example(text: "0.1: polynomial(2) to 0", values: [(0, 0.1), (500, 0.025), (900, 0.001), (1000, 0)]),
  Example(text: "0.1: inverse-time(0.01)", values: [(0, 0.1), (100, 0.05), (900, 0.01)]),
  Example(text: "0.1: inverse-sqrt(1000)", values: [(0, 0.1), (1000, 0.1 * root), (500, 0.1 / 1.5.squareRoot())]),
  Example(
    text: "1: noam(512, 4000)", steps: 20000,
    values: [
      (0, 1.746928107421711e-7), (3999, 6.987712429686844e-4), (15999, 3.493856214843422e-4),
    ]),
  Example(
    text: "0.1: restarts 100 x2 decay 0.5",
    values: [(0, 0.1), (50, 0.05), (100, 0.05), (200, 0.025), (300, 0.025), (500, 0.0125), (700, 0.0125)]),
  Example(
    text: "onecycle(peak: 0.1, warmup: 30%)", values: [(0, 0.004), (299, 0.1), (649, 0.0500002), (999, 4e-7)]),
  Example(
    text: "cyclic(low: 0.001, high: 0.1, up: 50, down: 50, mode: triangular2)",
    values: [(0, 0.001), (25, 0.0505), (50, 0.1), (100, 0.001), (150, 0.0505), (250, 0.02575)]),
  Example(text: "0.1: rex", values: [(0, 0.1), (500, 0.2 / 3), (750, 0.04), (1000, 0)]),
]

@Suite struct ContractExamplesTests {
  @Test(arguments: contractExamples)
  func `has the values worked out by hand`(example: Example) throws {
    let schedule = try Schedule(parsing: example.text)
    let run = try schedule.resolved(peak: example.peak, horizon: Horizon(steps: example.steps))
    for (step, rate) in example.values {
      let found = run.rate(at: step)
      #expect(abs(found - rate) <= 1e-15 + 1e-13 * abs(rate), "step \(step): \(found), expected \(rate)")
    }
  }

  @Test(arguments: contractExamples)
  func `text and JSON read back as the same value`(example: Example) throws {
    let schedule = try Schedule(parsing: example.text)
    #expect(try Schedule(parsing: schedule.description) == schedule)
    #expect(try throughJSON(schedule) == schedule)
  }

  @Test func `builder and text give the same values`() throws {
    let pairs: [(String, Schedule)] = [
      ("constant", Schedule(.constant())),
      ("0.1: warmup 5% -> cosine", Schedule(peak: 0.1, .warmup(.percent(5))).then(.cosine(to: .zero))),
      (
        "warmup 10 -> hold 70% -> 1-sqrt 20% to 0",
        Schedule(.warmup(.steps(10)), .hold(.percent(70)), .oneMinusSqrt(.percent(20)))
      ),
      ("0.1: drop x0.1 at 30%, 60%", Schedule(peak: 0.1, .drop(by: 0.1, at: [.percent(30), .percent(60)]))),
      ("0.1: step x0.5 every 3ep", Schedule(peak: 0.1, .step(by: 0.5, every: .epochs(3)))),
      ("exponential x0.999 for 50% to 1%", Schedule(.exponential(by: 0.999, .percent(50), to: .percent(1)))),
      ("polynomial(2) to 1e-5 absolute", Schedule(.polynomial(2, to: .absolute(1e-5)))),
      ("inverse-time(0.01) -> rex 10%", Schedule(.inverseTime(0.01), .rex(.percent(10)))),
      ("inverse-sqrt(100)", Schedule(.inverseSqrt(100))),
      ("1: noam(512, 4000)", Schedule(peak: 1, .noam(width: 512, warmup: 4000))),
      ("restarts 100 x2 decay 0.5", Schedule(.restarts(.steps(100), growth: 2, decay: 0.5))),
      ("linear 1000tok from 10% to 100%", Schedule(.linear(.tokens(1000), from: .percent(10), to: .peak))),
      ("onecycle(peak: 0.1, warmup: 30%)", .oneCycle(peak: 0.1)),
      (
        "cyclic(low: 0.001, high: 0.1, up: 50, down: 40, mode: triangular2)",
        .cyclic(high: 0.1, Cyclic(low: 0.001, up: 50, down: 40, mode: .triangular2))
      ),
    ]
    for (text, built) in pairs { #expect(try Schedule(parsing: text) == built, "\(text)") }
  }
}
