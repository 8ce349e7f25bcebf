import DescentSpecs

/// transformers' schedules (transformers/optimization.py, 5.24): a multiplier on the optimizer's rate, in doubles.
///
/// Both the functions (`get_cosine_schedule_with_warmup(optimizer, …)`), the Trainer's names (`cosine(…)`) and
/// `get_scheduler('cosine', …)` are read.
enum TransformersCalls {
  private typealias Rates = LibraryRates

  /// The Trainer's name, the function's name, the parameters after the optimizer.
  private static let functions: [(name: String, function: String, parameters: [String], make: Make)] = [
    ("constant", "get_constant_schedule", [], constant),
    ("constant_with_warmup", "get_constant_schedule_with_warmup", ["num_warmup_steps"], constantWithWarmup),
    ("linear", "get_linear_schedule_with_warmup", ["num_warmup_steps", "num_training_steps"], linear),
    (
      "cosine", "get_cosine_schedule_with_warmup", ["num_warmup_steps", "num_training_steps", "num_cycles"], cosineWave
    ),
    (
      "cosine_with_restarts", "get_cosine_with_hard_restarts_schedule_with_warmup",
      ["num_warmup_steps", "num_training_steps", "num_cycles"], restarts
    ),
    (
      "polynomial", "get_polynomial_decay_schedule_with_warmup",
      ["num_warmup_steps", "num_training_steps", "lr_end", "power"], polynomial
    ),
    ("inverse_sqrt", "get_inverse_sqrt_schedule", ["num_warmup_steps", "timescale"], inverseSqrt),
    (
      "cosine_with_min_lr", "get_cosine_with_min_lr_schedule_with_warmup",
      ["num_warmup_steps", "num_training_steps", "num_cycles", "last_epoch", "min_lr", "min_lr_rate"], cosineWithFloor
    ),
    (
      "cosine_warmup_with_min_lr", "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
      [
        "num_warmup_steps", "num_training_steps", "num_cycles", "last_epoch", "min_lr", "min_lr_rate", "warmup_lr_rate",
      ],
      cosineFromOne
    ),
    (
      "warmup_stable_decay", "get_wsd_schedule",
      [
        "num_warmup_steps", "num_decay_steps", "num_training_steps", "num_stable_steps", "warmup_type", "decay_type",
        "min_lr_ratio", "num_cycles",
      ], stable
    ),
  ]

  typealias Make = @Sendable (CallArguments, Double) throws(ScheduleError) -> LibraryRates

  static let table: [LibraryContext.Entry] =
    functions.flatMap { row in
      [row.function, row.name].map { name in
        LibraryContext.Entry(name, ["optimizer"] + withLastEpoch(row.parameters)) {
          arguments, context throws(ScheduleError) in
          if try arguments.whole("last_epoch", -1) != -1 {
            throw arguments.error("\(name): last_epoch resumes a run; leave it out", at: arguments.place("last_epoch"))
          }
          return try row.make(arguments, try context.baseRate(name))
        }
      }
    } + [
      LibraryContext.Entry(
        "get_scheduler",
        ["name", "optimizer", "num_warmup_steps", "num_training_steps", "scheduler_specific_kwargs"], make: named),
      .refused("get_reduce_on_plateau_schedule"), .refused("reduce_lr_on_plateau"), .refused("get_greedy_schedule"),
      .refused("greedy"),
    ]

  private static func withLastEpoch(_ parameters: [String]) -> [String] {
    parameters.contains("last_epoch") ? parameters : parameters + ["last_epoch"]
  }

  private static func named(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let name = try arguments.choice("name", "", of: functions.map(\.name))
    guard let row = functions.first(where: { $0.name == name }) else {
      throw arguments.error("get_scheduler needs the name of a schedule")
    }
    var given: [PythonArgument] = []
    for label in ["num_warmup_steps", "num_training_steps"] where row.parameters.contains(label) {
      if let value = arguments.value(label) {
        given.append(PythonArgument(label: label, value: value, position: value.position))
      }
    }
    if let more = arguments.value("scheduler_specific_kwargs") {
      for (label, value) in try context.labelled(more, "scheduler_specific_kwargs") {
        given.append(PythonArgument(label: label, value: value, position: value.position))
      }
    }
    return try context.rates(of: PythonCall(path: row.name, arguments: given), at: arguments.position)
  }

  // MARK: The schedules

  private static let firstIsZero = "The warm-up is t/W: the first update has rate 0."

  /// How the warm-up steps are counted, and the multiplier in them.
  struct Warmup {
    var steps: Int
    init(_ arguments: CallArguments) throws(ScheduleError) {
      steps = try arguments.whole("num_warmup_steps", atLeast: 0)
    }

    func multiplier(_ step: Int) -> Double? { step < steps ? Double(step) / Double(max(1, steps)) : nil }
    var notes: [String] { steps > 0 ? [firstIsZero] : [] }
    var pieces: [Piece] { steps > 0 ? [.linear(.steps(steps), from: .zero, to: .peak)] : [] }
  }

