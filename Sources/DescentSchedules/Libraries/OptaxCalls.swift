import DescentSpecs

/// Optax' schedules (optax/schedules, 0.2.8): functions of the step, in 32-bit floats with JAX's default settings.
enum OptaxCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    Entry("constant_schedule", ["value"], make: constant),
    Entry("linear_schedule", ["init_value", "end_value", "transition_steps", "transition_begin"], make: polynomial),
    Entry(
      "polynomial_schedule", ["init_value", "end_value", "power", "transition_steps", "transition_begin"],
      make: polynomial),
    Entry("piecewise_constant_schedule", ["init_value", "boundaries_and_scales"], make: piecewiseConstant),
    Entry("exponential_decay", ["init_value"] + exponentialParameters, make: exponential),
    Entry("cosine_decay_schedule", ["init_value", "decay_steps", "alpha", "exponent"], make: cosineDecay),
    Entry(
      "piecewise_interpolate_schedule", ["interpolate_type", "init_value", "boundaries_and_scales"], make: interpolated),
    Entry(
      "linear_onecycle_schedule",
      ["transition_steps", "peak_value", "pct_start", "pct_final", "div_factor", "final_div_factor"], make: oneCycle),
    Entry(
      "cosine_onecycle_schedule", ["transition_steps", "peak_value", "pct_start", "div_factor", "final_div_factor"],
      make: oneCycle),
    Entry("warmup_constant_schedule", ["init_value", "peak_value", "warmup_steps"], make: warmupConstant),
    Entry("warmup_cosine_decay_schedule", warmupCosineParameters, make: warmupCosine),
    Entry(
      "warmup_exponential_decay_schedule", ["init_value", "peak_value", "warmup_steps"] + exponentialParameters,
      make: warmupExponential),
    Entry("sgdr_schedule", ["cosine_kwargs"], make: sgdr),
    Entry("join_schedules", ["schedules", "boundaries"], make: joined),
    .refused("reduce_on_plateau"),
  ]

  private static let exponentialParameters = [
    "transition_steps", "decay_rate", "transition_begin", "staircase", "end_value",
  ]
  private static let warmupCosineParameters = [
    "init_value", "peak_value", "warmup_steps", "decay_steps", "end_value", "exponent",
  ]

  private static func constant(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    SingleCurve.constant(try arguments.real("value")).rates
  }

  private static func polynomial(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let isLinear = arguments.call.name == "linear_schedule"
    return SingleCurve.polynomial(
      from: try arguments.real("init_value"), to: try arguments.real("end_value"),
      exponent: isLinear ? 1 : try arguments.real("power"), length: try arguments.whole("transition_steps"),
      begin: max(0, try arguments.whole("transition_begin", 0))
    ).rates
  }

  private static func piecewiseConstant(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("init_value")
    let scales = try checked(arguments)
    var levels = [(start: 0, value: first)]
    for (boundary, scale) in scales { levels.append((boundary, (levels.last?.value ?? first) * scale)) }
    return LibraryRates(track: scales.allSatisfy { $0.boundary > 0 } ? .stairs(levels) : nil) { step in
      var value = Float(first)
      for (boundary, scale) in scales where step >= boundary { value *= Float(scale) }
      return Double(value)
    }
  }

  private static func checked(
    _ arguments: CallArguments
  ) throws(ScheduleError) -> [(boundary: Int, scale: Double)] {
    let scales = try arguments.scales("boundaries_and_scales")
    guard scales.allSatisfy({ $0.scale >= 0 }) else {
      throw arguments.error(
        "\(arguments.call.name): the scales must be 0 or more", at: arguments.place("boundaries_and_scales"))
    }
    return scales
  }

  private static func exponentialCurve(
    _ arguments: CallArguments, from: Double
  ) throws(ScheduleError) -> SingleCurve {
    .exponential(
      from: from, rate: try arguments.real("decay_rate"), length: try arguments.whole("transition_steps"),
      begin: max(0, try arguments.whole("transition_begin", 0)), isStaircase: try arguments.flag("staircase", false),
      limit: try arguments.optionalReal("end_value"))
  }

  private static func exponential(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    try exponentialCurve(arguments, from: try arguments.real("init_value")).rates
  }

  private static func cosineDecay(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    try cosineCurve(
      arguments, from: try arguments.real("init_value"), length: try arguments.whole("decay_steps"),
      floor: try arguments.real("alpha", 0)
    ).rates
  }

  private static func cosineCurve(
    _ arguments: CallArguments, from: Double, length: Int, floor: Double
  ) throws(ScheduleError) -> SingleCurve {
    guard length > 0 else {
      throw arguments.error(
        "\(arguments.call.name) needs decay_steps above \(arguments.given("warmup_steps") ? "warmup_steps" : "0")",
        at: arguments.place("decay_steps"))
    }
    return .cosine(from: from, length: length, floor: floor, exponent: try arguments.real("exponent", 1))
  }

  private static func interpolated(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    guard arguments.given("interpolate_type") else {
      throw arguments.error("\(arguments.call.name) needs interpolate_type")
    }
    let isCosine = try arguments.choice("interpolate_type", "", of: ["linear", "cosine"]) == "cosine"
    return SingleKnots(
      first: try arguments.real("init_value"), scales: try checked(arguments), isCosine: isCosine
    ).rates()
  }

  private static func oneCycle(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let isCosine = arguments.call.name == "cosine_onecycle_schedule"
    let steps = try arguments.whole("transition_steps", atLeast: 1)
    let peak = try arguments.real("peak_value")
    let div = try arguments.real("div_factor", 25)
    let finalDiv = try arguments.real("final_div_factor", 1e4)
    func knot(_ share: Double) -> Int { Int(min(max(share * Double(steps), -0x1p52), 0x1p52)) }
    var scales = [knot(try arguments.real("pct_start", 0.3)): div]
    if isCosine {
      scales[steps] = 1 / (div * finalDiv)
    } else {
      scales[knot(try arguments.real("pct_final", 0.85))] = 1 / div
      scales[steps] = 1 / finalDiv
    }
    let last =
      "Ends at peak/(div_factor·final_div_factor)\(isCosine ? "" : ", not at peak/final_div_factor as documented")."
    return SingleKnots(
      first: peak / div, scales: scales.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, isCosine: isCosine
    ).rates(notes: ["The peak is at int(pct_start·transition_steps), one step after PyTorch's.", last])
  }

  // MARK: Joined

  private static let firstIsZero = "The warm-up is t/W: the first update has rate 0."

  private static func warmup(_ arguments: CallArguments) throws(ScheduleError) -> SingleCurve {
    .polynomial(
      from: try arguments.real("init_value"), to: try arguments.real("peak_value"), exponent: 1,
      length: try arguments.whole("warmup_steps"), begin: 0)
  }

  private static func notes(_ arguments: CallArguments) throws(ScheduleError) -> [String] {
    let isZero = try arguments.real("init_value") == 0
    return try arguments.whole("warmup_steps") > 0 && isZero ? [firstIsZero] : []
  }

  private static func warmupConstant(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    var rates = try warmup(arguments).rates
    rates.notes += try notes(arguments)
    return rates
  }

  private static func warmupCosine(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let warmupSteps = try arguments.whole("warmup_steps")
    let peak = try arguments.real("peak_value")
    let decay = try cosineCurve(
      arguments, from: peak, length: try arguments.whole("decay_steps") - warmupSteps,
      floor: peak == 0 ? 0 : try arguments.real("end_value", 0) / peak)
    return LibraryRates(
      joining: [try warmup(arguments).rates, decay.rates], at: [warmupSteps],
      notes: ["decay_steps counts the warm-up (Keras' does not)."] + (try notes(arguments)))
  }

  private static func warmupCosine(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    try warmupCosine(arguments)
  }

  private static func warmupExponential(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let decay = try exponentialCurve(arguments, from: try arguments.real("peak_value"))
    return LibraryRates(
      joining: [try warmup(arguments).rates, decay.rates], at: [try arguments.whole("warmup_steps")],
      notes: try notes(arguments))
  }

  private static func sgdr(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    var parts: [LibraryRates] = []
    var boundaries: [Int] = []
    for element in try arguments.list("cosine_kwargs") {
      let labelled = try context.labelled(element, "cosine_kwargs")
      let call = PythonCall(
        path: "warmup_cosine_decay_schedule",
        arguments: labelled.map { PythonArgument(label: $0.0, value: $0.1, position: $0.1.position) })
      let cycle = try CallArguments(call, warmupCosineParameters, in: context.text, at: element.position)
      parts.append(try warmupCosine(cycle))
      boundaries.append((boundaries.last ?? 0) + (try cycle.whole("decay_steps")))
    }
    guard !parts.isEmpty else { throw arguments.error("sgdr_schedule needs at least one cycle") }
    return LibraryRates(joining: parts, at: Array(boundaries.dropLast()))
  }

  private static func joined(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    var parts: [LibraryRates] = []
    for element in try arguments.list("schedules") {
      if let value = element.value.number {
        throw arguments.error(
          "join_schedules needs schedules: write constant_schedule(\(number(value)))", at: element.position)
      }
      parts.append(try context.rates(of: element, in: "join_schedules"))
    }
    let boundaries = try arguments.wholes("boundaries")
    guard !parts.isEmpty else { throw arguments.error("join_schedules needs at least one schedule") }
    var notes: [String] = []
    if boundaries.count != parts.count - 1 {
      notes = ["\(parts.count) schedules and \(boundaries.count) boundaries: Optax silently drops what is left over."]
    }
    let count = min(parts.count, boundaries.count + 1)
    return LibraryRates(
      joining: Array(parts.prefix(count)), at: Array(boundaries.prefix(count - 1)), notes: notes)
  }
}
