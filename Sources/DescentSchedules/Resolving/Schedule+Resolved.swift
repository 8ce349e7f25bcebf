extension Schedule {
  /// Lays the schedule over a run.
  ///
  /// - Parameters:
  ///   - peak: the peak of a schedule that has none of its own.
  ///   - horizon: the length of the run, and the facts that its lengths need.
  /// - Throws: ``ScheduleError`` if a peak is missing or given twice, a number is out of range, or a length needs a fact
  ///   (steps per epoch, tokens per step, batch size, seconds per step) that the horizon does not have.
  public func resolved(peak: Double? = nil, horizon: Horizon) throws(ScheduleError) -> ResolvedSchedule {
    if let problem { throw ScheduleError(problem) }
    let peak = try onePeak(peak)
    let run = try Clock(horizon)
    // Stretched by 2, the tracks' clock makes half as many steps.
    let planned = max((Double(horizon.steps) / modifiers.stretch).rounded(), 1)
    guard planned <= Double(Clock.largest) else {
      throw ScheduleError("the stretch makes the run longer than 2^53 steps")
    }
    let clock = modifiers.stretch == 1 ? run : try run.over(Int(planned))
    let forms: [Form] = if case .product(let factors) = form { factors } else { [form] }
    var layouts: [Layout] = []
    for (index, form) in forms.enumerated() {
      if index > 0 { try form.checkMultiplier() }
      layouts.append(try form.layout(peak: index == 0 ? peak : 1, clock: clock, after: modifiers.after))
    }
    let tracks = layouts.map { Factor(segments: $0.segments, end: $0.boundaries[$0.boundaries.count - 1]) }
    let dressing = try dressing(tracks, peak: peak, clock: run)
    return ResolvedSchedule(
      steps: horizon.steps, schedule: self, peak: peak, horizon: horizon, boundaries: layouts[0].boundaries,
      track: tracks[0], joins: layouts[0].joins, dressing: dressing)
  }

  private func dressing(_ tracks: [Factor], peak: Double, clock: Clock) throws(ScheduleError) -> Dressing? {
    if modifiers == Modifiers(), tracks.count == 1 { return nil }
    var shift = 0.0
    // Both are on the tracks' clock: a share of the run is the same share there.
    if let offset = modifiers.offset { shift += Double(try clock.steps(offset)) / modifiers.stretch }
    if let delay = modifiers.delay { shift -= Double(try clock.steps(delay)) / modifiers.stretch }
    var noise: Noise?
    if let jitter = modifiers.jitter {
      let from = try jitter.from.map { length throws(ScheduleError) in try clock.steps(length) } ?? 0
      let to = try jitter.to.map { length throws(ScheduleError) in try clock.steps(length) } ?? .max
      noise = Noise(
        amount: jitter.amount, isNormal: jitter.distribution == .normal, seed: jitter.seed, steps: from..<max(from, to))
    }
    let floor = modifiers.floor?.rate(peak: peak) ?? 0
    let ceiling = modifiers.ceiling?.rate(peak: peak) ?? .infinity
    guard floor <= ceiling else {
      throw ScheduleError("the floor \(number(floor)) lies above the ceiling \(number(ceiling))")
    }
    return Dressing(
      factors: Array(tracks.dropFirst()), end: tracks.map(\.end).max() ?? 0, after: modifiers.after,
      stretch: modifiers.stretch, shift: shift, noise: noise, floor: floor, ceiling: ceiling)
  }

  private func onePeak(_ outside: Double?) throws(ScheduleError) -> Double {
    switch (peak, outside) {
    case (let own?, nil): return own
    case (nil, let given?):
      guard given.isFinite, given >= 0 else {
        throw ScheduleError("the peak must be a number of 0 or more, it is \(number(given))")
      }
      return given
    case (let own?, let given?):
      throw ScheduleError(
        "the schedule has a peak of its own (\(number(own))) and another is given (\(number(given))); leave one out")
    case (nil, nil):
      throw ScheduleError(
        "\"\(self)\" is a multiplier and needs a peak: give one, or write it first, as in 0.1: \(self)")
    }
  }
}

extension Schedule.Form {
  fileprivate func layout(peak: Double, clock: Clock, after: AfterEnd) throws(ScheduleError) -> Layout {
    var layout = Layout(peak: peak, clock: clock)
    switch self {
    case .pieces(let pieces): try layout.append(pieces, after: after)
    case .oneCycle(let cycle): try layout.append(cycle, over: clock.horizon.steps, after: after)
    case .cyclic(let cycle): layout.append(cycle, over: clock.horizon.steps, after: after)
    case .product: throw ScheduleError("the factors of a product cannot be products")
    }
    return layout
  }

  /// A rate of its own means nothing in a multiplier.
  fileprivate func checkMultiplier() throws(ScheduleError) {
    if case .pieces(let pieces) = self, pieces.contains(where: \.hasAbsoluteLevel) {
      throw ScheduleError("only the first factor of a product may have absolute levels; the others are multipliers")
    }
  }
}

extension Piece {
  fileprivate var hasAbsoluteLevel: Bool {
    for case .absolute(let rate)? in [from, to] where rate != 0 { return true }
    switch shape {
    case .knots(let knots):
      return knots.knots.contains { if case .absolute(let rate) = $0.level { rate != 0 } else { false } }
    case .group(let group): return group.pieces.contains(where: \.hasAbsoluteLevel)
    default: return false
    }
  }
}
