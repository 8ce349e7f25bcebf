/// What else is known of a training whose sharpness was tracked, as far as advice depends on it.
public struct EdgeSituation: Sendable, Hashable {
  /// Whether steps take fewer rows than there are.
  public var usesMiniBatches = false
  /// Batch Sharpness over 2/η, of late; nil where it was not measured.
  public var batchRatio: Double?
  /// β of heavy-ball momentum, 0 … 1; 0: none.
  public var momentum = 0.0
  /// Whether the rule rescales the gradient, as Adam does.
  public var rescales = false
  /// Whether weights decay.
  public var decaysWeights = false
  /// Whether the loss is a cross-entropy, whose curvature goes as its rows are fitted.
  public var isCrossEntropy = false
  /// Whether it diverged.
  public var hasDiverged = false

  public init() {}

  /// Batch Sharpness over the line it approaches: 2/η, with heavy-ball momentum and small batches 2·(1 − β)/η.
  public var batchLineRatio: Double? { batchRatio.map { $0 / max(1 - momentum, 1e-12) } }
}

/// One thing to do or to know, with the number of its rule in the table of the documentation.
public struct EdgeAdvice: Sendable, Hashable, Codable {
  /// R1 … R13.
  public var rule: String
  /// One or two sentences.
  public var text: String

  public init(rule: String, text: String) {
    self.rule = rule
    self.text = text
  }
}

extension EdgeRecord {
  /// What follows from the measurements, the most important first.
  ///
  /// - Parameter situation: what else is known of the training.
  public func advice(in situation: EdgeSituation) -> [EdgeAdvice] {
    guard let first = measurements.first, first.threshold.isFinite else { return [] }
    let jump = jumpAdvice(situation)
    return
      ([
        verdictAdvice(situation), jump ?? startAdvice(first, situation), cutAdvice(), batchAdvice(situation),
        decayAdvice(situation),
      ] as [EdgeAdvice?]).compactMap(\.self)
  }

  private var largestRatio: Double { measurements.map(\.ratio).filter(\.isFinite).max() ?? 0 }

  private var last: EdgeMeasurement { measurements[measurements.count - 1] }

  /// R1: where it stands.
  private func verdictAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    let text: String? =
      switch situation.hasDiverged ? .beyond : verdict {
      // Of mini-batches Batch Sharpness is the judge.
      case .below where situation.usesMiniBatches, .approaching where situation.usesMiniBatches: nil
      // A rate that fell towards 0 says nothing of what its peak did.
      case .below where largestRatio >= 0.5:
        "ρ was \(short(largestRatio)) at most, before the rate or the sharpness fell."
      case .below where summary.crossingStep == nil && !situation.isCrossEntropy && !situation.decaysWeights:
        "ρ is below 0.5: the rate is stable and could be larger."
      case .below: "ρ is below 0.5: this rate is stable here."
      case .approaching: "Sharpness may go on rising: train longer to see whether it comes to the edge."
      case .atEdge:
        "This is the normal regime of training at a useful rate: single losses that rise are no fault, and the rate needs "
          + "no cut."
      case .beyond: "Cut the rate, or let it rise more slowly."
      case .unknown, .noThreshold: nil
      }
    return text.map { EdgeAdvice(rule: "R1", text: $0) }
  }

  /// R2, R4, R6: what the first measurement says of the rate to begin with.
  private func startAdvice(_ first: EdgeMeasurement, _ situation: EdgeSituation) -> EdgeAdvice? {
    let safe = short(first.learningRate / first.ratio)
    if situation.rescales {
      guard first.step <= 20, first.ratio > 1 else { return nil }
      return EdgeAdvice(
        rule: "R6",
        text:
          "At step \(first.step) ρ was \(short(first.ratio)): the squared gradients the rule divides by have hardly been "
          + "gathered yet. It passes by itself at usable rates; a warm-up removes it.")
    }
    guard first.ratio > 0, first.step == 0, first.ratio > 1 || !situation.usesMiniBatches else { return nil }
    if first.ratio > 1 {
      return EdgeAdvice(
        rule: "R4",
        text:
          "Training began at ρ = \(short(first.ratio)), beyond the edge: warm up, from \(safe) on, until sharpness has "
          + "fallen.")
    }
    guard situation.hasDiverged || (verdict == .below && summary.crossingStep == nil) else { return nil }
    return EdgeAdvice(
      rule: "R2", text: "At the start ρ = 1 would have been a rate of \(safe): a safe start, not a ceiling.")
  }

  /// R5: a rate raised faster than sharpness can fall.
  private func jumpAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    guard situation.hasDiverged || verdict == .beyond else { return nil }
    let lowest = measurements.map(\.learningRate).min() ?? 0
    guard lowest < 0.9 * last.learningRate else { return nil }
    return EdgeAdvice(
      rule: "R5",
      text: "The rate rose faster than sharpness could fall: let it rise over more steps, while ρ stays below 1.1.")
  }

  /// R7: sharpness follows a rate that was cut, and then held.
  private func cutAdvice() -> EdgeAdvice? {
    let rates = measurements.map(\.learningRate)
    guard
      let after = rates.indices.dropFirst().first(where: {
        rates[$0] < 0.7 * rates[$0 - 1] && $0 + 5 < rates.count && rates[$0 + 5] > 0.9 * rates[$0]
      })
    else { return nil }
    return EdgeAdvice(
      rule: "R7",
      text: "After the cut of the rate at step \(measurements[after].step) expect sharpness to climb to the new line; "
        + "raise the rate again over some hundred steps, never in one.")
  }

  /// R9, R10: what is to be compared with which line.
  private func batchAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    guard situation.usesMiniBatches else { return nil }
    guard let ratio = situation.batchLineRatio else {
      guard !situation.hasDiverged, verdict == .below || verdict == .approaching else { return nil }
      return EdgeAdvice(
        rule: "R9",
        text: "With mini-batches the sharpness over all rows settles below the line: that is no reason by itself to "
          + "raise the rate.")
    }
    let room =
      ratio >= 0.95
      ? " If the loss makes no progress either, take larger batches or a lower rate."
      : ratio < 0.5 ? " The rate could be larger." : ""
    if situation.momentum > 0 {
      return EdgeAdvice(
        rule: "R10",
        text:
          "With momentum and small batches compare Batch Sharpness with 2·(1 − β)/η, of late \(short(ratio)) of it; "
          + "the threshold above holds for large batches.\(room)")
    }
    return EdgeAdvice(
      rule: "R9",
      text:
        "With mini-batches compare Batch Sharpness with 2/η, of late \(short(ratio)) of it; the sharpness over all rows "
        + "settles lower.\(room)")
  }

  /// R11: where staying below the line is expected.
  private func decayAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    guard summary.crossingStep == nil, !situation.hasDiverged, situation.decaysWeights || situation.isCrossEntropy,
      !situation.usesMiniBatches || situation.batchRatio != nil
    else {
      return nil
    }
    return EdgeAdvice(
      rule: "R11",
      text: (situation.isCrossEntropy
        ? "With cross-entropy the curvature goes as the rows are fitted" : "Weight decay holds sharpness down")
        + ": staying below the line is expected, and no reason by itself to raise the rate.")
  }
}

/// Three significant digits.
private func short(_ x: Double) -> String {
  guard x.isFinite, x != 0 else { return "\(x)" }
  var scale = 1.0
  while abs(x) * scale < 100 { scale *= 10 }
  while abs(x) * scale >= 1000 { scale /= 10 }
  let value = (x * scale).rounded() / scale
  return value.rounded() == value && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}
