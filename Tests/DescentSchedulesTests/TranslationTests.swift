import Testing

@testable import DescentSchedules

@Suite struct TranslationTests {
  /// Every shape and modifier, each at home in some library or in none.
  static let texts = [
    "0.1: constant", "0.1: warmup 5% -> cosine", "0.1: cosine", "0.1: cosine to 1%",
    "0.1: linear 10% from 0 to 100% -> cosine", "0.1: linear 10% from 0 to 100% -> hold -> cosine 20% to 1%",
    "0.1: linear", "0.1: linear to 10%", "0.1: warmup 10% -> hold", "0.1: linear 70 from 0 to 100% -> hold",
    "0.1: warmup 10% -> hold -> 1-sqrt 20%", "0.1: linear 70 from 0 to 100% -> hold -> 1-sqrt 20%",
    "0.1: warmup 10% -> hold -> 1-square 20%", "0.1: polynomial(2)", "0.1: polynomial(0.5) to 1%",
    "0.1: exponential x0.99", "0.1: exponential x0.5 every 100", "0.1: step x0.5 every 100",
    "0.1: drop x0.1 at 50%, 75%", "0.1: inverse-time(0.01)", "0.1: warmup 50 -> inverse-sqrt(50)", "0.1: rex",
    "0.1: rex(0.9)", "0.1: restarts 100", "0.1: restarts 100 x2", "0.1: noam(512, 100)", "0.1: cosine(2)",
    "0.1: tanh", "0.1: geometric to 1%", "0.1: power(0.5) knee 100", "0.1: chebyshev(20, 64)",
    "onecycle(peak: 0.1)", "cyclic(low: 0.001, high: 0.01, up: 50)", "0.1: knots linear 0 = 0, 20% = 100%, 100% = 10%",
    "0.1: (cosine) * (warmup 5% -> hold)",
  ]

  @Test(arguments: Library.translatable)
  func `every random schedule is translated, and the flag says what the formulas give`(library: Library) throws {
    var random = RandomSchedules(seed: 11)
    for _ in 0..<120 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let translation = try run.translated(to: library)
      #expect(translation.exact, "\(schedule) \(translation.notes)")
      #expect(!translation.code.isEmpty)
      #expect((translation.base != nil) == library.hasBaseRate)
      #expect(!translation.code.contains("nan") && !translation.code.contains("inf\n"), "\(schedule)")
    }
  }

  @Test func `the formulas are the schedule's own numbers, after the end too`() throws {
    var random = RandomSchedules(seed: 12)
    for _ in 0..<1500 {
      let schedule = random.next()
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let program = RateProgram(run, isSingle: false)
      let highest = (0..<900).map(run.rate(at:)).max() ?? 0
      for step in 0..<900 {
        let rate = program.rate(at: step, in: Double.self)
        #expect(abs(rate - run.rate(at: step)) <= 1e-12 * highest, "\(schedule) at \(step)")
      }
    }
  }

  @Test(arguments: Library.translatable)
  func `a library's own call, read back, gives the schedule's rates`(library: Library) throws {
    var random = RandomSchedules(seed: 13)
    let schedules = try (Self.texts.map { try Schedule(parsing: $0) }) + (0..<150).map { _ in random.next() }
    var called = 0
    for schedule in schedules {
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let translation = try run.translated(to: library)
      guard let call = translation.call else { continue }
      called += 1
      let theirs = try LibrarySchedule(parsing: call, of: library, base: translation.base, steps: run.steps)
      let limit = (run.rates().max() ?? 0) * (library.isSinglePrecision ? 1e-6 : 1e-12)
      for (step, rate) in theirs.rates(count: run.steps + 1).enumerated() {
        #expect(abs(rate - run.rate(at: step)) <= limit, "\(schedule): \(call) at \(step)")
      }
    }
    #expect(called >= 6)
  }
}
