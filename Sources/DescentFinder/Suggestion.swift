/// What becomes of the learning rate over the run the suggestion is for.
public enum ScheduleKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// It stays as it is (after a warm-up, perhaps).
  case constant
  /// It falls to a small part of its peak: cosine, linear, 1-sqrt, steps.
  case decaying

  /// The suggestion is the rate at the lowest smoothed loss divided by this.
  ///
  /// Measured on 12 cells (6 small tasks × SGD with momentum, AdamW; 400 steps, oracle on a quarter-decade grid;
  /// `Scripts/fixtures/finder-divisor.py`), minimum of the zero-lag smoothed curve, geometric mean of 3 repeats: for
  /// a cosine decay mean regret .109 .023 .016 .014 .023 .047 at divisors 1 2 3 4 6 10; for a constant rate .440 .098
  /// .078 .079 .076 .045. Regret is (L(s) − L*)/(L_initial − L*). A constant rate has to be lower because nothing
  /// averages its noise away at the end. Other tools' "minimum / 10" divides the minimum of a lagging average, which
  /// lies further right: the two divisors are not comparable.
  public var divisor: Double {
    switch self {
    case .constant: 10
    case .decaying: 3
    }
  }
}

/// A learning rate with the interval it is known to.
public struct Suggestion: Sendable, Hashable, Codable {
  /// low ≤ rate ≤ high, in parameter units per update unit; high never exceeds the ceiling.
  public var rate: Double
  public var low: Double
  public var high: Double
  /// In words: what the rate and its interval rest on.
  public var basis: String

  public init(rate: Double, low: Double, high: Double, basis: String) {
    self.rate = rate
    self.low = low
    self.high = high
    self.basis = basis
  }
}

/// Why there is no suggestion. An outcome, not an error.
public struct NoSuggestion: Sendable, Hashable, Codable {
  /// The kinds of curve no rate can be read from.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case noFiniteLoss = "no-finite-loss"
    case tooFewPoints = "too-few-points"
    case divergedAtOnce = "diverged-at-once"
    case flat
    case climbsWithoutFalling = "climbs-without-falling"
    case stillFalling = "still-falling"
    case repeatsDisagree = "repeats-disagree"
  }

  public var kind: Kind
  /// One sentence.
  public var reason: String
  /// The next thing to try.
  public var advice: String

  public init(kind: Kind, reason: String, advice: String) {
    self.kind = kind
    self.reason = reason
    self.advice = advice
  }
}

/// Fewest finite points a suggestion may rest on.
let fewestPoints = 10
/// Error of the rule itself, in decades: this far either way covered the best rate in 7 of the 12 measured cells for
/// either kind of schedule (standard deviation .53 and .61).
private let ruleError = 0.5
/// Standard deviation of log₁₀ of the repeats' minima above which they are said to disagree; .42 was the worst seen
/// in a pilot.
private let widestSpread = 0.75

/// The suggestion from a combined curve and the repeats behind it.
func suggest(
  curve: [CurvePoint], shape: CurveShape?, repeats: [RepeatResult], scheduleKind: ScheduleKind
) -> Result<Suggestion, NoSuggestion> {
  if let refusal = refusal(curve: curve, shape: shape) { return .failure(refusal) }
  guard let shape else { return .failure(noFiniteLoss) }
  let minima = repeats.compactMap { result -> Double? in
    guard let own = CurveShape(result.curve, blewUp: result.stopped.isBlowUp), own.finiteCount >= fewestPoints,
      own.descentStart != nil
    else { return nil }
    return log10(result.curve[own.lowest].rate)
  }
  let logs = minima.isEmpty ? [log10(curve[shape.lowest].rate)] : minima
  let mean = logs.reduce(0, +) / Double(logs.count)
  let spread = standardDeviation(logs)
  if let spread, spread > widestSpread { return .failure(disagreement(logs)) }

  let ceiling = shape.climbStart.map { curve[$0].rate }
  let divided = mean - log10(scheduleKind.divisor)
  let halfWidth = (ruleError * ruleError + (spread ?? 0) * (spread ?? 0) / Double(logs.count)).squareRoot()
  let limit = ceiling ?? .infinity
  let rate = min(exp10(divided), limit)
  let suggestion = Suggestion(
    rate: rate, low: min(exp10(divided - halfWidth), rate), high: max(rate, min(exp10(divided + halfWidth), limit)),
    basis: basis(mean: mean, logs: logs, spread: spread, kind: scheduleKind, halfWidth: halfWidth, ceiling: ceiling))
  return .success(suggestion)
}

