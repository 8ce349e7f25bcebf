/// What a log says about the rate: figures from which `BoostedTrees` tell the odds that another rate would have done better.
///
/// All are free of the loss's scale and of what is added to it. What a log does not show is not a number.
package struct RateEvidence: Sendable {
  /// By name, in a fixed order.
  package let features: [(name: String, value: Double)]
  /// True if trainers' own measurements take part; otherwise only losses and rates do.
  package let hasHealth: Bool
  package let shape: LossShape
  package let steps: StepShape?
  /// What is left of the way from the losses of whole parts to the least there can be, as a share of all of that way; no
  /// rate can win more. Nil: not known.
  let left: Double?

  /// Nil for a log that is too short or holds losses that are not finite.
  package init?(_ log: RunLog) {
    guard let shape = LossShape(log) else { return nil }
    self.shape = shape
    steps = StepShape(log, shape)
    left = log.wholeLeft
    // The trees for such logs know them only whole.
    hasHealth = steps != nil && log.leastLoss != nil
    features = Self.ofLosses(log, shape) + Self.ofWholeParts(log, shape) + Self.ofSteps(log, shape, steps)
  }

  private static func logarithm(_ x: Double, _ least: Double) -> Double { Statistic.logarithm(max(x, 0) + least) }

  /// The median of the first or last eighth, ten values at least.
  private static func eighths(_ values: [Double]) -> (start: Double, end: Double) {
    let count = max(1, min(values.count, max(10, values.count / 8)))
    return (Statistic.median(values.prefix(count)), Statistic.median(values.suffix(count)))
  }

  private static func ofLosses(_ log: RunLog, _ shape: LossShape) -> [(String, Double)] {
    let clamped = Statistic.clamped
    let names = ["Start", "4", "11", "33", "60"]
    let losses = log.loss.values
    let late = LateShape(losses[(losses.count * 2 / 3)...])
    var list = zip(names, shape.falls).map { ("fall" + $0, clamped($1, -1, 1)) }
    list += [
      ("lateNoise", clamped(logarithm(shape.lateNoise, 1e-9), -8, 1)),
      ("noiseRatio", clamped(logarithm(shape.lateNoise / max(shape.earlyNoise, 1e-12), 1e-9), -8, 2)),
      ("promised", logarithm(shape.promised, 0.003)), ("jump", clamped(shape.jump, -1, 1)),
      ("rises", clamped(logarithm(shape.rises, 1e-3), -7, 1)),
      ("lateError", clamped(logarithm(shape.lateError, 1e-9), -8, 1)),
      ("correlation", late.correlation), ("persistence", logarithm(late.persistence, 1e-3)),
      ("peak", late.peak), ("length", Statistic.logarithm(Double(losses.count))),
    ]
    let (peak, rates) = (log.peakRate ?? 0, log.rates)
    for (name, part) in [("lastRate", 20), ("lateRate", 5)] {
      let mean = Statistic.mean(rates.suffix(max(1, rates.count / part)))
      list.append((name, peak > 0 ? logarithm(mean / peak, 1e-6) : .nan))
    }
    return list
  }

  /// From losses of whole parts of the data, where there are any.
  private static func ofWholeParts(_ log: RunLog, _ shape: LossShape) -> [(String, Double)] {
    func share(_ x: Double?) -> Double { x.map { Statistic.clamped($0 / shape.range, -3, 3) } ?? .nan }
    let losses = log.validationLoss.values
    let values = losses.allSatisfy(\.isFinite) ? losses : []
    let start = log.startLoss ?? shape.opening
    let end = log.finalLoss.flatMap { $0.isFinite ? $0 : nil } ?? shape.levels[5]
    let steps = zip(values, values.dropFirst()).map { $1 - $0 }
    let recent = steps.suffix(max(2, steps.count / 3)).map(abs)
    let least = min(shape.levels.min() ?? end, min(start, end))
    let left = log.leastLoss.map { share(end - $0) }
    return [
      ("way", share(start - end)), ("left", left ?? .nan), ("logLeft", left.map { logarithm($0, 1e-4) } ?? .nan),
      ("startLevel", share(shape.levels[0] - start)),
      ("endLevel", share(end - shape.levels[5])), ("climb", share(end - least)),
      ("validations", Double(values.count)),
      ("validationClimb", share(values.min().map { values[values.count - 1] - $0 })),
      ("validationGap", share(values.last.map { $0 - end })),
      ("validationFall", share(values.last.map { values[values.count * 2 / 3] - $0 })),
      ("validationNoise", share(recent.isEmpty ? nil : Statistic.median(recent))),
      ("validationRises", share(steps.isEmpty ? nil : steps.reduce(0) { $0 + max(0, $1) })),
    ]
  }

  /// From what trainers measure of steps.
  private static func ofSteps(_ log: RunLog, _ shape: LossShape, _ steps: StepShape?) -> [(String, Double)] {
    let clamped = Statistic.clamped
    guard let steps else { return [] }
    let norms = eighths(log.gradientNorm.values)
    let parameters = eighths(log.parameterNorm.values)
    let last = log.gradientNorm.values.suffix(max(10, log.gradientNorm.values.count / 5))
    let ratios = zip(log.firstGradientNorm.values, log.lastGradientNorm.values).map { $1 > 0 ? $0 / $1 : 0 }
    let layers = eighths(ratios)
    let silent = log.silentUnits.values
    return [
      ("gradientFall", clamped(logarithm(norms.end / max(norms.start, 1e-300), 1e-9), -8, 4)),
      ("gradientSpread", clamped(Statistic.standardDeviation(last) / max(Statistic.mean(last), 1e-300), 0, 10)),
      ("reach", clamped(logarithm(steps.reach, 1e-6), -14, 2)),
      ("lastReach", clamped(logarithm(steps.lastReach, 1e-6), -14, 2)),
      ("relativeUpdate", clamped(logarithm(steps.relativeUpdate, 1e-6), -14, 0)),
      ("earlyCosine", steps.earlyCosine), ("lateCosine", steps.lateCosine),
      ("firstOrderFall", clamped(steps.firstOrderFall, -1, 2)), ("momentum", log.momentum ?? .nan),
      ("growth", clamped(Statistic.logarithm(max(parameters.end, 1e-300) / max(parameters.start, 1e-300)), -5, 20)),
      ("silent", silent.isEmpty ? .nan : Statistic.median(silent.suffix(max(3, silent.count / 3)))),
      ("firstLayer", clamped(logarithm(layers.start, 1e-9), -21, 10)),
      ("lastLayer", clamped(logarithm(layers.end, 1e-9), -21, 10)),
    ]
  }

  /// The probability that a third of the rate ends clearly lower, 0…1.
  package var tooHigh: Double { probability(hasHealth ? .tooHigh : .tooHighFromLosses) }

  /// The probability that three times the rate ends clearly lower, 0…1.
  package var tooLow: Double { probability(hasHealth ? .tooLow : .tooLowFromLosses) }

  /// True where a run at another rate has nothing to win: less than a twentieth of the way, with a margin for the two parts
  /// of the data that begin and end of it are measured on.
  var isNearBottom: Bool { left.map { $0 < 0.04 } ?? false }

  private func probability(_ trees: BoostedTrees) -> Double { trees.probability(features.map(\.value)) }
}

extension RunLog {
  /// What is left of the way from the loss of a whole part at the beginning to the least there can be, as a share of it, by
  /// that of a whole part at the end; nil: not known.
  var wholeLeft: Double? {
    guard let start = startLoss, let end = finalLoss, let least = leastLoss, start.isFinite, end.isFinite, start > least
    else { return nil }
    return (end - least) / (start - least)
  }
}