  private static func rates(
    _ base: Double, _ warmup: Warmup, notes: [String] = [], track: [Piece]?,
    _ multiplier: @escaping @Sendable (Int) -> Double
  ) -> LibraryRates {
    let steps = warmup
    return LibraryRates(
      notes: warmup.notes + notes,
      twin: track.map { pieces in
        let track = PieceTrack(warmup.pieces + pieces)
        // All of its formulas that have an end go on after it.
        return (track.isEndless ? track : track.continued).twin(peak: base)
      }
    ) { step in base * (steps.multiplier(step) ?? multiplier(step)) }
  }

  private static func constant(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    LibraryRates(twin: Twin(Schedule(peak: base, .constant()))) { _ in base }
  }

  private static func constantWithWarmup(
    _ arguments: CallArguments, _ base: Double
  ) throws(ScheduleError) -> LibraryRates {
    rates(base, try Warmup(arguments), track: [.hold(at: .peak)]) { _ in 1 }
  }

  private static func linear(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let total = try arguments.whole("num_training_steps", atLeast: 0)
    let length = max(1, total - warmup.steps)
    let track: [Piece]? =
      total > warmup.steps ? [.linear(.steps(length), from: .peak, to: .zero), .hold(at: .zero)] : nil
    return rates(base, warmup, track: track) { max(0, Double(total - $0) / Double(length)) }
  }

  /// Progress after the warm-up.
  private static func progress(_ arguments: CallArguments, _ warmup: Warmup) throws(ScheduleError) -> (
    length: Int, at: @Sendable (Int) -> Double
  ) {
    let total = try arguments.whole("num_training_steps", atLeast: 0)
    let start = warmup.steps
    let length = max(1, total - start)
    return (length, { Double($0 - start) / Double(length) })
  }

  private static func rises(_ end: Int) -> String { "Rises again after step \(end)." }

  /// Half a wave is our cosine.
  private static func wave(_ cycles: Double, _ length: Length, to floor: Level) -> Piece {
    cycles == 0.5 ? .cosine(length, from: .peak, to: floor) : .waves(cycles, length, from: .peak, to: floor)
  }

  private static func cosineWave(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let progress = try progress(arguments, warmup)
    let cycles = try arguments.real("num_cycles", 0.5)
    let end = warmup.steps + progress.length
    return rates(
      base, warmup, notes: [cycles == 0.5 ? rises(end) : "num_cycles counts whole waves: 0.5 is one way down."],
      track: [wave(cycles, .steps(progress.length), to: .zero)]
    ) { max(0, 0.5 * (1 + cosine(.pi * cycles * 2 * progress.at($0)))) }
  }

  private static func restarts(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let progress = try progress(arguments, warmup)
    let cycles = try arguments.whole("num_cycles", 1, atLeast: 1)
    let track: [Piece]? =
      progress.length % cycles == 0
      ? [
        .restarts(.steps(progress.length / cycles), .steps(progress.length), from: .peak, to: .zero), .hold(at: .zero),
      ] : nil
    return rates(base, warmup, track: track) { step in
      let p = progress.at(step)
      if p >= 1 { return 0 }
      return max(0, 0.5 * (1 + cosine(.pi * (Double(cycles) * p).truncatingRemainder(dividingBy: 1))))
    }
  }

  private static func polynomial(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let total = try arguments.whole("num_training_steps", atLeast: 0)
    let floor = try arguments.real("lr_end", 1e-7)
    let exponent = try arguments.real("power", 1)
    guard base > floor else {
      throw arguments.error(
        "lr_end (\(number(floor))) must be below the base rate (\(number(base)))", at: arguments.place("lr_end"))
    }
    guard total > warmup.steps else {
      throw arguments.error(
        "num_training_steps must be above num_warmup_steps", at: arguments.place("num_training_steps"))
    }
    let length = total - warmup.steps
    let start = warmup.steps
    let notes =
      floor > 0 ? ["lr_end is a share of the optimizer's default rate: groups with another rate end elsewhere."] : []
    return rates(
      base, warmup, notes: notes,
      track: [
        .polynomial(exponent, .steps(length), from: .peak, to: floor == 0 ? .zero : .absolute(floor)),
        .hold(at: .absolute(floor)),
      ]
    ) { step in
      if step > total { return floor / base }
      return ((base - floor) * power(1 - Double(step - start) / Double(length), exponent) + floor) / base
    }
  }

  private static func inverseSqrt(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let timescale = try arguments.whole("timescale", warmup.steps == 0 ? 10_000 : warmup.steps, atLeast: 1)
    let shift = timescale - warmup.steps
    return rates(base, warmup, track: [.inverseSqrt(Double(timescale), from: .peak)]) {
      1 / (Double($0 + shift) / Double(timescale)).squareRoot()
    }
  }

