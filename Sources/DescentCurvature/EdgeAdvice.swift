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
    let mean = summary.meanRatio
    return
      ([
        verdictAdvice(situation), startAdvice(first, situation), jumpAdvice(situation), cutAdvice(),
        situation.usesMiniBatches ? batchAdvice(situation) : nil,
        situation.usesMiniBatches && situation.momentum > 0
          ? EdgeAdvice(
            rule: "R10",
            text: "With momentum and small batches take 2·(1 − β)/η = "
              + "\(short(2 * (1 - situation.momentum) / last.learningRate)) as the line for Batch Sharpness; the threshold "
              + "\(short(last.threshold)) holds for large batches.") : nil,
        mean == nil && !situation.hasDiverged && (situation.decaysWeights || situation.isCrossEntropy)
          ? EdgeAdvice(
            rule: "R11",
            text: (situation.isCrossEntropy
              ? "With cross-entropy the curvature goes as the rows are fitted" : "Weight decay holds sharpness down")
              + ": staying below the line is expected, and no reason by itself to raise the rate.") : nil,
      ] as [EdgeAdvice?]).compactMap(\.self)
  }

  private var last: EdgeMeasurement { measurements[measurements.count - 1] }

  /// R1: where it stands.
  private func verdictAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    let text: String? =
      switch situation.hasDiverged ? .beyond : verdict {
      case .below where summary.crossingStep == nil && !situation.isCrossEntropy && !situation.decaysWeights:
        "ρ is below 0.5: the rate is stable and could be larger."
      case .below: "ρ is below 0.5: this rate is stable here."
      case .approaching: "Sharpness may go on rising: train longer to see whether it comes to the edge."
      case .atEdge:
        "This is the normal regime of training at a useful rate: single losses that rise are no fault, and the rate needs no cut."
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
        text: "At step \(first.step) ρ was \(short(first.ratio)): the squared gradients the rule divides by have hardly been "
          + "gathered yet. It passes by itself at usable rates; a warm-up removes it.")
    }
    guard first.ratio > 0, first.step == 0 else { return nil }
    if first.ratio > 1 {
      return EdgeAdvice(
        rule: "R4",
        text: "Training began at ρ = \(short(first.ratio)), beyond the edge: warm up, from \(safe) on, until sharpness has "
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
      rule: "R5", text: "The rate rose faster than sharpness could fall: let it rise over more steps, while ρ stays below 1.1.")
  }

  /// R7: sharpness follows a rate that was cut.
  private func cutAdvice() -> EdgeAdvice? {
    let rates = measurements.map(\.learningRate)
    guard let cut = zip(rates, rates.dropFirst()).enumerated().first(where: { $0.element.1 < 0.7 * $0.element.0 }) else {
      return nil
    }
    return EdgeAdvice(
      rule: "R7",
      text: "After the cut of the rate at step \(measurements[cut.offset + 1].step) expect sharpness to climb to the new line; "
        + "raise the rate again over some hundred steps, never in one.")
  }

  /// R9: what is to be compared with 2/η.
  private func batchAdvice(_ situation: EdgeSituation) -> EdgeAdvice? {
    guard let ratio = situation.batchRatio else { return nil }
    return EdgeAdvice(
      rule: "R9",
      text: "With mini-batches compare Batch Sharpness with 2/η, of late \(short(ratio)) of it; the sharpness over all rows "
        + "settles lower. "
        + (ratio >= 0.95
          ? "If the loss makes no progress either, take larger batches or a lower rate." : "There is room above."))
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
