/// Fewest finite points a suggestion may rest on.
let fewestPoints = 10

let noFiniteLoss = NoSuggestion(
  kind: .noFiniteLoss, reason: "The loss is not a finite number from the first step on.",
  advice: "Check the data and the model's initial weights; if both are fine, start from a smaller rate.")

/// The curves no rate can be read from.
func refusal(curve: [CurvePoint], shape: CurveShape?, repeats: [RepeatResult]) -> NoSuggestion? {
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
        advice: "Try larger rates, up to \(brief(last * 1000)), or larger batches; if the loss still does not move, "
          + "check that the labels fit the inputs and that the model is not already trained.")
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
  // The first loss is of the weights as they were given. What never comes down to it again was blown up at once, however
  // far it falls from there.
  if let untouched = curve.first?.loss, shape.best > untouched {
    return NoSuggestion(
      kind: .divergedAtOnce, reason: "The loss rises from the first rate \(brief(first)) on.", advice: lowerStart)
  }
  if shape.climbStart == nil, shape.lowest >= curve.count - 1 - 2 * (automaticWindow(curve.count) / 2) {
    let cutShort = repeats.contains { $0.stopped == .dataExhausted || $0.stopped == .interrupted }
    return NoSuggestion(
      kind: .stillFalling, reason: "The loss is still falling at the largest rate tried, \(brief(last)).",
      advice: cutShort
        ? "The ramp was cut short: let it finish, with fewer steps or smaller batches if the data ran out."
        : "Raise the last rate, for instance to \(brief(last * 100)).")
  }
  return nil
}

/// Repeats whose minima lie too far apart (log₁₀ of rates).
func disagreement(_ logs: [Double]) -> NoSuggestion {
  let low = exp10(logs.min() ?? 0)
  let high = exp10(logs.max() ?? 0)
  return NoSuggestion(
    kind: .repeatsDisagree,
    reason: "The repeats put the lowest loss anywhere from \(brief(low)) to \(brief(high)).",
    advice: "Use more steps, larger batches or more repeats.")
}
