import DescentSpecs

/// Keras' schedules (keras/src/optimizers/schedules, 3.15): functions of the step, in 32-bit floats.
enum KerasCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    entry("ExponentialDecay", ["initial_learning_rate", "decay_steps", "decay_rate", "staircase"], exponential),
    entry("PiecewiseConstantDecay", ["boundaries", "values"], piecewiseConstant),
    entry(
      "PolynomialDecay", ["initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle"], polynomial),
    entry("InverseTimeDecay", ["initial_learning_rate", "decay_steps", "decay_rate", "staircase"], inverseTime),
    entry(
      "CosineDecay", ["initial_learning_rate", "decay_steps", "alpha", "name", "warmup_target", "warmup_steps"],
      cosineDecay),
    entry(
      "CosineDecayRestarts", ["initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha"], restarts),
    .refused("ReduceLROnPlateau"),
  ]

  private static func entry(
    _ name: String, _ parameters: [String],
    _ make: @escaping @Sendable (CallArguments) throws(ScheduleError) -> LibraryRates
  ) -> Entry {
    let parameters = parameters.contains("name") ? parameters : parameters + ["name"]
    return Entry(name, parameters) { arguments, _ throws(ScheduleError) in try make(arguments) }
  }

  private static func exponential(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    SingleCurve.exponential(
      from: try arguments.real("initial_learning_rate"), rate: try arguments.real("decay_rate"),
      length: try arguments.whole("decay_steps", atLeast: 1), begin: 0,
      isStaircase: try arguments.flag("staircase", false), limit: nil
    ).rates
  }

  private static func piecewiseConstant(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let boundaries = try arguments.wholes("boundaries")
    let values = try arguments.reals("values")
    guard !boundaries.isEmpty, values.count == boundaries.count + 1 else {
      throw arguments.error(
        "PiecewiseConstantDecay of \(values.count) values needs \(max(values.count - 1, 1)) boundaries, not "
          + "\(boundaries.count)", at: arguments.place("boundaries"))
    }
    let levels = zip([0] + boundaries.map { $0 + 1 }, values).map { (start: $0, value: $1) }
    let rises = zip(boundaries, boundaries.dropFirst()).allSatisfy { $0 <= $1 } && boundaries[0] >= 0
    return LibraryRates(
      notes: ["A boundary belongs to the left piece: the new value begins one step after it."],
      track: rises ? .stairs(levels) : nil
    ) { step in
      var value: Float = 0
      if step <= boundaries[0] { value += Float(values[0]) }
      if step > boundaries[boundaries.count - 1] { value += Float(values[values.count - 1]) }
      for index in boundaries.indices.dropLast() where step > boundaries[index] && step <= boundaries[index + 1] {
        value += Float(values[index + 1])
      }
      return Double(value)
    }
  }

  private static func polynomial(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let from = try arguments.real("initial_learning_rate")
    let length = try arguments.whole("decay_steps", atLeast: 1)
    let to = try arguments.real("end_learning_rate", 1e-4)
    let exponent = try arguments.real("power", 1)
    guard try arguments.flag("cycle", false) else {
      var rates = SingleCurve.polynomial(from: from, to: to, exponent: exponent, length: length, begin: 0).rates
      if !arguments.given("end_learning_rate") { rates.notes = ["The floor is end_learning_rate = 1e-4 unless given."] }
      return rates
    }
    let note = "With cycle=True the length grows to the next multiple of decay_steps, at which the rate is the floor."
    return LibraryRates(notes: [note]) { step in
      let t = Float(step)
      let multiple = step == 0 ? 1 : (t / Float(length)).rounded(.up)
      let p = t / (Float(length) * multiple)
      return Double((Float(from) - Float(to)) * power(1 - p, Float(exponent)) + Float(to))
    }
  }

  private static func inverseTime(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let from = try arguments.real("initial_learning_rate")
    let length = try arguments.whole("decay_steps", atLeast: 1)
    let rate = try arguments.real("decay_rate")
    let isStaircase = try arguments.flag("staircase", false)
    let track = isStaircase ? nil : PieceTrack(.inverseTime(rate / Double(length), from: .at(from)))
    return LibraryRates(track: track) { step in
      var p = Float(step) / Float(length)
      if isStaircase { p = p.rounded(.down) }
      return Double(Float(from) / (1 + Float(rate) * p))
    }
  }

  private static func cosineDecay(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("initial_learning_rate")
    let length = try arguments.whole("decay_steps", atLeast: 1)
    let floor = try arguments.real("alpha", 0)
    let warmup = try arguments.whole("warmup_steps", 0, atLeast: 0)
    guard let peak = try arguments.optionalReal("warmup_target") else {
      let notes = warmup > 0 ? ["Without warmup_target, warmup_steps has no effect."] : []
      var rates = SingleCurve.cosine(from: first, length: length, floor: floor, exponent: 1).rates
      rates.notes = notes
      return rates
    }
    let decay = SingleCurve.cosine(from: peak, length: length, floor: floor, exponent: 1).rates
    guard warmup > 0 else { return decay }
    let ramp = PieceTrack(.linear(.steps(warmup), from: .at(first), to: .at(peak)), .hold(at: .at(peak)))
    let rise = LibraryRates(track: ramp) { step in
      Double((Float(peak) - Float(first)) * (Float(step) / Float(warmup)) + Float(first))
    }
    let notes = first == 0 ? ["The warm-up is t/W: the first update has rate 0."] : []
    return LibraryRates(
      joining: [rise, decay], at: [warmup],
      notes: ["decay_steps does not count the warm-up (Optax' does)."] + notes)
  }

  private static func restarts(_ arguments: CallArguments) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("initial_learning_rate")
    let length = try arguments.whole("first_decay_steps", atLeast: 1)
    let growth = try arguments.real("t_mul", 2)
    let decay = try arguments.real("m_mul", 1)
    let floor = try arguments.real("alpha", 0)
    let note =
      "Which cycle a step is in is floor(log(…)/log(t_mul)) in float32, which at an exact restart can give the floor "
      + "instead of the peak."
    var track: PieceTrack?
    if growth == 1 {
      track = PieceTrack(
        .restarts(.steps(length), growth: growth, decay: decay, from: .at(first), to: .at(first * floor)))
    }
    return LibraryRates(notes: growth == 1 ? [] : [note], track: track) { step in
      let t = Float(growth)
      var place = Float(step) / Float(length)
      let cycle: Float
      if t == 1 {
        cycle = place.rounded(.down)
        place -= cycle
      } else {
        cycle = (logarithm(1 - place * (1 - t)) / logarithm(t)).rounded(.down)
        let sum = (1 - power(t, cycle)) / (1 - t)
        place = (place - sum) / power(t, cycle)
      }
      let wave = 0.5 * power(Float(decay), cycle) * (1 + cosine(.pi * place))
      return Double(Float(first) * ((1 - Float(floor)) * wave + Float(floor)))
    }
  }
}
