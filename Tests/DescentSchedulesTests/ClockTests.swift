import DescentSchedules
import Testing

@Suite struct ClockTests {
  @Test func `boundaries round half up on the cumulative sum`() throws {
    #expect(try run("warmup 2.5% -> hold", steps: 100, peak: 1).boundaries == [0, 3, 100])
    #expect(try run("warmup 2.4% -> hold", steps: 100, peak: 1).boundaries == [0, 2, 100])
    // 2.5 and 5.0: each length alone would round to 3.
    #expect(try run("warmup 25% -> hold 25% -> linear", steps: 10, peak: 1).boundaries == [0, 3, 5, 10])
    #expect(try run("warmup 33.3% -> hold 33.3% -> linear 33.4%", steps: 10, peak: 1).boundaries == [0, 3, 7, 10])
    #expect(try run("hold 70% -> hold 20% -> hold 10%", steps: 10, peak: 1).boundaries == [0, 7, 9, 10])
    #expect(try run("warmup 0.35% -> hold", steps: 1000, peak: 1).boundaries[1] == 4)
  }

  @Test func `a piece without a length takes what is left, wherever it stands`() throws {
    #expect(try run("warmup 10 -> hold -> 1-sqrt 20%", steps: 100, peak: 1).boundaries == [0, 10, 80, 100])
    #expect(try run("cosine -> hold 10", steps: 100, peak: 1).boundaries == [0, 90, 100])
    #expect(try run("hold 200 -> linear", steps: 100, peak: 1).boundaries == [0, 200, 200])
  }

  @Test func `epochs and tokens count in steps of the horizon`() throws {
    let schedule = try Schedule(parsing: "1: warmup 1.5ep -> hold 1000tok -> linear")
    let run = try schedule.resolved(horizon: Horizon(steps: 100, stepsPerEpoch: 7, tokensPerStep: 300))
    // 10.5 and 10.5 + 3⅓ steps
    #expect(run.boundaries == [0, 11, 14, 100])
  }

  @Test func `a missing fact is named`() throws {
    let epochs = #expect(throws: ScheduleError.self) { try run("1: warmup 2ep -> hold", steps: 10) }
    #expect(epochs?.description == "2ep needs the number of steps per epoch, which is not given.")
    let tokens = #expect(throws: ScheduleError.self) { try run("1: warmup 2tok -> hold", steps: 10) }
    #expect(tokens?.description.contains("tokens per step") == true)
  }

  @Test func `a clock of a million million steps is exact`() throws {
    let run = try run("1: hold 999999999999 -> linear 1 -> hold from 50%", steps: 1_000_000_000_001)
    #expect([999_999_999_998, 999_999_999_999, 1_000_000_000_000].map { run.rate(at: $0) } == [1, 1, 0.5])
    #expect(try DescentSchedulesTests.run("1: warmup 0.1% -> hold", steps: 1 << 53).boundaries[1] == 9_007_199_254_741)
  }

  @Test(arguments: [0, -1, Int.min, Int.max])
  func `an impossible run is refused`(steps: Int) {
    #expect(throws: ScheduleError.self) { try run("1: constant", steps: steps) }
  }

  @Test(arguments: ["1: hold 9007199254740992 -> hold 9007199254740992", "1: hold 1000000000ep", "1: hold 1e300ep"])
  func `lengths beyond counting are refused`(text: String) throws {
    let schedule = try Schedule(parsing: text)
    let horizon = Horizon(steps: 10, stepsPerEpoch: 1 << 53, tokensPerStep: 1 << 53)
    #expect(throws: ScheduleError.self) { try schedule.resolved(horizon: horizon) }
  }

  @Test func `an impossible epoch or step is refused`() {
    for horizon in [Horizon(steps: 1, stepsPerEpoch: 0), Horizon(steps: 1, tokensPerStep: -3)] {
      #expect(throws: ScheduleError.self) { try Schedule(peak: 1, .hold()).resolved(horizon: horizon) }
    }
  }

  @Test func `too many cycles or none are refused`() {
    for text in ["1: restarts 1 x1.00000001", "1: restarts 0", "1: restarts 0.0001%", "1: step x0.5 every 0"] {
      #expect(throws: ScheduleError.self) { try run(text, steps: 400_000) }
    }
  }
}
