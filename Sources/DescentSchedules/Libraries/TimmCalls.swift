import DescentSpecs

/// timm's schedulers (timm/scheduler, 1.0.31): one tick per update, in doubles. Noise must be off.
enum TimmCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    entry("CosineLRScheduler", ["t_initial", "lr_min"] + cycle + warmup + prefix, ["k_decay"], cosineCurve),
    entry("PolyLRScheduler", ["t_initial", "power", "lr_min"] + cycle + warmup + prefix, ["k_decay"], polynomial),
    entry("TanhLRScheduler", ["t_initial", "lb", "ub", "lr_min"] + cycle + warmup + prefix, [], tanhCurve),
    entry("StepLRScheduler", ["decay_t", "decay_rate"] + warmup + prefix, [], step),
    entry("MultiStepLRScheduler", ["decay_t", "decay_rate"] + warmup + prefix, [], multiStep),
    entry(
      "WSDLRScheduler",
      [
        "t_initial", "decay_t", "lr_min", "stable_fn", "stable_timescale", "stable_power", "decay_fn", "decay_power",
        "decay_ratio",
      ] + warmup, [], stable),
    .refused("PlateauLRScheduler"),
  ]

  private static let cycle = ["cycle_mul", "cycle_decay", "cycle_limit"]
  private static let warmup = ["warmup_t", "warmup_lr_init"]
  private static let prefix = ["warmup_prefix"]

  private static func entry(
    _ name: String, _ parameters: [String], _ last: [String],
    _ make: @escaping @Sendable (CallArguments, Double) throws(ScheduleError) -> LibraryRates
  ) -> Entry {
    let noise = ["t_in_epochs", "noise_range_t", "noise_pct", "noise_std", "noise_seed"]
    return Entry(name, ["optimizer"] + parameters + noise + last + ["initialize"]) {
      arguments, context throws(ScheduleError) in
      if arguments.given("noise_range_t") {
        throw arguments.error(
          "\(name): noise comes from torch's generator and is not reproduced; leave out noise_range_t",
          at: arguments.place("noise_range_t"))
      }
      return try make(arguments, try context.baseRate(name))
    }
  }

  /// The warm-up that every scheduler has: from `first` in steps of (goal − first)/length.
  private struct Warmup: Sendable {
    var length: Int
    var first: Double
    var isPrefix: Bool
    var base: Double
    /// Where the warm-up aims at.
    var goal: Double

    init(_ arguments: CallArguments, _ base: Double, isPrefix: Bool = false) throws(ScheduleError) {
      length = try arguments.whole("warmup_t", 0, atLeast: 0)
      first = try arguments.real("warmup_lr_init", 0)
      self.isPrefix = try arguments.flag("warmup_prefix", isPrefix)
      self.base = base
      goal = base
    }

    var notes: [String] {
      var notes: [String] = []
      if length > 0, first == 0 { notes.append("The warm-up is t/W: the first update has rate 0.") }
      return notes
    }

    /// A decay that goes on under the warm-up, so that the peak is not reached.
    var hiddenStart: [String] {
      length > 0 && !isPrefix
        ? ["warmup_prefix is off: the decay begins at step 0 under the warm-up, and the peak is never used."] : []
    }

    /// The rates: the warm-up, then `after` on its own clock. Before the first tick the constructor's rate is in force.
    func rates(
      notes: [String] = [], track: PieceTrack? = nil, _ after: @escaping @Sendable (Int) -> Double
    ) -> LibraryRates {
      let warmup = self
      var whole = track
      if length > 0 {
        whole = track.flatMap { track in
          isPrefix && goal == base
            ? PieceTrack([.linear(.steps(length), from: .at(first), to: .peak)] + track.pieces) : nil
        }
      }
      return LibraryRates(notes: self.notes + notes, twin: whole?.twin(peak: base)) { step in
        if step < warmup.length {
          return warmup.first + Double(step) * ((warmup.goal - warmup.first) / Double(warmup.length))
        }
        if step == 0 { return warmup.base }
        return after(warmup.isPrefix ? step - warmup.length : step)
      }
    }
  }

  /// The cycles of cosine, polynomial and tanh.
  private struct Cycles: Sendable {
    var length: Int
    var growth: Double
    var decay: Double
    var limit: Int
    var floor: Double

    init(_ arguments: CallArguments) throws(ScheduleError) {
      length = try arguments.whole("t_initial", atLeast: 1)
      growth = try arguments.real("cycle_mul", 1)
      decay = try arguments.real("cycle_decay", 1)
      limit = try arguments.whole("cycle_limit", 1)
      floor = try arguments.real("lr_min", 0)
      guard growth > 0, floor >= 0 else {
        throw arguments.error("\(arguments.call.name) needs cycle_mul above 0 and lr_min of 0 or more")
      }
    }

    /// The cycle, its length, the place in it; the rate within it comes from `curve(height, place, length)`.
    func rate(
      at step: Int, base: Double, _ curve: (_ height: Double, _ place: Double, _ length: Double) -> Double
    ) -> Double {
      let t = Double(step)
      let first = Double(length)
      let (index, span, place): (Double, Double, Double)
      if growth != 1 {
        index = (logarithm(1 - t / first * (1 - growth)) / logarithm(growth)).rounded(.down)
        span = power(growth, index) * first
        place = t - (1 - power(growth, index)) / (1 - growth) * first
      } else {
        index = Double(step / length)
        span = first
        place = Double(step - length * (step / length))
      }
      guard index < Double(limit) else { return floor }
      return floor + curve(base * power(decay, index) - floor, place, span)
    }

    var notes: [String] {
      growth == 1
        ? [] : ["Which cycle a step is in is floor(log(…)), which at an exact restart can be one too low."]
    }

    /// Cycles of one length or of whole multiples of it, if there are few, in our pieces; `piece` is given a length and a
    /// first rate.
    func track(base: Double, _ piece: (Length, Level) -> Piece) -> PieceTrack? {
      guard let growth = Int(exactly: growth), (1...32).contains(limit) else { return nil }
      // Beyond one, which cycle a step is in is up to a rounded logarithm.
      guard limit == 1 || growth == 1 else { return nil }
      let heights = (0..<limit).map { base * power(decay, Double($0)) }
      guard heights.allSatisfy({ $0 >= 0 }) else { return nil }
      let pieces = heights.map { piece(.steps(length), $0 == base ? .peak : .at($0)) }
      return PieceTrack(pieces + [.hold(at: .at(floor))])
    }
  }

  private static func cosineCurve(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments, base)
    let cycles = try Cycles(arguments)
    let k = try arguments.real("k_decay", 1)
    var track =
      k > 0
      ? cycles.track(base: base) {
        k == 1 ? .cosine($0, from: $1, to: .at(cycles.floor)) : .kCosine(k, $0, from: $1, to: .at(cycles.floor))
      } : nil
    let whole = cycles.length.multipliedReportingOverflow(by: max(cycles.limit, 1))
    if k == 1, cycles.growth == 1, cycles.floor == 0 || cycles.decay == 1, cycles.limit > 1, !whole.overflow {
      let restarts = Piece.restarts(
        .steps(cycles.length), decay: cycles.decay, .steps(whole.partialValue), from: .peak, to: .at(cycles.floor))
      track = PieceTrack(restarts, .hold(at: .at(cycles.floor)))
    }
    return warmup.rates(notes: warmup.hiddenStart + cycles.notes, track: track) { step in
      cycles.rate(at: step, base: base) { height, place, length in
        0.5 * height * (1 + cosine(.pi * power(place, k) / power(length, k)))
      }
    }
  }

  private static func polynomial(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments, base)
    let cycles = try Cycles(arguments)
    let k = try arguments.real("k_decay", 1)
    let exponent = try arguments.real("power", 0.5)
    let track =
      k > 0 && exponent > 0
      ? cycles.track(base: base) {
        k == 1
          ? .polynomial(exponent, $0, from: $1, to: .at(cycles.floor))
          : .kPolynomial(exponent, k: k, $0, from: $1, to: .at(cycles.floor))
      } : nil
    let notes = arguments.given("power") ? [] : ["The power is 0.5 by default."]
    return warmup.rates(notes: notes + warmup.hiddenStart + cycles.notes, track: track) { step in
      cycles.rate(at: step, base: base) { height, place, length in
        height * power(1 - power(place, k) / power(length, k), exponent)
      }
    }
  }

  private static func tanhCurve(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    var warmup = try Warmup(arguments, base)
    let cycles = try Cycles(arguments)
    let low = try arguments.real("lb", -7)
    let high = try arguments.real("ub", 3)
    guard low < high else { throw arguments.error("TanhLRScheduler needs lb below ub", at: arguments.place("lb")) }
    let after: @Sendable (Int) -> Double = { step in
      cycles.rate(at: step, base: base) { height, place, length in
        let p = place / length
        return 0.5 * height * (1 - hyperbolicTangent(low * (1 - p) + high * p))
      }
    }
    if warmup.length > 0, !warmup.isPrefix { warmup.goal = after(warmup.length) }
    // Without a warm-up the first update has the optimizer's rate, of which the curve falls a little short.
    let track =
      warmup.length == 0
      ? nil : cycles.track(base: base) { .tanh(first: low, last: high, $0, from: $1, to: .at(cycles.floor)) }
    return warmup.rates(notes: cycles.notes, track: track, after)
  }

  private static func step(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments, base, isPrefix: true)
    let length = try arguments.real("decay_t")
    let rate = try arguments.real("decay_rate", 1)
    guard length > 0 else {
      throw arguments.error("StepLRScheduler: decay_t must be above 0", at: arguments.place("decay_t"))
    }
    let track = Int(exactly: length).map { PieceTrack(.step(by: rate, every: .steps($0), from: .peak)) }
    let notes = arguments.given("decay_rate") ? [] : ["decay_rate is 1 by default: the rate never falls."]
    return warmup.rates(notes: notes, track: track) { step in
      base * power(rate, floorDivided(Double(step), length))
    }
  }

  private static func multiStep(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments, base, isPrefix: true)
    let milestones = try arguments.wholes("decay_t")
    let rate = try arguments.real("decay_rate", 1)
    var track: PieceTrack?
    if milestones == milestones.sorted(), milestones.allSatisfy({ $0 > 1 }) {
      let levels = ([1] + milestones).enumerated().map { index, place in
        (start: place - 1, value: base * power(rate, Double(index)))
      }
      track = .stairs(levels)
    }
    return warmup.rates(
      notes: ["MultiStepLRScheduler drops one step before each milestone (torch's MultiStepLR at it)."], track: track
    ) { step in
      // Python's bisect_right, which takes an order for granted.
      base * power(rate, Double(milestones.count { $0 <= step + 1 }))
    }
  }

  private static func stable(_ arguments: CallArguments, _ base: Double) throws(ScheduleError) -> LibraryRates {
    let warmup = try Warmup(arguments, base, isPrefix: true)
    let total = try arguments.whole("t_initial", atLeast: 1)
    let decay = try arguments.whole("decay_t", atLeast: 1)
    let floor = try arguments.real("lr_min", 0)
    let flat = try arguments.choice("stable_fn", "constant", of: ["constant", "rsqrt", "power"])
    let timescale = try arguments.real("stable_timescale", Double(warmup.length))
    let stablePower = flat == "rsqrt" ? 0.5 : try arguments.real("stable_power", 0.5)
    let fall = try arguments.choice("decay_fn", "1-sqrt", of: ["linear", "1-sqrt", "cosine", "power", "exp"])
    let decayPower = try arguments.real("decay_power", 0.5)
    let ratio = try arguments.real("decay_ratio", 0.1)
    guard decay <= total else {
      throw arguments.error("WSDLRScheduler: decay_t must be at most t_initial", at: arguments.place("decay_t"))
    }
    guard flat == "constant" || timescale > 0, ratio > 0, ratio < 1, decayPower > 0, stablePower > 0, floor >= 0 else {
      throw arguments.error(
        "WSDLRScheduler needs a positive stable_timescale (or warmup_t), powers above 0 and decay_ratio between 0 and 1"
      )
    }
    let length = Length.steps(decay)
    let end = Level.at(floor)
    let down: Piece? =
      switch fall {
      case "linear": .linear(length, from: .peak, to: end)
      case "1-sqrt": .oneMinusSqrt(length, from: .peak, to: end)
      case "cosine": .cosine(length, from: .peak, to: end)
      case "power": .kPolynomial(1, k: decayPower, length, from: .peak, to: end)
      default: nil
      }
    let track =
      flat == "constant" && base >= floor
      ? down.map { PieceTrack(.hold(.steps(total - decay), at: .peak), $0, .hold(at: end)) } : nil
    return warmup.rates(track: track) { step in
      let level = flat == "constant" ? 1 : power(1 + Double(step) / timescale, -stablePower)
      let rate = max(base * level, floor)
      let late = step - (total - decay)
      if late <= 0 { return rate }
      let p = min(Double(late) / Double(decay), 1)
      let weight: Double =
        switch fall {
        case "linear": 1 - p
        case "1-sqrt": 1 - p.squareRoot()
        case "cosine": 0.5 * (1 + cosine(.pi * p))
        case "power": 1 - power(p, decayPower)
        default: (power(ratio, p) - ratio) / (1 - ratio)
        }
      return floor + (rate - floor) * weight
    }
  }
}

/// tanh x from the e^2x − 1 at hand, accurate for small x.
func hyperbolicTangent(_ x: Double) -> Double {
  let e = exponentialMinusOne(-2 * abs(x))
  return (x < 0 ? 1 : -1) * e / (e + 2)
}
