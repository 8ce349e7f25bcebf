extension Schedule {
  /// The same curve with every place as a share of the run, so that it can be stretched to any length; itself where it is
  /// so already.
  ///
  /// - Parameters:
  ///   - horizon: the run whose curve it is.
  ///   - peak: in place of its own, if it has one. Levels that are rates of their own become shares of it where the curve
  ///     has to be drawn anew.
  /// - Returns: a schedule of shares; where one had to be drawn anew, straight lines between at most some 128 of its steps and
  ///   all its corners.
  /// - Throws: ``ScheduleError`` if it does not fit the run.
  public func inShares(of horizon: Horizon, peak: Double) throws(ScheduleError) -> Schedule {
    let whole = try replacingPeak(by: peak).resolved(horizon: horizon)
    if isInShares { return self }
    let steps = horizon.steps
    var marks = whole.breakpoints.filter { $0 > 0 && $0 < steps }
    if marks.count > 64 { marks = [] }
    return Schedule.drawn(rates: (0..<steps).map { whole.rate(at: $0) / peak }, breaks: marks)
  }

  /// The curve through these shares of a peak, one for each step of a run.
  ///
  /// - Parameters:
  ///   - rates: at least one.
  ///   - breaks: steps at which the curve turns or jumps.
  public static func drawn(rates: [Double], breaks: [Int] = []) -> Schedule {
    let last = rates.count - 1
    guard last > 0 else { return Schedule(.constant(at: .ofPeak(rates.first ?? 1))) }
    let most = 128
    let even = rates.count <= most ? Array(0...last) : (0...most).map { $0 * last / most }
    let steps = Set(even + breaks + breaks.map { $0 - 1 }).filter { rates.indices.contains($0) }.sorted()
    let knots = steps.map { step in
      Knots.Knot(.percent(100 * Double(step) / Double(rates.count)), .ofPeak(rates[step]))
    }
    return Schedule(.knots(.linear, knots))
  }

  /// The same shape under another peak.
  ///
  /// - Parameter peak: in parameter units per update unit; takes the place of the schedule's own, if it has one.
  public func replacingPeak(by peak: Double) -> Schedule {
    var other = self
    other.peak = peak
    return other
  }

  private var isInShares: Bool {
    let times = [modifiers.offset, modifiers.delay].compactMap(\.self)
    return form.isInShares && modifiers.stretch == 1 && times.allSatisfy(\.isShare)
  }
}

extension Schedule.Form {
  /// Whether all of it is told in shares of the run.
  fileprivate var isInShares: Bool {
    switch self {
    case .pieces(let pieces): pieces.allSatisfy { $0.length?.isShare != false && $0.shape.isInShares }
    case .oneCycle(let cycle): cycle.warmup.isShare
    case .cyclic: false
    case .product(let factors): factors.allSatisfy(\.isInShares)
    }
  }
}

extension Shape {
  fileprivate var isInShares: Bool {
    switch self {
    case .exponential(_, let every), .step(_, let every), .polynomialCycles(_, let every): every.isShare
    case .drop(_, let places): places.allSatisfy(\.isShare)
    case .knots(let knots): knots.knots.allSatisfy(\.place.isShare)
    case .restarts(let first, _, _): first.isShare
    case .power(_, let knee): knee.isShare
    case .inverseTime, .inverseSqrt, .noam, .chebyshev, .group: false
    default: true
    }
  }
}

extension Length {
  fileprivate var isShare: Bool { if case .percent = self { true } else { false } }
}
