import DescentSchedules
import Testing

@Suite struct ModifierTests {
  @Test func `factors are laid over the run each on its own and multiplied`() throws {
    let run = try run("0.5: (linear) * (drop x0.1 at 50%)", steps: 10)
    for step in 0..<10 {
      let expected = 0.5 * (1 - Double(step) / 10) * (step < 5 ? 1 : 0.1)
      #expect(abs(run.rate(at: step) - expected) < 1e-16)
    }
  }

  @Test func `the order of factors changes nothing but roundings, that of modifiers nothing`() throws {
    let a = try run("1: (cosine) * (exponential x0.9) | floor 1% | jitter 10% seed 3", steps: 50).rates()
    let b = try run("1: (exponential x0.9) * (cosine) | jitter 10% seed 3 | floor 1%", steps: 50).rates()
    #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-15 })
    let one = try Schedule(parsing: "1: cosine | floor 1% | stretch x2 | after zero")
    #expect(one == (try Schedule(parsing: "1: cosine | after zero | stretch x2 | floor 1%")))
    #expect(one == Schedule(peak: 1, .cosine()).floored(at: .percent(1)).stretched(by: 2).after(.zero))
  }

  @Test func `bounds are outermost`() throws {
    // PyTorch's chained [Cosine(eta_min=.1), Exp(.9)] ends below its floor; here it cannot.
    let run = try run("1: (cosine to 10%) * (exponential x0.9) | floor 10% | ceiling 60%", steps: 100)
    #expect(run.minimum.rate == 0.1 && run.maximum.rate == 0.6)
  }

  @Test func `after the end: hold, zero, repeat, continue`() throws {
    let text = "1: linear 4 to 50%"
    #expect(try run(text, steps: 9).rates().suffix(4) == [0.5, 0.5, 0.5, 0.5])
    #expect(try run("\(text) | after zero", steps: 9).rates() == [1, 0.875, 0.75, 0.625, 0, 0, 0, 0, 0])
    #expect(
      try run("\(text) | after repeat", steps: 9).rates() == [1, 0.875, 0.75, 0.625, 1, 0.875, 0.75, 0.625, 1])
    #expect(
      try run("\(text) | after continue", steps: 10).rates() == [1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0, 0])
  }

  @Test func `offset begins in the middle, delay later`() throws {
    let plain = try run("1: warmup 10 -> cosine 90", steps: 100)
    let offset = try run("1: warmup 10 -> cosine 90 | offset 25", steps: 100)
    let delayed = try run("1: warmup 10 -> cosine 90 | delay 25", steps: 100)
    #expect(offset.rates(in: 0..<75) == plain.rates(in: 25..<100))
    #expect(delayed.rates(in: 25..<100) == plain.rates(in: 0..<75))
    #expect(delayed.rates(in: 0..<25).allSatisfy { $0 == plain.rate(at: 0) })
  }

  @Test func `a stretch makes steps longer and leaves shares as they are`() throws {
    let plain = try run("1: warmup 10 -> step x0.5 every 20", steps: 100)
    let double = try run("1: warmup 10 -> step x0.5 every 20 | stretch x2", steps: 200)
    for step in 20..<200 { #expect(double.rate(at: step) == plain.rate(at: step / 2)) }
    #expect(double.rate(at: 0) == 0.05 && double.rate(at: 19) == 1)
    let shares = try run("1: warmup 10% -> cosine | stretch x2", steps: 200)
    let same = try run("1: warmup 10% -> cosine", steps: 200)
    for step in 0..<200 { #expect(abs(shares.rate(at: step) - same.rate(at: step)) < 1e-15) }
  }

  @Test func `jitter is a function of seed and step`() throws {
    let run = try run("1: constant | jitter 20% seed 42", steps: 20_000)
    let rates = run.rates()
    #expect(rates.allSatisfy { $0 >= 0.8 && $0 <= 1.2 })
    #expect(abs(rates.reduce(0, +) / 20_000 - 1) < 0.003)
    #expect(run.rate(at: 12_345) == rates[12_345])
    let other = try DescentSchedulesTests.run("1: constant | jitter 20% seed 43", steps: 20_000)
    #expect(zip(rates, other.rates()).allSatisfy { $0 != $1 })
    let normal = try DescentSchedulesTests.run("1: constant | jitter 10% normal seed 1", steps: 20_000).rates()
    let variance = normal.map { ($0 - 1) * ($0 - 1) }.reduce(0, +) / 20_000
    #expect(abs(variance.squareRoot() - 0.1) < 0.003)
    #expect(normal.allSatisfy { abs($0 - 1) <= 0.3 + 1e-12 })
  }

  @Test func `jitter keeps to its part of the run`() throws {
    let rates = try run("1: constant | jitter 20% seed 1 from 10% to 50%", steps: 100).rates()
    #expect(rates[..<10].allSatisfy { $0 == 1 } && rates[50...].allSatisfy { $0 == 1 })
    #expect(rates[10..<50].allSatisfy { $0 != 1 })
  }

  @Test func `absolute levels belong to the first factor`() throws {
    #expect(try run("0.1: (cosine to 0.01 absolute) * (hold)", steps: 10).rate(at: 10) == 0.01)
    #expect(throws: ScheduleError.self) { try run("0.1: (hold) * (cosine to 0.01 absolute)", steps: 10) }
  }

  @Test func `a floor above the ceiling is refused`() {
    #expect(throws: ScheduleError.self) { try run("1: cosine | floor 50% | ceiling 40%", steps: 10) }
  }
}
