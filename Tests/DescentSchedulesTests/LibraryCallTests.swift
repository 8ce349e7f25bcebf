import DescentSchedules
import Testing

private func rates(
  _ call: String, of library: Library = .torch, base: Double? = nil, steps: Int? = nil
) throws -> [Double] {
  let base = base ?? (library.hasBaseRate ? 0.1 : nil)
  return try LibrarySchedule(parsing: call, of: library, base: base, steps: steps).rates(count: 60)
}

/// A call, and what its notes must name.
private let quirks: [(Library, String, String)] = [
  (.torch, "CosineAnnealingLR(optimizer, 10)", "rises again after T_max = 10 steps"),
  (.torch, "OneCycleLR(optimizer, 1.0, total_steps=10)", "overwrites the optimizer's own rate"),
  (.torch, "OneCycleLR(optimizer, 1.0, total_steps=11)", "peak lies between two steps"),
  (.torch, "ChainedScheduler([StepLR(2), ExponentialLR(0.9)])", "order matters"),
  (.torch, "SequentialLR([StepLR(2), CosineAnnealingLR(10)], [5])", "rises again"),
  (.transformers, "linear(num_warmup_steps=5, num_training_steps=50)", "first update has rate 0"),
  (.transformers, "cosine(num_warmup_steps=0, num_training_steps=50)", "Rises again after step 50"),
  (.timm, "CosineLRScheduler(optimizer, 100, warmup_t=5)", "the peak is never used"),
  (.timm, "MultiStepLRScheduler(optimizer, [5])", "one step before each milestone"),
  (.keras, "PiecewiseConstantDecay([5], [1.0, 0.1])", "left piece"),
  (.optax, "linear_onecycle_schedule(100, 1.0)", "not at peak/final_div_factor as documented"),
  (.pytorchOptimizer, "PolyScheduler(optimizer, t_max=10, max_lr=1.0)", "grows without end"),
]

/// A call, and our own schedule of 100 steps with the same rates, if there is one.
private let twins: [(Library, String, String?)] = [
  (.torch, "StepLR(optimizer, 30, 0.5)", "0.1: step x0.5 every 30 from 100%"),
  (.torch, "MultiStepLR(optimizer, [30, 60])", "0.1: drop x0.1 at 30, 60 from 100%"),
  (.torch, "CosineAnnealingLR(optimizer, 100)", "0.1: cosine 100 from 100% to 0"),
  (.torch, "CosineAnnealingLR(optimizer, 50)", "0.1: cosine 50 from 100% to 0 | after continue"),
  (.torch, "OneCycleLR(optimizer, 0.1, total_steps=100)", "onecycle(peak: 0.1, warmup: 30)"),
  (
    .torch, "OneCycleLR(optimizer, 0.1, total_steps=100, three_phase=True)",
    "onecycle(peak: 0.1, warmup: 30, phases: 3)"
  ),
  (
    .torch, "CyclicLR(optimizer, 0.01, 0.1, 5, mode='triangular2')",
    "cyclic(low: 0.01, high: 0.1, up: 5, down: 5, mode: triangular2)"
  ),
  (
    .torch, "SequentialLR([LinearLR(0.1, total_iters=10), CosineAnnealingLR(90)], milestones=[10])",
    "0.1: linear 10 from 10% to 100% -> cosine 90 from 100% to 0"
  ),
  (.torch, "SequentialLR([LinearLR(0.1, total_iters=20), StepLR(5)], milestones=[10])", nil),
  (
    .transformers, "linear(num_warmup_steps=10, num_training_steps=100)",
    "0.1: linear 10 from 0 to 100% -> linear 90 from 100% to 0 -> hold from 0"
  ),
  (
    .optax, "warmup_cosine_decay_schedule(0.0, 0.1, 10, 100, 0.001)",
    "0.1: linear 10 from 0 to 100% -> cosine 90 from 100% to 0.001 absolute -> hold from 0.001 absolute"
  ),
  (
    .transformers, "cosine_warmup_with_min_lr(num_warmup_steps=10, num_training_steps=100, min_lr_rate=0.1)",
    "0.1: warmup 10 from 0 -> cosine 90 from 100% to 10% edge right"
  ),
  (
    .optax, "cosine_decay_schedule(0.1, 100, 0.1, exponent=2)",
    "0.1: cosine(2) for 100 from 100% to 0.010000000000000002 absolute -> hold from 0.010000000000000002 absolute"
  ),
  (
    .keras, "CosineDecayRestarts(0.1, 30, t_mul=1, m_mul=0.5, alpha=0.5)",
    "0.1: restarts 30 decay 0.5 from 100% to 0.05 absolute"
  ),
  (.timm, "TanhLRScheduler(optimizer, 50)", nil),
  (.pytorchOptimizer, "get_chebyshev_schedule(optimizer, 50)", nil),
  (
    .pytorchOptimizer, "REXScheduler(optimizer, total_steps=100, max_lr=0.1)",
    "0.1: hold 1 from 0 -> rex 100 from 100% to 0 edge right -> hold from 0"
  ),
  (.keras, "CosineDecay(0.1, 100)", "0.1: cosine 100 from 100% to 0 -> hold from 0"),
  (.timm, "CosineLRScheduler(optimizer, 100, warmup_t=10)", nil),
  (.mlx, "step_decay(0.1, 0.5, 20)", "0.1: step x0.5 every 20 from 100%"),
]

