/// What one call of a library comes to: its rates, what to know about them, and the same in our own words.
struct LibraryRates: Sendable {
  enum Source: Sendable {
    /// The rate is a function of the step.
    case closed(@Sendable (Int) -> Double)
    /// The rate is what each step makes of the one before.
    case recursion(TorchRun)
  }

  var source: Source
  var notes: [String] = []
  /// Our own schedule with the same rates.
  var twin: Twin?
  /// The same in pieces with absolute levels, so that it can be joined to others.
  var track: PieceTrack?

  init(
    notes: [String] = [], twin: Twin? = nil, track: PieceTrack? = nil, _ rate: @escaping @Sendable (Int) -> Double
  ) {
    source = .closed(rate)
    self.notes = notes
    self.twin = twin
    self.track = track
  }

  /// One after another, each on a clock that starts at its boundary, which belongs to the right one (Optax, MLX).
  init(joining parts: [LibraryRates], at boundaries: [Int], notes: [String] = []) {
    self.init(
      notes: notes + parts.flatMap(\.notes), track: .joined(parts.map(\.track), at: boundaries)
    ) { step in
      var local = step
      var index = 0
      for (next, boundary) in boundaries.enumerated() where step >= boundary {
        index = next + 1
        local = step - boundary
      }
      return parts[index].rate(at: local)
    }
  }

  init(_ run: TorchRun, notes: [String], twin: Twin?) {
    source = .recursion(run)
    self.notes = notes
    self.twin = twin
  }

  func rate(at step: Int) -> Double {
    switch source {
    case .closed(let rate): return rate(step)
    case .recursion(var run):
      for _ in 0..<step { run.advance() }
      return run.rate
    }
  }

  func rates(count: Int) -> [Double] {
    switch source {
    case .closed(let rate): return (0..<count).map(rate)
    case .recursion(var run):
      return (0..<count).map { step in
        if step > 0 { run.advance() }
        return run.rate
      }
    }
  }

  func equivalent(steps: Int?) -> Schedule? { (twin ?? track?.twin)?.schedule(steps: steps) }
}

/// A schedule of ours with a library's rates, and for how long it has them.
struct Twin: Sendable {
  var schedule: Schedule
  /// The run may have this many steps; nil: any number.
  var atMost: Int?
  /// The run must have just this many steps; nil: need not.
  var exactly: Int?
  /// One that has them for any number of steps, where ``atMost`` forbids the first.
  var longer: Schedule?

  init(_ schedule: Schedule, atMost: Int? = nil, exactly: Int? = nil) {
    self.schedule = schedule
    self.atMost = atMost
    self.exactly = exactly
  }

  /// A schedule without a problem, if the run's length allows it.
  func schedule(steps: Int?) -> Schedule? {
    var schedule = schedule
    if let atMost, steps.map({ $0 > atMost }) ?? true {
      guard let longer else { return nil }
      schedule = longer
    }
    if let exactly, steps != exactly { return nil }
    return schedule.problem == nil ? schedule : nil
  }
}
