import DescentSchedules
import Testing

@Suite struct PlanTests {
  @Test func `no weight decay on biases and norms`() throws {
    let run = try laid("warmup 10% -> cosine; [ndim<2] weightDecay = 0")
    #expect(run.groups.map(\.name) == ["main", "[ndim<2]"])
    #expect(run.main.settings.isEmpty)
    #expect(
      run.groups[1].parameters.map { run.parameters[$0].name }.allSatisfy { $0.contains("bias") || $0.contains("norm") }
    )
    #expect(run.groups[1].parameters.count == 5)
    #expect(run.groups[1].value(of: "weightDecay", at: 50) == 0)
    #expect(run.groups[1].hasSameRate(as: run.main))
    #expect(run.main.rate(at: 9) == 0.1)
  }

  @Test func `the last assignment wins, factors after it multiply`() throws {
    let run = try laid(
      "rate = 0.5; rate x7; *: 0.2: constant; head.* x10; *.weight x3; layer0.weight rate = 0.001", peak: nil)
    #expect(run.group(of: "layer0.bias").rate(at: 0) == 0.2)
    #expect(run.group(of: "head.bias").rate(at: 0) == 0.2 * 10)
    #expect(run.group(of: "head.weight").rate(at: 0) == 0.2 * 10 * 3)
    #expect(run.group(of: "head.weight").name == "head.* + *.weight")
    #expect(run.group(of: "layer0.weight").rate(at: 99) == 0.001)
  }

  @Test func `what no rule drives follows the run's own schedule`() throws {
    let run = try laid("head.* rate = 0.5", schedule: "linear to 0")
    #expect(run.main.rate(at: 50) == 0.05)
    #expect(run.group(of: "head.bias").rate(at: 50) == 0.5)
  }

  @Test func `schedules of other settings have a peak of their own or multiply the optimizer's value`() throws {
    let run = try laid("weightDecay: 0.4: linear from 10% to 100%; beta2: linear to 50%; epsilon x100; beta1 = 0.95")
    #expect(abs((run.main.value(of: "weightDecay", at: 50) ?? 0) - 0.22) < 1e-15)
    #expect(abs((run.main.value(of: "beta2", at: 50) ?? 0) - 0.74925) < 1e-15)
    #expect(run.main.value(of: "epsilon", at: 3) == 1e-6)
    #expect(run.main.value(of: "beta1", at: 3) == 0.95)
    #expect(run.main.settings == ["weightDecay", "beta2", "epsilon", "beta1"])
    #expect((0..<4).map { run.main.isConstant(setting: $0) } == [false, false, true, true])
  }

  @Test func `couplings follow the rate of the group`() throws {
    let texts = ["weightDecay ~ rate", "weightDecay ~ rate^2", "weightDecay ~ 1/rate"]
    let runs = try texts.map { try laid("warmup 10% -> cosine to 5%; head.* rate: 0.3: linear to 0; " + $0) }
    for step in [0, 5, 9, 50, 99] {
      for name in ["layer0.weight", "head.weight"] {
        let rate = runs[0].group(of: name).rate(at: step)
        let highest = runs[0].group(of: name).highestRate
        let values = runs.map { $0.group(of: name).value(of: "weightDecay", at: step) ?? .nan }
        #expect(abs(values[0] - 0.01 * rate / highest) < 1e-16)
        #expect(abs(values[1] - 0.01 * rate * rate / (highest * highest)) < 1e-16)
        // The decay of a step, rate·value, is the same at every step.
        #expect(abs(values[2] * rate - 0.01 * highest) < 1e-16)
      }
    }
  }

  @Test func `AdamC's decay of a step is the rate squared over its highest`() throws {
    let run = try laid("warmup 10% -> cosine; weightDecay ~ rate")
    for step in 0..<100 {
      let rate = run.main.rate(at: step)
      let decay = rate * (run.main.value(of: "weightDecay", at: step) ?? .nan)
      #expect(abs(decay - 0.01 * rate * rate / 0.1) <= 1e-18)
    }
  }

  @Test func `a coupling to a rate of zero leaves the value as it is`() throws {
    let run = try laid("linear from 0 to 100%; weightDecay ~ 1/rate")
    #expect(run.main.value(of: "weightDecay", at: 0) == 0.01)
    let still = try laid("rate = 0; weightDecay ~ rate", peak: nil).main
    #expect(still.value(of: "weightDecay", at: 0) == 0.01)
  }

  @Test func `momentum inverse to a general schedule spans the two values`() throws {
    let run = try laid("warmup 10% -> cosine; beta1 inverse 0.95..0.85")
    let values = (0..<100).compactMap { run.main.value(of: "beta1", at: $0) }
    #expect(values.max() == 0.95)
    #expect(values[9] == 0.85)
    let fraction = (run.main.rate(at: 40) - run.main.rate(at: 99)) / (0.1 - run.main.rate(at: 99))
    #expect(abs(values[40] - (0.95 - 0.1 * fraction)) < 1e-15)
    #expect(try laid("beta1 inverse 0.95..0.85").main.value(of: "beta1", at: 3) == 0.85)
  }

  @Test func `batch rules: linear, square root, and Adam's other settings`() throws {
    #expect(BatchScaling.linear.rate(0.1, base: 256, size: 8192) == 3.2)
    #expect(BatchScaling.squareRoot.rate(1e-3, base: 256, size: 1024) == 2e-3)
    let run = try laid(BatchScaling.squareRoot.plan(base: 64).description, batch: 256)
    #expect(run.main.rate(at: 0) == 0.2)
    #expect(abs((run.main.value(of: "beta1", at: 0) ?? 0) - 0.6) < 1e-15)
    #expect(abs((run.main.value(of: "beta2", at: 0) ?? 0) - 0.996) < 1e-15)
    #expect(run.main.value(of: "epsilon", at: 0) == 5e-9)
    #expect(BatchScaling.squareRoot.scaled(0.9, setting: "beta1", by: 20) == 0)
    #expect(BatchScaling.linear.scaled(0.9, setting: "beta1", by: 20) == 0.9)
    let error = #expect(throws: ScheduleError.self) { try laid("rate batch linear 64") }
    #expect(error?.message.contains("batch size of the run") == true)
  }

  @Test func `accumulation and devices count as batch`() throws {
    var horizon = Horizon(steps: 10, batch: .constant(32), accumulation: 2, dataParallel: 4)
    let plan = try Plan(parsing: "rate batch linear 64")
    #expect(try plan.resolved(smallNet, horizon: horizon, peak: 0.1).main.rate(at: 0) == 0.4)
    horizon.batch = .ramp(from: 16, to: 64, by: 16, over: 640)
    #expect(throws: ScheduleError.self) { try plan.resolved(smallNet, horizon: horizon, peak: 0.1) }
  }

  @Test func `values are pure functions of the step, so any order gives the same bits`() throws {
    var random = RandomPlans(seed: 2)
    var laidOut = 0
    for _ in 0..<200 {
      let plan = try random.next()
      guard
        let run = try? plan.resolved(
          smallNet, horizon: everyFact, peak: plan.needsPeak(smallNet) ? 0.1 : nil,
          settings: adamWSettings.merging(["momentum": 0.9]) { a, _ in a })
      else { continue }
      laidOut += 1
      let forth = (0..<50).map { step in bits(run, step) }
      for step in (0..<50).reversed() { #expect(bits(run, step) == forth[step], "\(plan)") }
    }
    #expect(laidOut > 100)
  }

  private func bits(_ run: ResolvedPlan, _ step: Int) -> [UInt64] {
    run.values(at: step).flatMap { [$0.rate.bitPattern] + $0.settings.map(\.value.bitPattern) }
  }

  @Test func `a parameter added later inherits by position and leaves the others as they were`() throws {
    let text = "warmup 10% -> cosine; [ndim<2] weightDecay = 0; head.* x10; beta1 inverse 0.95..0.85"
    let before = try laid(text)
    let after = try laid(
      text,
      over: smallNet + [
        PlanParameter("layer2.bias", shape: [7]), PlanParameter("head.extra", shape: [3, 3]),
      ])
    for step in [0, 37, 99] {
      for parameter in smallNet {
        let (old, new) = (before.group(of: parameter.name), after.group(of: parameter.name))
        #expect(old.rate(at: step) == new.rate(at: step))
        #expect(old.value(of: "beta1", at: step) == new.value(of: "beta1", at: step))
      }
      #expect(after.group(of: "layer2.bias").rate(at: step) == before.main.rate(at: step))
      #expect(after.group(of: "layer2.bias").value(of: "weightDecay", at: step) == 0)
      #expect(after.group(of: "head.extra").rate(at: step) == before.group(of: "head.weight").rate(at: step))
    }
    #expect(after.group(of: "layer2.bias").name == "[ndim<2]")
  }

  @Test func `every parameter is in one group, and groups have names of their own`() throws {
    var random = RandomPlans(seed: 3)
    for _ in 0..<200 {
      let plan = try random.next()
      guard
        let run = try? plan.resolved(
          smallNet, horizon: everyFact, peak: plan.needsPeak(smallNet) ? 0.1 : nil,
          settings: adamWSettings.merging(["momentum": 0.9]) { a, _ in a })
      else { continue }
      #expect(run.groups.flatMap(\.parameters).sorted() == Array(smallNet.indices))
      #expect(Set(run.groups.map(\.name)).count == run.groups.count, "\(plan)")
    }
  }

  @Test func `peaks that are missing, or that nothing needs, are refused`() throws {
    #expect(throws: ScheduleError.self) { try laid("cosine", peak: nil) }
    #expect(throws: ScheduleError.self) { try laid("0.1: cosine") }
    #expect(try laid("0.1: cosine; head.*: cosine").main.peak == 0.1)
    #expect(try !Plan(parsing: "rate = 0.1").needsPeak(smallNet))
    #expect(try Plan(parsing: "head.* rate = 0.1").needsPeak(smallNet))
  }

  @Test func `hyper-parameters the optimizer lacks are told with the nearest`() throws {
    let near = #expect(throws: ScheduleError.self) { try laid("weightdecay = 0") }
    #expect(near?.suggestion == "weightDecay")
    let far = #expect(throws: ScheduleError.self) { try laid("head x10") }
    #expect(far?.description.contains("head rate …") == true)
    let unknown = #expect(throws: ScheduleError.self) {
      try Plan(parsing: "weightDecay ~ rate").resolved(smallNet, horizon: Horizon(steps: 5), peak: 1)
    }
    #expect(unknown?.message.contains("not known here") == true)
  }

  @Test func `the lint names rules without effect and levels above a group's peak`() throws {
    func codes(_ text: String, peak: Double? = 0.1) throws -> [String] { try laid(text, peak: peak).lint().map(\.code) }
    #expect(try codes("warmup 5% -> cosine; [ndim<2] weightDecay = 0") == [])
    #expect(try codes("tail.* x2") == ["pattern-matches-nothing"])
    #expect(try codes("head.* weightDecay = 1; weightDecay = 0.1") == ["rule-never-used"])
    #expect(try codes("head.*: 1e-4: constant | floor 1e-3 absolute").contains("level-above-group-peak"))
    #expect(try codes("head.*: 1e-4: constant | floor 1e-3 absolute").contains("floor-above-peak"))
    #expect(try codes("layer0.* x0") == ["frozen-group"])
    #expect(try codes("layer0.* rate = 0") == ["frozen-group"])
    #expect(try codes("weightDecay = 0; weightDecay ~ rate") == ["couples-nothing"])
    #expect(try codes("[ndim<2] weightDecay = 0; weightDecay ~ rate") == [])
    #expect(try laid("head.*: 1e-9: constant").lint().first?.message.hasPrefix("head.*: ") == true)
  }
}
