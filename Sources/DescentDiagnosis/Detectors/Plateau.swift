/// A loss that no longer falls.
///
/// Statistic: the fall over the last third of the rows, as a share of the whole way, by a least-squares line through twelve
/// batch means; flat if it is below 1 % and the line's error does not allow more than 3 %, or if all of the way is less than
/// half a percent of what was possible (for losses that are never below 0). What it means is told by the
/// rest: a loss that never came down (by less than three standard errors) sits on a saddle or a flat place, or,
/// at the logarithm of a whole number of classes, predicts the same for every input; one that has come down has
/// converged, at this rate's noise floor or at the bottom, unless a layer's units are all silent. Where losses of whole parts
/// of the data are known they decide: a tenth of the possible way is a fall, and the same prediction for every input has the
/// same loss on all of them. From batches alone a fall that their noise may hide is not denied. A noise floor is a note:
/// whether it is dear is ``RateTooHighDetector``'s to tell.
///
/// False alarms: none in the held-out runs without it, of a plateau that is no note.
public struct PlateauDetector: Detector {
  public static let threshold = 0.01
  static let allowance = 0.03
  /// The probability of ``RateTooHighDetector`` from which on a rest is called a noise floor.
  static let noiseFloor = 0.6

  public let code = FindingCode.plateau

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needs(60) }

  public func finding(in log: RunLog) -> Finding? {
    guard log.isComplete, let shape = LossShape(log) else { return nil }
    let losses = log.loss.values
    let third = losses[(losses.count * 2 / 3)...]
    let batches = BatchMeans(third, count: 12)
    let change = batches.change
    let last = shape.levels[5]
    let first = shape.opening
    let noise = Statistic.standardDeviation(BatchMeans(losses[(losses.count / 3)...], count: 24).means)
    let wayDown = first - last
    // A way that is no longer than its noise is none, and nothing can be a share of it.
    let way = max(wayDown, 0)
    let fall = -change.value
    // Where the loss has a bottom, next to nothing of the way there is none either, however steady.
    let possible = log.leastLoss.map { first - $0 } ?? 0
    let hasMoved = !(wayDown < 0.005 * possible && abs(fall) + 2 * change.error < 0.005 * possible)
    // Free of the batches' noise.
    let hasCome = log.wholeLeft.map { $0 < 0.9 } ?? false
    let hasFallen = (shape.hasFallen || hasCome) && hasMoved
    let wholes = [log.finalLoss, log.validationLoss.values.last].compactMap { $0 }
    let classes = Self.classes(last, most: hasFallen ? 12 : 50).flatMap { count in
      let uniform = Statistic.logarithm(Double(count))
      return wholes.allSatisfy { abs($0 - uniform) < 0.02 * uniform } ? count : nil
    }
    let isUniform = classes != nil && batches.means.allSatisfy { Self.classes($0, most: 50) == classes }
    if !hasMoved || isUniform {
      // Flat, whatever its own noise says.
    } else if hasFallen {
      guard fall < Self.threshold * way, fall + 2 * change.error < Self.allowance * way else { return nil }
    } else {
      guard fall < 2 * change.error + 0.2 * noise || fall < 0.02 * abs(first - last) || fall <= 1e-4 * abs(first)
      else { return nil }
    }
    let isRateGone =
      log.hasRates && (log.peakRate ?? 0) > 0
      && log.rates[(losses.count * 2 / 3)...].allSatisfy { $0 < 2e-3 * (log.peakRate ?? 0) }
    let steps = log.steps(losses.count * 2 / 3, losses.count - 1)
    func found(
      _ severity: FindingSeverity, _ kind: String, _ sentence: String, _ confirm: String, _ advice: String,
      _ next: NextRun? = nil
    ) -> Finding {
      Finding(
        code, severity, kind: kind,
        evidence: Evidence(
          steps: steps, statistic: "fall over the last third as a share of the way", value: way > 0 ? fall / way : 0,
          threshold: Self.threshold, sentence: sentence),
        falseAlarmRate: severity == .warning ? FalseAlarms.rate[code] : nil, confirm: confirm, advice: advice,
        next: next)
    }
    // By then nearly every unit is off, or the weights are: the loss came down only to where all inputs look the same.
    let silent = log.silentUnits.values.suffix(max(3, log.silentUnits.values.count / 3))
    // Where the loss has come to 0 all gradients are 0.
    let isStill =
      Statistic.median(log.gradientNorm.values.suffix(20))
      < 1e-4 * Statistic.median(log.gradientNorm.values.prefix(20))
    if silent.count >= 3, Statistic.median(silent) > 0.98, !isStill {
      return found(
        .warning, "dead-layer",
        "The loss rests at \(number(last)) because a hidden layer passes nothing on: none of its units has a gradient.",
        "The activations of that layer, which are 0 on every row.",
        "Train at a third of the rate, or with a warm-up.", NextRun(rate: log.peakRate.map { $0 / 3 }))
    }
    if !hasFallen || classes != nil || !hasCome && shape.jump > 1 && wayDown < 0.1 * shape.range {
      if let classes {
        return found(
          .warning, "constant-prediction",
          "The loss rests at \(number(last)), the logarithm of \(classes) classes: every input gets the same prediction.",
          "The loss on 20 rows alone, which must come to 0 if model and labels fit together; then dead units.",
          "Try to fit 20 rows first; if that works look at the labels, else at the initial weights and the rate.",
          NextRun(rate: log.peakRate.map { $0 / 3 }))
      }
      // A fall that the noise may hide is not denied.
      if hasMoved, log.wholeLeft == nil, shape.signsOfFall > 1.5 { return nil }
      return found(
        .warning, "flat",
        "The loss rests at \(number(last)) and has not come down from the \(number(first)) it began with.",
        "The gradient's norm: near 0 it is a saddle or a flat place, otherwise the rate or the data.",
        "Give the weights a larger start (--init he), and try three and ten times the rate.",
        NextRun(rate: log.peakRate.map { $0 * 3 }))
    }
    if isRateGone { return nil }
    let evidence = RateEvidence(log)
    let isNoise = evidence.map { $0.tooHigh > Self.noiseFloor }
    if isNoise == true {
      return found(
        .note, "noise-floor",
        "The loss has rested at \(number(last)) since step \(steps.lowerBound), at the noise floor of its rate.",
        "The rest of the run at half the rate, which comes down at once.",
        "Let the rate decay: --schedule 'linear to 0'.", NextRun(schedule: "linear to 0"))
    }
    return found(
      .note, "converged", "The loss has rested at \(number(last)) since step \(steps.lowerBound): it has converged.",
      "The rest of the run at half the rate: if it comes down at once, this was the rate's noise floor.",
      "A shorter run would have done; \(steps.lowerBound) steps were enough.", NextRun(steps: max(1, steps.lowerBound)))
  }

  /// The number of classes, 3 to `most`, whose uniform prediction has this cross-entropy within 0.4 %.
  static func classes(_ loss: Double, most: Int) -> Int? {
    guard loss > 1, loss < 4 else { return nil }
    let count = Statistic.exponential(loss).rounded()
    guard count >= 3, count <= Double(most) else { return nil }
    return abs(Statistic.logarithm(count) - loss) < 0.004 * loss ? Int(count) : nil
  }
}