@Suite struct LibraryCallTests {
  @Test(arguments: [
    "StepLR(optimizer, step_size=30, gamma=0.1)", "StepLR(30)", "StepLR(optimizer, 30, 1e-1)",
    "torch.optim.lr_scheduler.StepLR(self.opt, gamma=.1, step_size=3_0)",
    "scheduler = lrs.StepLR(optimizer=optimizer, step_size=10*3, gamma=1/10,)",
    "StepLR(torch.optim.SGD(model.parameters(), lr=0.5, betas=(0.9, 0.99)), 2**5 - 2)",
    "StepLR(opt, 61//2, -(-0.1))  # drops", "StepLR(\n  opt,  # the optimizer\n  step_size = int(30.9),\n)",
    "StepLR(optimizer, 30 + 100 % 5, float(0.1), last_epoch=-1, verbose=False)", "StepLR(optimizer, (-59//2) * -1)",
    "StepLR(optimizer, (30), gamma=None)",
    "MultiStepLR(optimizer, milestones=[30])", "MultiStepLR(optimizer, (30,))",
    "SequentialLR([StepLR(30)], milestones=[])", "ChainedScheduler([StepLR(optimizer, 30)])",
    "ChainedScheduler(schedulers=(StepLR(optimizer, 30), ConstantLR(optimizer, 1.0)), optimizer=optimizer)",
  ])
  func `spellings of one call give the same rates`(call: String) throws {
    let found = try rates(call)
    for step in 0..<60 { #expect(abs(found[step] - (step < 30 ? 0.1 : 0.01)) <= 1e-15, "step \(step)") }
  }

  @Test func `dictionaries read in both spellings, sorted by key`() throws {
    #expect(
      try rates("piecewise_constant_schedule(1.0, {30: 0.5, 10: 0.1})", of: .optax)
        == rates("optax.piecewise_constant_schedule(1, boundaries_and_scales={10: 1e-1, 30: 5e-1,})", of: .optax))
    #expect(
      try rates("sgdr_schedule([dict(init_value=0, peak_value=1, warmup_steps=2, decay_steps=9)])", of: .optax)
        == rates(
          "sgdr_schedule([{'init_value': 0, \"peak_value\": 1, 'warmup_steps': 2, 'decay_steps': 9}])", of: .optax))
  }

  @Test func `transformers' calls read by function, by the Trainer's name and by get_scheduler`() throws {
    let cosine = try rates("get_cosine_schedule_with_warmup(optimizer, 5, 50, 1.5)", of: .transformers)
    #expect(
      try rates("cosine(num_warmup_steps=5, num_training_steps=50, num_cycles=1.5)", of: .transformers) == cosine)
    #expect(
      try rates(
        "get_scheduler('cosine', optimizer, 5, 50, scheduler_specific_kwargs={'num_cycles': 1.5})", of: .transformers)
        == cosine)
  }

  @Test func `a call that holds its rates notes a base rate, and the others ask for it`() throws {
    let optax = try LibrarySchedule(parsing: "constant_schedule(0.1)", of: .optax, base: 0.5)
    #expect(optax.rate(at: 3) == Double(Float(0.1)))
    #expect(optax.notes.contains { $0.contains("base rate has no effect") })
    #expect(try LibrarySchedule(parsing: "constant_schedule(0.1)", of: .optax).notes.isEmpty)
    for library in Library.allCases where library.hasBaseRate {
      let call = [
        .torch: "StepLR(30)", .transformers: "constant()", .timm: "StepLRScheduler(opt, 30)",
        .pytorchOptimizer: "StepLR(30)",
      ][library]
      let error = #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: call ?? "", of: library) }
      #expect(error?.message.contains("base rate (--lr)") == true, "\(library)")
    }
    let cycle = try LibrarySchedule(parsing: "OneCycleLR(optimizer, max_lr=1.0, total_steps=100)", of: .torch)
    #expect(abs(cycle.rate(at: 29) - 1) < 1e-12)
    #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: "StepLR(3)", of: .torch, base: .nan) }
  }

  @Test func `fastai's positions need the run's length, and stay at the end after it`() throws {
    let error = #expect(throws: ScheduleError.self) { try LibrarySchedule(parsing: "SchedCos(1, 0)", of: .fastai) }
    #expect(error?.message.contains("--steps") == true)
    let run = try LibrarySchedule(parsing: "SchedCos(1, 0.5)", of: .fastai, steps: 10)
    #expect(run.rate(at: 10) == 0.5 && run.rate(at: 99) == 0.5 && run.rate(at: -5) == 1)
  }

  @Test(arguments: quirks)
  func `quirks are named`(library: Library, call: String, says: String) throws {
    let read = try LibrarySchedule(parsing: call, of: library, base: library.hasBaseRate ? 0.1 : nil, steps: 200)
    #expect(read.notes.contains { $0.contains(says) }, "\(read.notes)")
  }

  @Test func `a quirk after the end of the run is not named`() throws {
    let inside = try LibrarySchedule(parsing: "CosineAnnealingLR(optimizer, 100)", of: .torch, base: 0.1, steps: 100)
    #expect(inside.notes.isEmpty)
    let cut = try LibrarySchedule(
      parsing: "SequentialLR([CosineAnnealingLR(100), StepLR(5)], [50])", of: .torch, base: 0.1)
    #expect(cut.notes.isEmpty)
  }

  @Test(arguments: twins)
  func `equals one of our own where it does`(library: Library, call: String, text: String?) throws {
    let read = try LibrarySchedule(parsing: call, of: library, base: library.hasBaseRate ? 0.1 : nil, steps: 100)
    #expect(read.equivalent?.description == text)
  }
}