extension NoSuggestion: Error {}

private let noFiniteLoss = NoSuggestion(
  kind: .noFiniteLoss, reason: "The loss is not a finite number from the first step on.",
  advice: "Check the data and the model's initial weights; if both are fine, start from a smaller rate.")

/// The curves no rate can be read from.
private func refusal(curve: [CurvePoint], shape: CurveShape?) -> NoSuggestion? {
  guard let shape, let first = curve.first?.rate, let last = curve.last?.rate else { return noFiniteLoss }
  let lowerStart = "Start from a smaller rate, for instance \(brief(first / 1000))."
  let climbsEarly = shape.climbStart.map { $0 < max(3, curve.count / 10) } ?? false
  if shape.finiteCount < fewestPoints {
    if shape.climbStart != nil {
      return NoSuggestion(
        kind: .divergedAtOnce,
        reason: "The loss blew up within \(shape.finiteCount) steps of the first rate \(brief(first)).",
        advice: lowerStart)
    }
    return NoSuggestion(
      kind: .tooFewPoints,
      reason: "The curve has \(shape.finiteCount) finite points; a suggestion needs at least \(fewestPoints).",
      advice: "Run more steps; 100 is usual.")
  }
  if shape.descentStart == nil || shape.lowest < 3 {
    guard let climb = shape.climbStart else {
      return NoSuggestion(
        kind: .flat,
        reason: "The loss never falls by more than its noise between \(brief(first)) and \(brief(last)).",
        advice:
          "Try larger rates, up to \(brief(last * 1000)), or larger batches; if the loss still does not move, check that "
          + "the labels fit the inputs and that the model is not already trained.")
    }
    if climbsEarly {
      return NoSuggestion(
        kind: .divergedAtOnce, reason: "The loss rises from the first rate \(brief(first)) on.", advice: lowerStart)
    }
    return NoSuggestion(
      kind: .climbsWithoutFalling,
      reason: "The loss climbs at \(brief(curve[climb].rate)) without having fallen by more than its noise.",
      advice: "The model may be trained already, or the steps too few or too noisy: try more steps or larger batches.")
  }
  if shape.climbStart == nil, shape.lowest >= curve.count - 1 - 2 * (automaticWindow(curve.count) / 2) {
    return NoSuggestion(
      kind: .stillFalling, reason: "The loss is still falling at the largest rate tried, \(brief(last)).",
      advice: "Raise the last rate, for instance to \(brief(last * 100)).")
  }
  return nil
}

private func disagreement(_ logs: [Double]) -> NoSuggestion {
  let low = exp10(logs.min() ?? 0)
  let high = exp10(logs.max() ?? 0)
  return NoSuggestion(
    kind: .repeatsDisagree,
    reason: "The repeats put the lowest loss anywhere from \(brief(low)) to \(brief(high)).",
    advice: "Use more steps, larger batches or more repeats.")
}

private func basis(
  mean: Double, logs: [Double], spread: Double?, kind: ScheduleKind, halfWidth: Double, ceiling: Double?
) -> String {
  let passes = logs.count == 1 ? "one pass" : "\(logs.count) repeats (geometric mean)"
  let agreement = spread.map { "they differ by \(brief($0)) decades" } ?? "with one pass their spread is unknown"
  let top =
    ceiling.map { "the loss climbs for good from \(brief($0))" }
    ?? "the loss never climbs for good, so no ceiling is known"
  return "Smoothed loss lowest at \(brief(exp10(mean))) over \(passes), divided by \(brief(kind.divisor)) for a "
    + "\(kind.rawValue) schedule; \(agreement); interval \(brief(halfWidth)) decades either way, which held the best "
    + "rate in 7 of 12 small tasks; \(top)."
}

/// The sample standard deviation; nil below two values.
private func standardDeviation(_ values: [Double]) -> Double? {
  guard values.count >= 2 else { return nil }
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count - 1)).squareRoot()
}
