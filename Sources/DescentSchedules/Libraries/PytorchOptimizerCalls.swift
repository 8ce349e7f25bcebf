import DescentSpecs

/// pytorch_optimizer's own schedules (pytorch_optimizer/lr_scheduler, 4.1.0), in doubles; torch's that it passes on are read
/// as torch's.
enum PytorchOptimizerCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    fresh(
      "get_wsd_schedule",
      [
        "optimizer", "num_warmup_steps", "num_stable_steps", "num_decay_steps", "min_lr_ratio", "num_cycles",
        "cooldown_type", "last_epoch",
      ], make: stable),
    Entry("REXScheduler", ["optimizer", "total_steps", "max_lr", "min_lr"], make: rex),
    fresh("get_chebyshev_schedule", ["optimizer", "num_epochs", "is_warmup", "last_epoch"], make: chebyshev),
    fresh(
      "CosineAnnealingWarmupRestarts",
      [
        "optimizer", "first_cycle_steps", "cycle_mult", "max_lr", "min_lr", "warmup_steps", "gamma", "last_epoch",
      ], make: restarts),
    Entry("LinearScheduler", ["optimizer"] + ramp, make: ramped),
    Entry("CosineScheduler", ["optimizer"] + ramp, make: ramped),
    Entry("PolyScheduler", ["optimizer", "poly_order"], ignoring: ramp, make: ramped),
  ]

  /// A call whose `last_epoch` would go on with a run that was begun before.
  private static func fresh(
    _ name: String, _ parameters: [String],
    make: @escaping @Sendable (CallArguments, LibraryContext) throws(ScheduleError) -> LibraryRates
  ) -> Entry {
    Entry(name, parameters) { arguments, context throws(ScheduleError) in
      if try arguments.whole("last_epoch", -1) != -1 {
        throw arguments.error("\(name): last_epoch resumes a run; leave it out", at: arguments.place("last_epoch"))
      }
      return try make(arguments, context)
    }
  }

  private static let ramp = ["t_max", "max_lr", "min_lr", "init_lr", "warmup_steps"]

  private static func stable(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let base = try context.baseRate("get_wsd_schedule")
    let warmup = try arguments.whole("num_warmup_steps", atLeast: 0)
    let flat = try arguments.whole("num_stable_steps", atLeast: 0)
    let decay = try arguments.whole("num_decay_steps", atLeast: 0)
    let floor = try arguments.real("min_lr_ratio", 0)
    let cycles = try arguments.real("num_cycles", 0.5)
    let fall = try arguments.choice("cooldown_type", "1-sqrt", of: ["cosine", "1-sqrt", "1-square", "linear"])
    var notes = warmup > 0 ? ["The warm-up is t/W: the first update has rate 0."] : []
    if floor > 0, fall != "cosine" { notes.append("The cool-down runs to 0 and then jumps up to min_lr_ratio.") }
    let rise: [Piece] = warmup > 0 ? [.linear(.steps(warmup), from: .zero, to: .peak)] : []
    let down: Piece =
      switch fall {
      case "1-sqrt": .oneMinusSqrt(.steps(decay), from: .peak, to: .zero)
      case "linear": .linear(.steps(decay), from: .peak, to: .zero)
      case "cosine":
        if cycles == 0.5 {
          .cosine(.steps(decay), from: .peak, to: .ofPeak(floor))
        } else {
          .waves(cycles, .steps(decay), from: .peak, to: .ofPeak(floor))
        }
      default: .oneMinusSquare(.steps(decay), from: .peak, to: .zero)
      }
    let track = PieceTrack(rise + [.hold(.steps(flat), at: .peak), down, .hold(at: .ofPeak(floor))])
    return LibraryRates(notes: notes, twin: track.twin(peak: base)) { step in
      if step < warmup { return base * (Double(step) / Double(max(1, warmup))) }
      if step < warmup + flat { return base }
      guard step < warmup + flat + decay else { return base * floor }
      let p = Double(step - warmup - flat) / Double(decay)
      switch fall {
      case "cosine": return base * ((1 - floor) * max(0, 0.5 * (1 + cosine(.pi * cycles * 2 * p))) + floor)
      case "1-sqrt": return base * (1 - p.squareRoot())
      case "1-square": return base * (1 - p * p)
      default: return base * (1 - p)
      }
    }
  }

  private static func rex(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let total = try arguments.whole("total_steps", atLeast: 1)
    let peak = try arguments.real("max_lr", 1)
    let floor = try arguments.real("min_lr", 0)
    let note = "The first update has min_lr, and max_lr itself is never used; the base rate has no effect."
    let fall = Piece.rex(.steps(total), from: .at(peak), to: .at(floor)).edge(.right)
    let track = PieceTrack(.hold(.steps(1), at: .at(floor)), fall, .hold(at: .at(floor)))
    return LibraryRates(notes: [note], track: track) { step in
      if step == 0 || step >= total { return floor }
      let p = Double(step) / Double(total)
      return floor + (peak - floor) * ((1 - p) / (1 - p / 2))
    }
  }

  private static func chebyshev(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let base = try context.baseRate("get_chebyshev_schedule")
    let epochs = try arguments.whole("num_epochs", atLeast: 2)
    if try arguments.flag("is_warmup", false) { return LibraryRates { _ in base } }
    guard epochs <= 1 << 20 else { throw arguments.error("get_chebyshev_schedule: num_epochs must be at most 2^20") }
    let steps = ChebyshevSteps(epochs)
    let notes = [
      "Steps 0, 1 and 2 share one value, and the rates go up to 20 times the base rate.",
      "The order is that of \(steps.values.count) values, whatever num_epochs is; after them the last one holds.",
    ]
    return LibraryRates(notes: notes) { base * steps.values[min(max($0 - 2, 0), steps.values.count - 1)] }
  }

  private static func restarts(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.whole("first_cycle_steps", atLeast: 1)
    let growth = try arguments.real("cycle_mult", 1)
    let peak = try arguments.real("max_lr", 1e-4)
    let floor = try arguments.real("min_lr", 1e-6)
    let warmup = try arguments.whole("warmup_steps", 0, atLeast: 0)
    let gamma = try arguments.real("gamma", 0.9)
    guard warmup < first else {
      throw arguments.error(
        "CosineAnnealingWarmupRestarts: warmup_steps must be below first_cycle_steps",
        at: arguments.place("warmup_steps"))
    }
    var notes = ["max_lr and min_lr replace the optimizer's own rate."]
    if warmup == 0 { notes.append("The first update has min_lr, whatever the cycle says.") }
    let track = context.steps.flatMap { cycles(first, growth, warmup, peak, gamma, floor, steps: $0) }
    return LibraryRates(notes: notes, track: track) { step in
      if step == 0 { return floor }
      var place = step
      var length = first
      var cycle = 0.0
      while place >= length {
        place -= length
        cycle += 1
        length = max(1, Int(min(Double(length - warmup) * growth, 0x1p52))) + warmup
      }
      let height = peak * power(gamma, cycle) - floor
      if place < warmup { return height * Double(place) / Double(warmup) + floor }
      return floor + height * (1 + cosine(.pi * Double(place - warmup) / Double(length - warmup))) / 2
    }
  }

  /// The warm restarts of a run, cycle by cycle, if there are few; without a warm-up the odd first update has no piece.
  private static func cycles(
    _ first: Int, _ growth: Double, _ warmup: Int, _ peak: Double, _ gamma: Double, _ floor: Double, steps: Int
  ) -> PieceTrack? {
    guard warmup > 0 else { return nil }
    var pieces: [Piece] = []
    var (length, height, start) = (first, peak, 0)
    while start <= steps {
      guard pieces.count < 40, height >= 0 else { return nil }
      pieces += [
        .linear(.steps(warmup), from: .at(floor), to: .at(height)),
        .cosine(.steps(length - warmup), from: .at(height), to: .at(floor)),
      ]
      start += length
      length = max(1, Int(min(Double(length - warmup) * growth, 0x1p52))) + warmup
      height *= gamma
    }
    return PieceTrack(pieces)
  }

  private static func ramped(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let name = arguments.call.name
    let total = try arguments.whole("t_max", atLeast: 0)
    let peak = try arguments.real("max_lr")
    let floor = try arguments.real("min_lr", 0)
    let first = try arguments.real("init_lr", 0)
    let warmup = try arguments.whole("warmup_steps", 0, atLeast: 0)
    let order = name == "PolyScheduler" ? try arguments.real("poly_order", 0.5) : 1
    var notes = ["The first update has min_lr, and everything after it comes one step late."]
    switch name {
    case "PolyScheduler": notes.append("It grows without end: the power is on the number of steps, not on a share.")
    case "CosineScheduler": notes.append("Rises again after step \(total + 1).")
    default: notes.append("After step \(total + 1) the line goes on below min_lr.")
    }
    var track: PieceTrack?
    if name != "PolyScheduler", total > warmup {
      let fall: Piece =
        name == "CosineScheduler"
        ? .cosine(.steps(total - warmup), from: .at(peak), to: .at(floor))
        : .linear(.steps(total - warmup), from: .at(peak), to: .at(floor))
      track = PieceTrack(
        .hold(.steps(1), at: .at(floor)), .linear(.steps(warmup), from: .at(first), to: .at(peak)), fall)
      if name == "CosineScheduler" { track = track?.continued }
    }
    return LibraryRates(notes: notes, track: track) { step in
      if step == 0 { return floor }
      let t = step - 1
      if t < warmup { return first + (peak - first) * Double(t) / Double(warmup) }
      if t == warmup { return peak }
      let late = Double(t - warmup)
      switch name {
      case "PolyScheduler": return floor + (peak - floor) * power(late, order)
      case "CosineScheduler":
        return floor + (peak - floor) * (cosine(late / Double(total - warmup) * .pi) + 1) / 2
      default: return peak + (floor - peak) * late / Double(total - warmup)
      }
    }
  }
}

/// Chebyshev steps 1/(c − r·cos θ) in the fractal order that keeps gradient descent stable (Agarwal, Goel, Zhang 2021), as
/// pytorch_optimizer makes them: for the next power of two, the permutation two short.
private struct ChebyshevSteps: Sendable {
  let values: [Double]

  init(_ epochs: Int) {
    var count = 1
    while count < epochs { count *= 2 }
    let (centre, radius) = ((1.0 + 0.05) / 2, (1.0 - 0.05) / 2)
    let steps = (0..<count).map { 1 / (centre - radius * cosine((Double($0) + 0.5) * .pi / Double(count))) }
    var order = [0]
    while order.count < count - 2 {
      let mirror = 2 * order.count - 1
      order = order.flatMap { [$0, mirror - $0] }
    }
    values = order.filter { $0 < count }.map { steps[$0] }
  }
}
