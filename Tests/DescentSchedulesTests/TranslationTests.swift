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
    for _ in 0..<60 {
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
    for _ in 0..<600 {
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
    let schedules = try (Self.texts.map { try Schedule(parsing: $0) }) + (0..<80).map { _ in random.next() }
    var called = 0
    for schedule in schedules {
      let run = try schedule.resolved(peak: schedule.peak == nil ? 0.25 : nil, horizon: everyFact)
      let translation = try run.translated(to: library)
      guard let call = translation.call else { continue }
      called += 1
      let theirs = try LibrarySchedule(parsing: call, of: library, base: translation.base, steps: run.steps)
      let limit = (run.rates().max() ?? 0) * (library.isSinglePrecision ? 1e-6 : 1e-12)
      // OneCycleLR is not asked for more than the run.
      let count = run.steps + (call.hasPrefix("OneCycleLR") ? 0 : 20)
      for (step, rate) in theirs.rates(count: count).enumerated() {
        #expect(abs(rate - run.rate(at: step)) <= limit, "\(schedule): \(call) at \(step)")
      }
    }
    #expect(called >= 6)
  }

  @Test(arguments: [
    ("0.1: warmup 5% -> cosine to 1%", Library.torch, "SequentialLR("), ("0.1: polynomial(2)", .torch, "PolynomialLR("),
    ("0.1: drop x0.1 at 50%, 75%", .torch, "MultiStepLR(optimizer, milestones=[500, 750], gamma=0.1)"),
    ("onecycle(peak: 0.1)", .torch, "OneCycleLR("), ("0.1: cosine to 1%", .optax, "cosine_decay_schedule("),
    ("0.1: linear 10% from 0 to 100% -> cosine", .optax, "optax.warmup_cosine_decay_schedule("),
    ("0.1: drop x0.1 at 50%, 75%", .keras, "boundaries=[499, 749]"),
    ("0.1: linear 10% from 0 to 100% -> linear", .transformers, "get_linear_schedule_with_warmup("),
    ("0.1: linear 10% from 0 to 100% -> cosine to 1%", .timm, "warmup_prefix=True"),
    ("0.1: drop x0.1 at 50%, 75%", .timm, "MultiStepLRScheduler(optimizer, decay_t=[501, 751]"),
    ("0.1: warmup 5% -> cosine", .mlx, "optim.join_schedules("),
  ])
  func `a library's own schedule is preferred where it is the same`(text: String, library: Library, has: String) throws
  {
    let translation = try run(text, steps: 1000).translated(to: library)
    #expect(translation.call?.contains(has) == true, "\(translation.code)")
    #expect(translation.code.contains(try #require(translation.call)))
  }

  @Test(arguments: [
    ("0.1: cosine", Library.torch, "CosineAnnealingLR(optimizer, T_max=1000) gives the same rates too, but only up to"),
    ("0.1: warmup 5% -> linear", .transformers, "spend the first update on rate 0"),
    ("0.1: warmup 5% -> linear", .transformers, "num_training_steps=1000) comes near: it differs by up to 0.002"),
    ("0.1: warmup 5% -> cosine", .keras, "comes near"),
  ])
  func `where it is not, a function of the step is, and the note says why`(
    text: String, library: Library, note: String
  ) throws {
    let translation = try run(text, steps: 1000).translated(to: library)
    #expect(translation.call == nil && translation.exact)
    #expect(translation.notes.contains { $0.contains(note) }, "\(translation.notes)")
  }

  @Test func `a shorter call that does for the run alone is named`() throws {
    let translation = try run("0.1: restarts 100 x2", steps: 1000).translated(to: .torch)
    #expect(translation.notes.contains { $0.contains("T_0=100, T_mult=2) gives the same rates too, but only up to") })
  }

  @Test func `jitter is drawn in Python, or looked up where whole numbers have 32 bits`() throws {
    let run = try run("0.1: cosine to 10% | jitter 10% normal seed 5", steps: 1000)
    let torch = try run.translated(to: .torch)
    #expect(torch.exact && torch.code.contains("def jitter(t):") && torch.code.contains("z = (5 + 0x9E37"))
    let optax = try run.translated(to: .optax)
    #expect(optax.exact && optax.code.contains("for t in range(1001)"))
    #expect(optax.notes.contains { $0.contains("64-bit whole numbers") })
    #expect(optax.notes.contains { $0.contains("The table ends with the run") })
  }

  @Test func `what cannot be exact says so and by how much`() throws {
    let jittered = try run("0.1: constant | jitter 10% seed 5", steps: 5_000_000).translated(to: .optax)
    #expect(!jittered.exact)
    #expect(
      jittered.notes.contains { $0.contains("left out, which makes a difference of up to 0.0") }, "\(jittered.notes)")
    // 32-bit floats cannot tell 30 million steps apart, but lose little by it.
    let long = try run("0.1: linear", steps: 30_000_000).translated(to: .keras)
    #expect(long.exact && long.notes.contains { $0.contains("2^24") })
  }

  @Test(arguments: [Library.fastai, .pytorchOptimizer])
  func `libraries that are only read are refused`(library: Library) throws {
    let run = try run("0.1: cosine", steps: 10)
    let error = #expect(throws: ScheduleError.self) { try run.translated(to: library) }
    #expect(error?.message.contains("there are: torch, transformers, timm, optax, keras, mlx") == true)
  }

  @Test func `whole numbers stay whole and are added up`() {
    let writer = FormulaWriter(.math)
    let t = Formula.step
    #expect(writer.text(t + .whole(-50) + .whole(1)) == "t - 49")
    #expect(writer.text(.whole(1000) - (t + .whole(-50))) == "1050 - t")
    #expect(writer.text(.real(0.1) * (t + .whole(1)) / .whole(50)) == "0.1 * (t + 1) / 50")
    #expect(writer.text(.real(0.1) * .power(t / .whole(9), .real(0.5))) == "0.1 * (t / 9) ** 0.5")
    #expect(writer.text(.real(1) - (.real(2) - t)) == "1.0 - (2.0 - t)")
    #expect(FormulaWriter(.ops).text(.call(.cos, t + .whole(1))) == "ops.cos(ops.cast(t + 1, \"float32\"))")
    #expect((t - .whole(7)).modulo(5).value(step: 5, place: 0.0) == 3.0)
    #expect((t - .whole(7)).floored(by: 5).value(step: 5, place: 0.0) == -1.0)
  }
}
