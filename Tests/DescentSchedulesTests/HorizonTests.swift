import DescentSchedules
import Testing

@Suite struct HorizonTests {
  private func boundary(_ length: String, _ horizon: Horizon) throws -> Int {
    try Schedule(parsing: "1: hold \(length) -> linear").resolved(horizon: horizon).boundaries[1]
  }

  @Test func `every unit counts in steps`() throws {
    let horizon = Horizon(
      steps: 1000, batch: .constant(16), accumulation: 2, dataParallel: 4, samplesPerEpoch: 6400, tokensPerSample: 512,
      secondsPerStep: 0.25)
    // 128 samples and 65,536 tokens a step, 50 steps an epoch
    #expect(try boundary("1280samples", horizon) == 10)
    #expect(try boundary("655360tok", horizon) == 10)
    #expect(try boundary("1.5ep", horizon) == 75)
    #expect(try boundary("10s", horizon) == 40)
    #expect(try boundary("2min", horizon) == 480)
    #expect(try boundary("0.05h", horizon) == 720)
    #expect(try boundary("12.5%", horizon) == 125)
  }

  @Test func `accumulation and devices divide the steps`() throws {
    for (accumulation, devices) in [(1, 1), (2, 1), (1, 2), (4, 8)] {
      let horizon = Horizon(steps: 10_000, batch: .constant(8), accumulation: accumulation, dataParallel: devices)
      #expect(try boundary("25600samples", horizon) == 3200 / accumulation / devices)
    }
  }

  @Test(arguments: [
    ("5samples", "the batch size"), ("5s", "seconds per step"), ("5ep", "steps per epoch"), ("5tok", "tokens per step"),
  ])
  func `a missing fact is named`(length: String, fact: String) {
    let error = #expect(throws: ScheduleError.self) { try boundary(length, Horizon(steps: 10)) }
    #expect(error?.message.contains(fact) == true, "\(error?.message ?? "")")
  }

  @Test func `a ramp of batch sizes is integrated exactly`() throws {
    // 100 steps of 8, 50 of 16, then 32.
    let ramp = BatchPlan(stages: [.init(size: 8, steps: 100), .init(size: 16, steps: 50), .init(size: 32)])
    let horizon = Horizon(steps: 1000, batch: ramp)
    #expect(try [0, 1, 100, 101, 150, 1000].map { try horizon.samples(after: $0) } == [0, 8, 800, 816, 1600, 28_800])
    #expect(try boundary("400samples", horizon) == 50)
    #expect(try boundary("800samples", horizon) == 100)
    #expect(try boundary("1600samples", horizon) == 150)
    #expect(try boundary("2240samples", horizon) == 170)
    // A piece's worth depends on where it begins: 640 samples are 80 steps at first and 20 at last.
    let run = try Schedule(parsing: "1: hold 640samples -> hold 640samples -> hold -> linear 640samples")
      .resolved(horizon: horizon)
    #expect(run.boundaries == [0, 80, 130, 980, 1000])
  }

  @Test func `a ramp agrees with counting sample by sample`() throws {
    var generator = SeededGenerator(state: 31)
    for _ in 0..<100 {
      let stages = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        BatchPlan.Stage(
          size: Int.random(in: 1...40, using: &generator), steps: Int.random(in: 1...60, using: &generator))
      }
      let last = BatchPlan.Stage(size: Int.random(in: 1...40, using: &generator))
      let horizon = Horizon(steps: 4000, batch: BatchPlan(stages: stages + [last]))
      var sizes = stages.flatMap { Array(repeating: $0.size, count: $0.steps ?? 0) }
      sizes += Array(repeating: last.size, count: 4000)
      let target = Int.random(in: 0...3000, using: &generator)
      // Where the running sum passes the target, within the step in proportion, rounded half up.
      var sum = 0
      var step = 0
      while sum + sizes[step] <= target {
        sum += sizes[step]
        step += 1
      }
      let expected = step + (2 * (target - sum) >= sizes[step] ? 1 : 0)
      #expect(try boundary("\(target)samples", horizon) == expected, "\(horizon) \(target)")
    }
  }

  @Test func `megatron's ramp takes sizes up by increments`() throws {
    // --rampup-batch-size 16 16 640 --global-batch-size 64: 3 sizes share 640 samples.
    let plan = BatchPlan.ramp(from: 16, to: 64, by: 16, over: 640)
    #expect(
      plan.stages == [
        .init(size: 16, steps: 14), .init(size: 32, steps: 7), .init(size: 48, steps: 4), .init(size: 64),
      ])
    #expect(BatchPlan.ramp(from: 64, to: 64, by: 16, over: 640) == .constant(64))
  }

  @Test func `a run may be as long as any unit says`() throws {
    let horizon = Horizon(
      steps: 1, batch: .constant(1000), samplesPerEpoch: 50_000, tokensPerSample: 2048, secondsPerStep: 0.5)
    #expect(try horizon.lasting(.epochs(90)).steps == 4500)
    #expect(try horizon.lasting(.samples(1001)).steps == 2)
    #expect(try horizon.lasting(.tokens(1_000_000_000_000)).steps == 488_282)
    #expect(try horizon.lasting(.seconds(3600)).steps == 7200)
    #expect(throws: ScheduleError.self) { try horizon.lasting(.percent(50)) }
    #expect(throws: ScheduleError.self) { try Horizon(steps: 1).lasting(.samples(5)) }
  }

  @Test(arguments: [
    BatchPlan(stages: []), BatchPlan(stages: [.init(size: 0)]), BatchPlan(stages: [.init(size: 8), .init(size: 16)]),
    BatchPlan(stages: [.init(size: 1 << 50)]),
  ])
  func `an impossible plan is refused`(plan: BatchPlan) {
    #expect(throws: ScheduleError.self) { try boundary("5samples", Horizon(steps: 10, batch: plan)) }
  }

  @Test func `impossible facts are refused`() {
    for change in [{ $0.accumulation = 0 }, { $0.dataParallel = -1 }, { $0.secondsPerStep = 0 }]
      as [(inout Horizon) -> Void]
    {
      var horizon = Horizon(steps: 10)
      change(&horizon)
      #expect(throws: ScheduleError.self) { try boundary("5", horizon) }
    }
  }
}
