extension Schedule {
  /// Lays the schedule over a run.
  ///
  /// - Parameters:
  ///   - peak: the peak of a schedule that has none of its own.
  ///   - horizon: the length of the run.
  /// - Throws: ``ScheduleError`` if a peak is missing or given twice, a number is out of range, or a length needs a fact
  ///   (steps per epoch, tokens per step) that the horizon does not have.
  public func resolved(peak: Double? = nil, horizon: Horizon) throws(ScheduleError) -> ResolvedSchedule {
    if let problem { throw ScheduleError(problem) }
    let peak = try onePeak(peak)
    let clock = try Clock(horizon)
    var layout = Layout(peak: peak, clock: clock)
    switch form {
    case .pieces(let pieces): try layout.append(pieces)
    case .oneCycle(let cycle): try layout.append(cycle, over: horizon.steps)
    case .cyclic(let cycle): layout.append(cycle, over: horizon.steps)
    }
    return ResolvedSchedule(
      steps: horizon.steps, schedule: self, peak: peak, boundaries: layout.boundaries, segments: layout.segments,
      joins: layout.joins)
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