/// Calls whose rates one of our own schedules has, over runs that end before, at and after theirs.
private let matched: [(Library, String)] = [
  (.torch, "CosineAnnealingLR(optimizer, 50, 0.01)"),
  (.torch, "SequentialLR([LinearLR(0.1, total_iters=10), CosineAnnealingLR(40)], milestones=[10])"),
  (.torch, "OneCycleLR(optimizer, 0.1, total_steps=200, anneal_strategy='linear')"),
  (.torch, "OneCycleLR(optimizer, 0.1, total_steps=200, three_phase=True)"),
  (.transformers, "cosine(num_warmup_steps=20, num_training_steps=100, num_cycles=2)"),
  (.transformers, "cosine_with_min_lr(num_warmup_steps=20, num_training_steps=100, min_lr=0.01, num_cycles=1.5)"),
  (
    .transformers,
    "cosine_warmup_with_min_lr(num_warmup_steps=20, num_training_steps=200, min_lr=0.01, warmup_lr_rate=0.2)"
  ),
  (
    .transformers,
    "get_wsd_schedule(optimizer, 20, 60, 200, warmup_type='cosine', decay_type='1-sqrt', min_lr_ratio=0.1)"
  ),
  (
    .transformers,
    "get_wsd_schedule(optimizer, 20, 60, 200, warmup_type='1-sqrt', decay_type='cosine', num_cycles=2.5)"
  ),
  (.timm, "CosineLRScheduler(optimizer, 40, cycle_limit=4, cycle_decay=0.5, lr_min=0.01, k_decay=1.5)"),
  (.timm, "PolyLRScheduler(optimizer, 50, 2, cycle_limit=3, k_decay=0.5)"),
  (.timm, "TanhLRScheduler(optimizer, 50, warmup_t=10, warmup_prefix=True, lr_min=0.01)"),
  (.timm, "WSDLRScheduler(optimizer, 150, 50, decay_fn='power', decay_power=0.7, lr_min=0.01)"),
  (.optax, "cosine_decay_schedule(0.1, 150, 0.2, exponent=2.5)"),
  (.keras, "CosineDecayRestarts(0.1, 30, t_mul=1.0, m_mul=0.8, alpha=0.1)"),
  (.fastai, "SchedExp(0.1, 0.001)"),
  (.pytorchOptimizer, "get_wsd_schedule(optimizer, 20, 60, 40, 0.1, cooldown_type='1-square')"),
  (.pytorchOptimizer, "get_wsd_schedule(optimizer, 20, 60, 40, 0.1, 1.5, cooldown_type='cosine')"),
  (.pytorchOptimizer, "REXScheduler(optimizer, total_steps=80, max_lr=0.1, min_lr=0.01)"),
  (.pytorchOptimizer, "CosineAnnealingWarmupRestarts(optimizer, 50, 1.5, 0.1, 0.001, 10, 0.7)"),
  (.pytorchOptimizer, "CosineScheduler(optimizer, t_max=60, max_lr=0.1, warmup_steps=10)"),
  (.pytorchOptimizer, "LinearScheduler(optimizer, t_max=199, max_lr=0.1, min_lr=0.01, init_lr=0.02, warmup_steps=10)"),
]

@Suite struct LibraryEquivalentTests {
  @Test(arguments: matched)
  func `the equivalent has the library's rates, quirks and all`(library: Library, call: String) throws {
    let base = library.hasBaseRate ? 0.1 : nil
    let theirs = try LibrarySchedule(parsing: call, of: library, base: base, steps: 200)
    let ours = try #require(theirs.equivalent).resolved(horizon: Horizon(steps: 200))
    let limit = library.isSinglePrecision ? 1e-7 : 1e-13
    for (step, rate) in theirs.rates(count: 200).enumerated() {
      #expect(abs(rate - ours.rate(at: step)) <= limit, "\(ours.schedule) at \(step): \(rate)")
    }
  }
}
