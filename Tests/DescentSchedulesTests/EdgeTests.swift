import DescentSchedules
import Testing

/// p = u/L, (u+1)/L, u/(L−1).
@Suite struct EdgeTests {
  @Test func `three conventions for one line`() throws {
    #expect(try run("1: linear edge left", steps: 4).rates() == [1, 0.75, 0.5, 0.25])
    #expect(try run("1: linear edge right", steps: 4).rates() == [0.75, 0.5, 0.25, 0])
    #expect(try run("1: linear 5 edge both", steps: 5).rates() == [1, 0.75, 0.5, 0.25, 0])
    #expect(try run("1: warmup edge left", steps: 4).rates() == [0, 0.25, 0.5, 0.75])
    #expect(try run("1: warmup edge both", steps: 5).rates() == [0, 0.25, 0.5, 0.75, 1])
  }

  @Test func `a single step that meets both ends has the last level`() throws {
    #expect(try run("1: linear 1 to 30% edge both -> hold", steps: 2).rates() == [0.3, 0.3])
  }

  @Test(arguments: ["linear", "cosine", "cosine(2)", "1-sqrt", "1-square", "rex(0.9)", "polynomial(3)", "k-cosine(2)"])
  func `each convention meets the ends it names`(shape: String) throws {
    for length in [2, 3, 17] {
      let left = try run("1: \(shape) \(shape.contains("(") ? "for " : "")\(length) to 25%", steps: length)
      let right = try run("1: \(shape) to 25% edge right", steps: length)
      let both = try run("1: \(shape) to 25% edge both", steps: length)
      #expect(left.rate(at: 0) == 1 && left.rate(at: length - 1) > 0.25)
      #expect(right.rate(at: 0) < 1 && right.rate(at: length - 1) == 0.25)
      #expect(both.rate(at: 0) == 1 && both.rate(at: length - 1) == 0.25)
      for run in [left, right, both] { #expect(run.rate(at: length) == 0.25) }
    }
  }

  @Test func `transformers' way and torchtitan's are one word apart`() throws {
    // cosine_warmup_with_min_lr: warm-up (t+1)/W, decay (t − W + 1)/(T − W)
    let schedule = try Schedule(parsing: "1: warmup 10 -> cosine").edges(.right)
    let rates = try schedule.resolved(horizon: Horizon(steps: 100)).rates()
    #expect(rates[0] == 0.1 && rates[9] == 1 && rates[99] == 0)
    #expect(abs(rates[55] - 0.4826) < 5e-5 && abs(rates[10] - 0.9997) < 5e-5)
    let plain = try Schedule(parsing: "1: warmup 10 -> cosine").edges(.left)
    let left = try plain.resolved(horizon: Horizon(steps: 100)).rates()
    #expect(left[0] == 0 && left[9] == 0.9 && left[10] == 1 && abs(left[99] - 0.000305) < 5e-7)
  }

  @Test func `shapes that go their own way have only two`() throws {
    #expect(try run("1: exponential x0.5 edge right", steps: 2).rates() == [0.5, 0.25])
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "1: exponential x0.5 edge both") }
    #expect(throws: ScheduleError.self) { try Schedule(parsing: "1: step x0.5 every 3 edge right") }
    #expect(throws: ScheduleError.self) {
      try Schedule(peak: 1, .hold().edge(.right)).resolved(horizon: Horizon(steps: 3))
    }
  }
}
