/// One hyper-parameter of one group over a run: where its value comes from and what is done to it. A pure function of
/// the step; evaluating it allocates nothing.
struct PlanTrack: Sendable, Hashable {
  enum Source: Sendable, Hashable {
    case constant(Double)
    case schedule(ResolvedSchedule)
    case inverse(RateFraction, from: Double, to: Double)
  }

  enum Change: Sendable, Hashable {
    case times(Double)
    /// Of the hyper-parameter of that name, for a batch κ times as large.
    case batch(BatchScaling, setting: String, kappa: Double)
    case coupled(power: Int, to: ResolvedSchedule, highest: Double)
  }

  var source: Source
  var changes: [Change] = []

  /// True if every step has the same value.
  var isConstant: Bool {
    guard case .constant = source else { return false }
    return !changes.contains { if case .coupled = $0 { true } else { false } }
  }

  func value(at step: Int) -> Double {
    var value: Double
    switch source {
    case .constant(let constant): value = constant
    case .schedule(let schedule): value = schedule.rate(at: step)
    case .inverse(let fraction, let from, let to): value = from + (to - from) * fraction.value(at: step)
    }
    for change in changes {
      switch change {
      case .times(let factor): value *= factor
      case .batch(let rule, let setting, let kappa): value = rule.scaled(value, setting: setting, by: kappa)
      case .coupled(let power, let schedule, let highest):
        value = Self.coupled(value, rate: schedule.rate(at: step), highest, power)
      }
    }
    return value
  }

  /// What the changes that hold at every step make of a rate.
  func changed(_ rate: Double) -> Double {
    var track = self
    track.source = .constant(rate)
    return track.value(at: 0)
  }

  /// Where the rate is 0 nothing moves, and a negative power would have no value: the value is left as it is.
  private static func coupled(_ value: Double, rate: Double, _ highest: Double, _ power: Int) -> Double {
    guard highest > 0 else { return value }
    let ratio = power > 0 ? rate / highest : highest / rate
    var result = value
    for _ in 0..<abs(power) { result *= ratio }
    return result.isFinite ? result : value
  }
}

/// How far the rate is between its lowest, 0, and its highest, 1.
struct RateFraction: Sendable, Hashable {
  private let schedule: ResolvedSchedule
  private let low: Double
  private let high: Double

  /// The extremes of the run, but of a one-cycle those of each phase, and of cycles the rates that they are given by, as
  /// PyTorch has them.
  init(_ rate: ResolvedSchedule) throws(ScheduleError) {
    switch rate.schedule.form {
    case .oneCycle(let cycle) where rate.schedule.isUnbounded:
      // The same way from almost nothing to 1 and back to almost nothing.
      var whole = cycle
      (whole.div, whole.finalDiv) = (1e300, 1)
      var twin = Schedule(peak: 1, form: .oneCycle(whole))
      twin.modifiers = rate.schedule.modifiers
      schedule = try twin.resolved(horizon: rate.horizon)
      (low, high) = (0, 1)
    case .cyclic(let cycle) where rate.schedule.isUnbounded:
      schedule = rate
      (low, high) = (cycle.low, rate.peak)
    default:
      schedule = rate
      (low, high) = (rate.minimum.rate, rate.maximum.rate)
    }
  }

  /// 1 all along for a constant rate.
  func value(at step: Int) -> Double {
    high > low ? (schedule.rate(at: step) - low) / (high - low) : 1
  }
}

extension Schedule {
  /// Whether nothing but time is changed by its modifiers.
  fileprivate var isUnbounded: Bool {
    modifiers.floor == nil && modifiers.ceiling == nil && modifiers.jitter == nil && modifiers.after != .zero
  }
}
