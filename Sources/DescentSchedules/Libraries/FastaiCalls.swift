import DescentSpecs

/// fastai's schedule functions and the schedules of its fit methods (fastai/callback/schedule.py, 2.8): functions of the
/// position in the run, so they need the run's length. Within `combine_scheds` the position is a 32-bit float.
enum FastaiCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    Entry("SchedLin", ["start", "end"], make: single), Entry("SchedCos", ["start", "end"], make: single),
    Entry("SchedNo", ["start", "end"], make: single), Entry("SchedExp", ["start", "end"], make: single),
    Entry("SchedPoly", ["start", "end", "power"], make: single),
    Entry("combine_scheds", ["pcts", "scheds"], make: combined),
    Entry("combined_cos", ["pct", "start", "middle", "end"], make: twoCosines),
    Entry(
      "fit_one_cycle", ["n_epoch", "lr_max", "div", "div_final", "pct_start"], ignoring: ignored, make: oneCycle),
    Entry("fit_flat_cos", ["n_epoch", "lr", "div_final", "pct_start"], ignoring: ignored, make: flatCosine),
    Entry("fit_sgdr", ["n_cycles", "cycle_len", "lr_max", "cycle_mult"], ignoring: ignored, make: restarts),
  ]

  private static let ignored = ["wd", "moms", "cbs", "reset_opt", "start_epoch"]

  /// A value at a position from 0 to 1.
  private typealias Curve = @Sendable (Double) -> Double

  private static func rates(
    _ context: LibraryContext, _ name: String, notes: [String] = [], track: ((Int) -> PieceTrack?)? = nil,
    _ curve: @escaping Curve
  ) throws(ScheduleError) -> LibraryRates {
    guard let steps = context.steps else {
      throw ScheduleError("\(name) is a function of the position in the run: give the run's length (--steps)")
    }
    return LibraryRates(
      notes: ["A function of the position in the run; update t of \(steps) is at t/\(steps)."] + notes,
      track: track?(steps)
    ) { curve(min(Double($0) / Double(steps), 1)) }
  }

  private static func cosineBetween(_ start: Double, _ end: Double) -> Curve {
    { start + (1 + cosine(.pi * (1 - $0))) * (end - start) / 2 }
  }

  private static func curve(_ arguments: CallArguments) throws(ScheduleError) -> Curve {
    let start = try arguments.real("start")
    let end = try arguments.real("end")
    switch arguments.call.name {
    case "SchedLin": return { start + $0 * (end - start) }
    case "SchedCos": return cosineBetween(start, end)
    case "SchedNo": return { _ in start }
    case "SchedExp": return { start * power(end / start, $0) }
    default:
      let exponent = try arguments.real("power")
      return { start + (end - start) * power($0, exponent) }
    }
  }

  private static func single(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let start = Level.at(try arguments.real("start"))
    let end = Level.at(try arguments.real("end"))
    let name = arguments.call.name
    return try rates(
      context, name,
      track: { steps in
        switch name {
        case "SchedLin": PieceTrack(.linear(.steps(steps), from: start, to: end))
        case "SchedCos": PieceTrack(.cosine(.steps(steps), from: start, to: end))
        case "SchedNo": PieceTrack(.constant(at: start))
        case "SchedExp": PieceTrack(.geometric(.steps(steps), from: start, to: end))
        default: nil
        }
      }, try curve(arguments))
  }

  /// fastai's parts, whose boundaries and positions are 32-bit floats.
  private static func combined(_ shares: [Double], _ curves: [Curve]) -> Curve {
    var ends: [Float] = [0]
    var sum: Float = 0
    for share in shares {
      sum += Float(share)
      ends.append(sum)
    }
    let boundaries = ends
    return { position in
      let place = Float(position)
      var index = 0
      for (next, end) in boundaries.enumerated() where place >= end { index = next }
      index = min(index, curves.count - 1)
      let local = (place - boundaries[index]) / (boundaries[index + 1] - boundaries[index])
      return curves[index](Double(local))
    }
  }

  private static func combined(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let shares = try arguments.reals("pcts")
    var curves: [Curve] = []
    for element in try arguments.list("scheds") {
      guard case .call(let call) = element.value, call.name.hasPrefix("Sched"),
        let entry = table.first(where: { $0.name == call.name })
      else {
        throw context.error(
          "combine_scheds needs SchedLin, SchedCos and the like, not \(element.value.kind)", at: element.position)
      }
      curves.append(try curve(CallArguments(call, entry.parameters ?? [], in: context.text, at: element.position)))
    }
    guard !curves.isEmpty, shares.count == curves.count else {
      throw arguments.error("combine_scheds needs as many pcts as scheds", at: arguments.place("pcts"))
    }
    guard shares.allSatisfy({ $0 >= 0 }), shares.reduce(0, +) == 1 else {
      throw arguments.error(
        "combine_scheds: fastai insists that the pcts add up to 1 exactly, they make \(number(shares.reduce(0, +)))",
        at: arguments.place("pcts"))
    }
    return try rates(context, "combine_scheds", combined(shares, curves))
  }

  private static func cosines(_ share: Double, _ start: Double, _ middle: Double, _ end: Double) -> Curve {
    combined([share, 1 - share], [cosineBetween(start, middle), cosineBetween(middle, end)])
  }

  private static func twoCosines(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let curve = cosines(
      try arguments.real("pct"), try arguments.real("start"), try arguments.real("middle"), try arguments.real("end"))
    return try rates(context, "combined_cos", curve)
  }

  private static func peak(
    _ arguments: CallArguments, _ context: LibraryContext, _ name: String
  ) throws(ScheduleError) -> Double {
    if let peak = try arguments.optionalReal(name) ?? context.base { return peak }
    throw arguments.error("\(arguments.call.name) needs \(name), or the base rate (--lr)")
  }

  private static func oneCycle(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let peak = try peak(arguments, context, "lr_max")
    let share = try arguments.real("pct_start", 0.25)
    let curve = cosines(
      share, peak / (try arguments.real("div", 25)), peak, peak / (try arguments.real("div_final", 1e5)))
    return try rates(
      context, "fit_one_cycle", notes: ["div_final is relative to lr_max, torch's final_div_factor to the first rate."],
      curve)
  }

  private static func flatCosine(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let peak = try peak(arguments, context, "lr")
    let curve = cosines(
      try arguments.real("pct_start", 0.75), peak, peak, peak / (try arguments.real("div_final", 1e5)))
    return try rates(context, "fit_flat_cos", curve)
  }

  private static func restarts(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let count = try arguments.whole("n_cycles", atLeast: 1)
    let length = try arguments.whole("cycle_len", atLeast: 1)
    let growth = try arguments.whole("cycle_mult", 2, atLeast: 2)
    let peak = try peak(arguments, context, "lr_max")
    let total = Double(length) * (power(Double(growth), Double(count)) - 1) / Double(growth - 1)
    guard count <= 1000, total < 0x1p53 else { throw arguments.error("fit_sgdr is too long") }
    let shares = (0..<count).map { Double(length) * power(Double(growth), Double($0)) / total }
    guard shares.reduce(0, +) == 1 else {
      throw arguments.error("fit_sgdr: the cycles' shares do not add up to 1 exactly, on which fastai insists")
    }
    return try rates(
      context, "fit_sgdr", combined(shares, Array(repeating: cosineBetween(peak, 0), count: count)))
  }
}