  /// `min_lr` as a share of the optimizer's default rate, or `min_lr_rate`.
  private static func floor(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> Double {
    let absolute = try arguments.optionalReal("min_lr")
    let share = try arguments.optionalReal("min_lr_rate")
    switch (absolute, share) {
    case (_?, _?): throw arguments.error("\(arguments.call.name) takes one of min_lr and min_lr_rate, not both")
    case (let absolute?, nil): return base == 0 ? 0 : absolute / base
    case (nil, let share?): return share
    case (nil, nil): throw arguments.error("\(arguments.call.name) needs min_lr or min_lr_rate")
    }
  }

  private static func cosineWithFloor(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates
  {
    let warmup = try Warmup(arguments)
    let progress = try progress(arguments, warmup)
    let cycles = try arguments.real("num_cycles", 0.5)
    let floor = try floor(arguments, base)
    return rates(
      base, warmup, notes: [rises(warmup.steps + progress.length)],
      track: [wave(cycles, .steps(progress.length), to: .ofPeak(floor))]
    ) { step in
      max(0, 0.5 * (1 + cosine(.pi * cycles * 2 * progress.at(step))) * (1 - floor) + floor)
    }
  }

  private static func cosineFromOne(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments)
    let total = try arguments.whole("num_training_steps", atLeast: 0)
    let cycles = try arguments.real("num_cycles", 0.5)
    let floor = try floor(arguments, base)
    let first = try arguments.optionalReal("warmup_lr_rate")
    let steps = Double(warmup.steps)
    let note =
      "The warm-up is (t+1)/W and the decay (t−W+1)/(T−W): the floor is reached one step before the end, and after "
      + "step \(total - 1) the rate rises again."
    var twin: Twin?
    if cycles == 0.5, total > warmup.steps {
      let length = Length.steps(warmup.steps)
      let rise: [Piece] =
        warmup.steps == 0
        ? []
        : first.map { [.linear(length, from: .ofPeak($0), to: .peak).edge(.both)] } ?? [.warmup(length, from: .zero)]
      let fall = Piece.cosine(.steps(total - warmup.steps), from: .peak, to: .ofPeak(floor)).edge(.right)
      twin =
        first.map { _ in warmup.steps == 1 } ?? false
        ? nil : Twin(Schedule(peak: base, rise + [fall]), atMost: total)
    }
    return LibraryRates(notes: [note], twin: twin) { step in
      let t = Double(step)
      if step < warmup.steps {
        guard let first else { return base * ((t + 1) / max(1, steps)) }
        return base * (first + (1 - first) * t / max(1, steps - 1))
      }
      let p = (t - steps + 1) / max(1, Double(total) - steps)
      return base * max(0, 0.5 * (1 + cosine(.pi * cycles * 2 * p)) * (1 - floor) + floor)
    }
  }

  private static func stable(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let shapes = ["linear", "cosine", "1-sqrt"]
    let warmup = try Warmup(arguments)
    let decay = try arguments.whole("num_decay_steps", atLeast: 0)
    let rise = try arguments.choice("warmup_type", "linear", of: shapes)
    let fall = try arguments.choice("decay_type", "cosine", of: shapes)
    let floor = try arguments.real("min_lr_ratio", 0)
    let cycles = try arguments.real("num_cycles", 0.5)
    var stable = try arguments.optionalWhole("num_stable_steps")
    if stable == nil, let total = try arguments.optionalWhole("num_training_steps") {
      stable = total - warmup.steps - decay
    }
    guard let stable else {
      throw arguments.error("\(arguments.call.name) needs num_training_steps or num_stable_steps")
    }
    let down: Piece =
      switch fall {
      case "linear": .linear(.steps(decay), from: .peak, to: .ofPeak(floor))
      case "1-sqrt": .oneMinusSqrt(.steps(decay), from: .peak, to: .ofPeak(floor))
      default: wave(cycles, .steps(decay), to: .ofPeak(floor))
      }
    let length = Length.steps(warmup.steps)
    let up: Piece =
      switch rise {
      case "linear": .linear(length, from: .ofPeak(floor), to: .peak)
      case "cosine": .warmup(.cosine, length, from: .ofPeak(floor), to: .peak).edge(.left)
      default: .warmup(.oneMinusSqrt, length, from: .ofPeak(floor), to: .peak).edge(.left)
      }
    var track: PieceTrack?
    if stable >= 0 {
      track = PieceTrack([up, .hold(.steps(stable), at: .peak), down, .hold(at: .ofPeak(floor))])
    }
    return LibraryRates(notes: floor == 0 ? warmup.notes : [], twin: track?.twin(peak: base)) { step in
      func lifted(_ factor: Double) -> Double { base * max(0, factor * (1 - floor) + floor) }
      if step < warmup.steps {
        let p = Double(step) / Double(max(1, warmup.steps))
        switch rise {
        case "linear": return lifted(p)
        case "cosine": return lifted(0.5 * (1 - cosine(.pi * p)))
        default: return lifted(1 - (1 - p).squareRoot())
        }
      }
      if step < warmup.steps + stable { return base }
      guard step < warmup.steps + stable + decay else { return base * floor }
      let p = Double(step - warmup.steps - stable) / Double(max(1, decay))
      switch fall {
      case "linear": return lifted(1 - p)
      case "cosine": return lifted(0.5 * (1 + cosine(.pi * cycles * 2 * p)))
      default: return lifted(1 - p.squareRoot())
      }
    }
  }
}
