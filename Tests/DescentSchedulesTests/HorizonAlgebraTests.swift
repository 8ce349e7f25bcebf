import DescentSchedules
import Testing

@Suite struct HorizonAlgebraTests {
  private let planned = Horizon(steps: 1000)

  @Test func `a branched cool-down shares its prefix, provably and bit for bit`() throws {
    let parent = try Schedule(parsing: "0.1: warmup 5% -> hold")
    let trunk = try parent.resolved(horizon: planned)
    for step in [100, 437, 800] {
      let branch = try parent.branched(at: step, of: planned, .oneMinusSqrt())
      let run = try branch.resolved(horizon: Horizon(steps: step + 200))
      #expect(run.commonPrefix(with: trunk) == step)
      #expect(trunk.commonPrefix(with: run) == step)
      #expect(run.rates(in: 0..<step) == trunk.rates(in: 0..<step))
      #expect(run.rate(at: step) == trunk.rate(at: step))
      #expect(run.rate(at: step + 200) == 0)
      #expect(run.lint().isEmpty)
      #expect(try Schedule(parsing: branch.description) == branch)
    }
  }

  @Test func `branches of branches share too`() throws {
    let parent = try Schedule(parsing: "0.1: warmup 5% -> cosine to 10%")
    let first = try parent.branched(at: 600, of: planned, .hold())
    let second = try first.branched(at: 900, of: Horizon(steps: 2000), .linear())
    let runs = try [
      parent.resolved(horizon: planned), first.resolved(horizon: Horizon(steps: 2000)),
      second.resolved(horizon: Horizon(steps: 1200)),
    ]
    #expect(runs[1].commonPrefix(with: runs[0]) == 600)
    #expect(runs[2].commonPrefix(with: runs[1]) == 900)
    #expect(runs[2].commonPrefix(with: runs[0]) == 600)
  }

  @Test(arguments: ["linear", "cosine to 10%", "1-sqrt", "polynomial(2)", "rex", "cosine(2) to 1%"])
  func `extending never jumps`(shape: String) throws {
    let schedule = try Schedule(parsing: "0.1: warmup 5% -> \(shape)")
    let run = try schedule.resolved(horizon: planned)
    for step in [50, 333, 999] {
      let longer = try schedule.extended(at: step, of: planned).resolved(horizon: Horizon(steps: 3000))
      #expect(longer.commonPrefix(with: run) >= step)
      #expect(longer.rate(at: step) == run.rate(at: step))
      #expect(longer.rate(at: 3000) == run.rate(at: 1000))
      #expect(longer.lint().allSatisfy { $0.code != "jump-at-join" && $0.code != "shorter-than-run" })
    }
  }

  @Test func `what goes its own way just goes on`() throws {
    for shape in ["exponential x0.999", "inverse-sqrt(50)", "drop x0.1 at 30%, 60%", "restarts 10%", "hold"] {
      let schedule = try Schedule(parsing: "0.1: warmup 5% -> \(shape)")
      let longer = try schedule.extended(at: 500, of: planned).resolved(horizon: Horizon(steps: 3000))
      let run = try schedule.resolved(horizon: planned)
      #expect(longer.rates(in: 0..<1000) == run.rates())
      #expect(longer.commonPrefix(with: run) >= 600, "\(shape)")
    }
  }

  @Test func `a second warm-up is laid over what was planned`() throws {
    let schedule = try Schedule(parsing: "0.1: warmup 5% -> cosine")
    let run = try schedule.resolved(horizon: planned)
    let again = try schedule.rewarmed(at: 400, over: .steps(50)).resolved(horizon: planned)
    #expect(again.commonPrefix(with: run) == 400)
    #expect(again.rates(in: 0..<400) == run.rates(in: 0..<400))
    #expect(abs(again.rate(at: 400) - run.rate(at: 400) / 50) < 1e-17)
    #expect(again.rates(in: 449..<1000) == run.rates(in: 449..<1000))
  }

  @Test func `a prefix that cannot be shown is not claimed`() throws {
    let a = try run("1: linear", steps: 100)
    #expect(a.commonPrefix(with: try run("1: linear", steps: 200)) == 0)
    #expect(a.commonPrefix(with: a) == 100)
    #expect(a.commonPrefix(with: try run("1: linear | floor 1%", steps: 100)) == 0)
    #expect(try run("1: linear | stretch x2", steps: 100).commonPrefix(with: a) == 0)
  }

  @Test func `what cannot be branched is refused`() throws {
    #expect(throws: ScheduleError.self) { try Schedule.oneCycle(peak: 1).branched(at: 5, of: planned, .hold()) }
    let moved = Schedule(peak: 1, .linear()).offset(by: .steps(3))
    #expect(throws: ScheduleError.self) { try moved.extended(at: 5, of: planned) }
    #expect(throws: ScheduleError.self) {
      try Schedule(parsing: "1: hold 50% -> linear").extended(at: 400, of: planned)
    }
  }

  @Test func `a pinned schedule no longer depends on the run`() throws {
    let schedule = try Schedule(parsing: "1: warmup 5% -> knots linear 10% = 100%, 50% = 20% for 60% -> linear")
    let pinned = try schedule.pinned(to: planned)
    #expect(pinned.description == "1: warmup 50 -> knots linear 100 = 100%, 500 = 20% for 600 -> linear to 0")
  }
}
