/// What a run may become after it has begun. The new schedule is a value like any other; before the step at which it
/// parts from the old one its rates are the same bits, which ``ResolvedSchedule/commonPrefix(with:)`` proves.
extension Schedule {
  /// The first `step` updates as planned for `horizon`, then `pieces` on a run of any length: a cool-down branched off, or
  /// a second warm-up. The pieces start at the rate that would have come next.
  ///
  /// - Throws: ``ScheduleError`` for anything but a sequence, and where time is stretched, moved or repeated.
  public func branched(at step: Int, of horizon: Horizon, _ pieces: Piece...) throws(ScheduleError) -> Schedule {
    try branched(at: step, of: horizon, pieces)
  }

  /// The same with the pieces in an array.
  public func branched(at step: Int, of horizon: Horizon, _ pieces: [Piece]) throws(ScheduleError) -> Schedule {
    let own = try sequence("branched")
    guard step >= 0 else { throw ScheduleError("a branch begins at step 0 or later, not at \(step)") }
    var branch = Schedule(peak: peak, [.laid(over: horizon.steps, own, .steps(step))] + pieces)
    branch.modifiers = modifiers
    return branch
  }

  /// For a longer (or shorter) run, without a jump: as planned for `horizon` before `step`; then the last piece's shape
  /// goes from the rate that it has there to the same level at the new end.
  ///
  /// Lay it over a horizon of the new length. A last piece that goes its own way (exponential, inverse-sqrt …) just goes
  /// on, the schedule being ``pinned(to:)`` the old horizon.
  public func extended(at step: Int, of horizon: Horizon) throws(ScheduleError) -> Schedule {
    let own = try sequence("extended")
    guard let last = own.last, last.shape.ends == .interpolates, !last.shape.isWarmup else {
      return try pinned(to: horizon)
    }
    let boundaries = try Clock(horizon).boundaries(own.map(\.length))
    let start = boundaries[boundaries.count - 2]
    guard step >= start else {
      throw ScheduleError(
        "the last piece begins at step \(start), after step \(step); extend from there on, or branch at \(step)")
    }
    return try branched(at: step, of: horizon, [Piece(last.shape, nil, to: last.to, edge: last.edge)])
  }

  /// All lengths of the sequence and places of drops and knots in steps as they are over `horizon`; the last piece has no
  /// length and takes what is left of a longer run.
  public func pinned(to horizon: Horizon) throws(ScheduleError) -> Schedule {
    let own = try sequence("pinned")
    let clock = try Clock(horizon)
    let boundaries = try clock.boundaries(own.map(\.length))
    var pieces: [Piece] = []
    for (index, piece) in own.enumerated() {
      let length = index + 1 == own.count ? nil : Length.steps(boundaries[index + 1] - boundaries[index])
      pieces.append(
        Piece(try piece.shape.pinned(clock), length, from: piece.from, to: piece.to, edge: piece.edge))
    }
    var pinned = Schedule(peak: peak, pieces)
    pinned.modifiers = modifiers
    return pinned
  }

  /// From `step` on a second warm-up of `length` from 0 is laid over the schedule, which itself goes on as planned: after
  /// a change of data or a lost optimizer state.
  public func rewarmed(at step: Int, over length: Length) -> Schedule {
    times(.hold(.steps(max(step, 0)), at: .peak), .warmup(length, from: .zero), .hold())
  }

  private func sequence(_ done: String) throws(ScheduleError) -> [Piece] {
    guard case .pieces(let pieces) = form else {
      throw ScheduleError("only a sequence of pieces can be \(done), not \"\(self)\"")
    }
    guard !modifiers.changesTime, modifiers.after == .hold else {
      throw ScheduleError("a schedule whose time is stretched, moved or repeated cannot be \(done)")
    }
    if let problem { throw ScheduleError(problem) }
    return pieces
  }
}

extension Shape {
  fileprivate func pinned(_ clock: Clock) throws(ScheduleError) -> Shape {
    switch self {
    case .drop(let factor, let places):
      var steps: [Length] = []
      for place in places { steps.append(.steps(try clock.steps(place))) }
      return .drop(factor: factor, at: steps)
    case .knots(var knots):
      for index in knots.knots.indices {
        knots.knots[index].place = .steps(try clock.steps(knots.knots[index].place))
      }
      return .knots(knots)
    case .step(let factor, let every): return .step(factor: factor, every: .steps(try clock.steps(every)))
    case .polynomialCycles(let power, let every):
      return .polynomialCycles(power: power, every: .steps(try clock.steps(every)))
    case .restarts(let first, let growth, let decay):
      return .restarts(first: .steps(try clock.steps(first)), growth: growth, decay: decay)
    case .exponential(let factor, .percent(let share)):
      return .exponential(factor: factor, every: try Self.whole(.percent(share), clock))
    case .power(let exponent, .percent(let share)):
      return .power(exponent: exponent, knee: try Self.whole(.percent(share), clock))
    default: return self
    }
  }

  private static func whole(_ length: Length, _ clock: Clock) throws(ScheduleError) -> Length {
    let steps = try clock.exactSteps(length, "a length")
    guard let whole = Int(exactly: steps) else {
      throw ScheduleError("\(length) of the run is \(number(steps)) steps, which no length in steps can say")
    }
    return .steps(whole)
  }
}
