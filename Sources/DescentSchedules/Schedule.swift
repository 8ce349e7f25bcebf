/// A learning-rate schedule as a value: what the rate does over a run, whatever the run's length.
///
/// ```swift
/// let schedule = try Schedule(parsing: "0.1: warmup 5% -> cosine to 1%")
/// let same = Schedule(peak: 0.1, .warmup(.percent(5)), .cosine(to: .percent(1)))
/// let rates = try same.resolved(horizon: Horizon(steps: 1000))
/// rates.rate(at: 500)
/// ```
///
/// Piece i owns the steps [bᵢ, bᵢ₊₁); boundaries are rounded half up on the cumulative sum of the lengths. After the
/// last piece its end value holds. A schedule without a peak is a multiplier.
public struct Schedule: Sendable {
  /// What a schedule is made of.
  public enum Form: Sendable, Hashable {
    case pieces([Piece])
    case oneCycle(OneCycle)
    case cyclic(Cyclic)
    /// Laid over the run each on its own and multiplied: the first has the schedule's peak, the others are multipliers.
    case product([Form])
  }

  /// The rate that levels are measured by; nil: a multiplier, which needs a peak from outside.
  public var peak: Double?
  public private(set) var form: Form
  /// What is done to the whole: time, what comes after the end, jitter, bounds.
  public var modifiers = Modifiers()

  /// What the reader of a text found worth a note; no part of the schedule's identity.
  var readingNotes: [LintFinding] = []

  public init(peak: Double? = nil, _ pieces: Piece...) {
    self.init(peak: peak, form: .pieces(pieces))
  }

  public init(peak: Double? = nil, _ pieces: [Piece]) {
    self.init(peak: peak, form: .pieces(pieces))
  }

  public init(peak: Double?, form: Form) {
    self.peak = peak
    self.form = form
  }

  /// One-cycle over the whole run.
  public static func oneCycle(peak: Double? = nil, _ cycle: OneCycle = OneCycle()) -> Schedule {
    Schedule(peak: peak, form: .oneCycle(cycle))
  }

  /// Triangular cycles up to `high`, over the whole run.
  public static func cyclic(high: Double, _ cycle: Cyclic) -> Schedule {
    Schedule(peak: high, form: .cyclic(cycle))
  }

  /// This schedule followed by `piece`. One-cycle and cyclic take the whole run: nothing follows them, they come back
  /// unchanged.
  public func then(_ piece: Piece) -> Schedule {
    guard case .pieces(let pieces) = form else { return self }
    var longer = self
    longer.form = .pieces(pieces + [piece])
    return longer
  }

  /// What is wrong with the schedule, whatever the run; nil: nothing.
  var problem: String? {
    if let peak, !(peak.isFinite && peak >= 0) {
      return "the peak must be a number of 0 or more, it is \(number(peak))"
    }
    return form.problem ?? modifiers.problem
  }
}

extension Schedule.Form {
  /// What is wrong with it, whatever the run; nil: nothing.
  var problem: String? {
    switch self {
    case .oneCycle(let cycle): return cycle.problem
    case .cyclic(let cycle): return cycle.problem
    case .pieces(let pieces): return piecesProblem(pieces)
    case .product(let factors):
      if factors.isEmpty { return "a product needs at least one factor" }
      for factor in factors {
        if case .product = factor { return "the factors of a product cannot be products" }
        if let problem = factor.problem { return problem }
      }
      return nil
    }
  }
}

extension Schedule: Hashable {
  public static func == (a: Schedule, b: Schedule) -> Bool {
    a.peak == b.peak && a.form == b.form && a.modifiers == b.modifiers
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(peak)
    hasher.combine(form)
    hasher.combine(modifiers)
  }
}
