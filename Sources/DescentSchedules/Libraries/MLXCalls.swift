import DescentSpecs

/// MLX' schedules (mlx/optimizers/schedulers.py, 0.32; mlx-swift's are the same): functions of the step, in 32-bit floats.
enum MLXCalls {
  typealias Entry = LibraryContext.Entry

  static let table: [Entry] = [
    Entry("exponential_decay", ["init", "decay_rate"], make: exponential),
    Entry("step_decay", ["init", "decay_rate", "step_size"], make: step),
    Entry("cosine_decay", ["init", "decay_steps", "end"], make: cosineDecay),
    Entry("linear_schedule", ["init", "end", "steps"], make: linear),
    Entry("join_schedules", ["schedules", "boundaries"], make: joined),
  ]

  private static func exponential(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("init")
    let rate = try arguments.real("decay_rate")
    return LibraryRates(track: PieceTrack(.exponential(by: rate, from: .at(first)))) { step in
      Double(Float(first) * power(Float(rate), Float(step)))
    }
  }

  private static func step(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("init")
    let rate = try arguments.real("decay_rate")
    let size = try arguments.whole("step_size", atLeast: 1)
    return LibraryRates(track: PieceTrack(.step(by: rate, every: .steps(size), from: .at(first)))) { step in
      Double(Float(first) * power(Float(rate), Float(step / size)))
    }
  }

  private static func cosineDecay(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("init")
    let length = try arguments.whole("decay_steps", atLeast: 1)
    let end = try arguments.real("end", 0)
    let track = PieceTrack(.cosine(.steps(length), from: .at(first), to: .at(end)), .hold(at: .at(end)))
    return LibraryRates(track: track) { step in
      let wave = 0.5 * (1 + cosine(Float(.pi / Double(length)) * Float(min(step, length))))
      return Double(Float(end) + wave * Float(first - end))
    }
  }

  private static func linear(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    let first = try arguments.real("init")
    let end = try arguments.real("end")
    let length = try arguments.whole("steps", atLeast: 1)
    let track = PieceTrack(.linear(.steps(length), from: .at(first), to: .at(end)), .hold(at: .at(end)))
    let notes = first == 0 ? ["Starts at 0: the first update has rate 0."] : []
    return LibraryRates(notes: notes, track: track) { step in
      Double(Float(min(step, length)) * Float((end - first) / Double(length)) + Float(first))
    }
  }

  private static func joined(
    _ arguments: CallArguments, _ context: LibraryContext
  ) throws(ScheduleError) -> LibraryRates {
    var parts: [LibraryRates] = []
    for element in try arguments.list("schedules") {
      parts.append(try context.rates(of: element, in: "join_schedules"))
    }
    let boundaries = try arguments.wholes("boundaries")
    guard !parts.isEmpty, boundaries.count == parts.count - 1 else {
      throw arguments.error(
        "join_schedules of \(parts.count) schedules needs \(max(parts.count - 1, 0)) boundaries, not \(boundaries.count)",
        at: arguments.place("boundaries"))
    }
    return LibraryRates(joining: parts, at: boundaries)
  }
}
