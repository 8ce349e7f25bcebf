import DescentSchedules
import Testing

@Suite struct GroupTests {
  @Test func `a repeated group has percentages of its own`() throws {
    // Cyclic warm-up–stable–decay.
    let run = try run("1: repeat 3 (hold 80% -> linear to 50%)", steps: 30)
    let cycle: [Double] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0.75]
    #expect(run.rates() == cycle + cycle + cycle)
    #expect(run.rate(at: 30) == 0.5)
  }

  @Test func `cycles grow and decay, their ends rounded on the sum`() throws {
    let run = try run("1: repeat 3 x2 decay 0.5 (linear)", steps: 70)
    #expect([0, 10, 30].map { run.rate(at: $0) } == [1, 0.5, 0.25])
    #expect([5, 20, 50].map { run.rate(at: $0) } == [0.5, 0.25, 0.125])
    #expect(run.breakpoints == [10, 30])
    #expect(try DescentSchedulesTests.run("1: repeat 3 (cosine)", steps: 10).breakpoints == [3, 7])
  }

  @Test func `a warm-up inside begins where the cycle before ended`() throws {
    // pytorch_optimizer's CosineAnnealingWarmupRestarts.
    let run = try run("1: repeat 2 (warmup 5 -> cosine to 20%)", steps: 30)
    #expect(abs(run.rate(at: 15) - (0.2 + 0.8 / 5)) < 1e-15)
    #expect(run.rate(at: 19) == 1)
  }

  @Test func `what follows a group goes on from its end`() throws {
    let run = try run("1: repeat 2 (linear to 40%) for 20 -> linear", steps: 30)
    #expect(run.rate(at: 20) == 0.4)
    #expect(run.lint().isEmpty)
  }

  @Test func `a laid group is the other run's beginning, bit for bit, and breaks off without a jump`() throws {
    let whole = try run("0.3: warmup 5% -> cosine to 1%", steps: 1000)
    let part = try run("0.3: laid 1000 (warmup 5% -> cosine to 1%) for 437 -> linear", steps: 500)
    #expect(part.rates(in: 0..<437) == whole.rates(in: 0..<437))
    #expect(part.rate(at: 437) == whole.rate(at: 437))
    #expect(part.rate(at: 500) == 0)
    #expect(part.lint().isEmpty)
    // Broken off inside the warm-up, which is read at the step's end.
    let early = try run("0.3: laid 1000 (warmup 5% -> cosine to 1%) for 20 -> hold", steps: 500)
    #expect(early.rate(at: 20) == whole.rate(at: 20))
  }

  @Test func `a laid group that is over holds its end`() throws {
    let run = try run("1: laid 10 (linear to 50%) for 20 -> linear", steps: 30)
    #expect([9, 10, 19, 20, 25].map { run.rate(at: $0) } == [0.55, 0.5, 0.5, 0.5, 0.25])
  }

  @Test func `places inside a group are on its clock`() throws {
    let run = try run("1: hold 10 -> repeat 2 (drop x0.5 at 50%)", steps: 30)
    #expect(run.breakpoints == [10, 15, 20, 25])
    #expect([14, 15, 19, 20].map { run.rate(at: $0) } == [1, 0.5, 0.5, 1])
  }
}
