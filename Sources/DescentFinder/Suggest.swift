/// Error of the rule itself, in decades: this far either way covered the best rate in 7 of the 12 measured cells for
/// either kind of schedule (standard deviation .53 and .61).
private let ruleError = 0.5
/// Standard deviation of log₁₀ of the repeats' minima above which they are said to disagree; .68 was the widest of
/// the 12 measured cells.
private let widestSpread = 0.75

/// The suggestion from a combined curve and the repeats behind it.
func suggest(
  curve: [CurvePoint], shape: CurveShape?, repeats: [RepeatResult], scheduleKind: ScheduleKind
) -> Result<Suggestion, NoSuggestion> {
  if let refusal = refusal(curve: curve, shape: shape, repeats: repeats) {
    guard refusal.kind == .climbsWithoutFalling, let climb = shape?.climbStart else { return .failure(refusal) }
    return .success(belowClimb(curve[climb].rate, scheduleKind))
  }
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

/// Where the ramp shows no fall beyond its noise, the climb alone says something: the best rate is below it, and for what
/// learns slowly not far below.
private func belowClimb(_ climb: Double, _ kind: ScheduleKind) -> Suggestion {
  Suggestion(
    rate: climb / kind.climbDivisor, low: climb / 30, high: climb,
    basis:
      "The loss climbs for good from \(brief(climb)) without having fallen by more than its noise, so that only the "
      + "ceiling is known; the rate is the ceiling divided by \(brief(kind.climbDivisor)) for a \(kind.rawValue) "
      + "schedule. More steps or larger batches would tell more.")
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

// So that a refusal can be the failure of a `Result`; it is never thrown.
extension NoSuggestion: Error {}
