internal import DescentCore

/// A loss that climbed back over at least half of its way down, and stays there.
///
/// Statistic: (level of the last window − lowest level) / (first level − lowest level), where levels are medians of 5 rows
/// and more (a twentieth of the log, 5 to 50) and the denominator has the losses' own noise added, so that a loss that never
/// fell is not judged by its noise; or a loss that ends three times its noise above the very first. Threshold 0.5 in each of
/// the last two windows. Where the losses of whole parts of the data at the beginning and at the end are known
/// (`startValLoss`, `finalLoss`) these stand for first and last level, and the threshold is 0.4. Also whatever `DivergenceDetector` calls so.
///
/// False alarms: 0.1 % of held-out runs without it.
public struct LossDivergenceDetector: Detector {
  /// Share of the way down.
  public static let threshold = 0.5
  /// The same where losses of whole parts are known.
  public static let wholeThreshold = 0.4

  public let code = FindingCode.divergence
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needs(10) }

  public func finding(in log: RunLog) -> Finding? {
    let losses = log.loss.values
    var rule = DivergenceDetector()
    // While a run is made its trainer goes by the rule itself.
    for (row, loss) in losses.enumerated() where log.isComplete {
      guard let divergence = rule.observe(StepReport(loss: loss), step: log.loss.steps[row]) else { continue }
      // A loss that is not finite is a finding of its own.
      guard divergence.reason == .lossExploded else { return nil }
      let first = losses[..<row].min() ?? losses[0]
      return found(
        log, rows: max(0, row - 9)...row, value: (loss - first) / max(losses[0] - first, 1e-12 * abs(loss)),
        "The loss climbed to \(number(loss)) at step \(divergence.step), far above the \(number(losses[0])) it began with."
      )
    }
    guard losses.allSatisfy(\.isFinite) else { return nil }
    if log.isComplete, let start = log.startLoss, let end = log.finalLoss, start.isFinite {
      return climbedBack(log, from: start, to: end)
    }
    let size = max(5, min(50, losses.count / 20))
    let levels = stride(from: losses.count % size, through: losses.count - size, by: size).map {
      Statistic.median(losses[$0..<($0 + size)])
    }
    guard levels.count >= 4, let best = levels.min(), let place = levels.firstIndex(of: best) else { return nil }
    let start = max(losses[0], levels[0])
    let roughness = Statistic.roughness(losses[...])
    let scale = max(start - best, 0) + roughness
    guard scale > 0 else { return nil }
    let rises = levels.suffix(2).map { $0 - best }
    if let last = levels.suffix(2).min(), last > losses[0] + 3 * roughness, start > losses[0] {
      return found(
        log, rows: 0...(losses.count - 1), value: (last - losses[0]) / max(scale, 1e-300),
        "The loss stands at \(number(last)) at the end, clearly above the \(number(losses[0])) it began with.")
    }
    guard let rise = rises.min(), rise / scale > Self.threshold else { return nil }
    // The lowest of many levels lies some of their standard errors below the rest by chance.
    guard rise > 6 * 1.3 * roughness / Double(size).squareRoot() else { return nil }
    let least = rise / scale
    let row = losses.count % size + place * size
    return found(
      log, rows: min(row, losses.count - 1)...(losses.count - 1), value: least,
      "The loss had come down to \(number(best)) by step \(log.loss.steps[row]) and stands at "
        + "\(number(levels[levels.count - 1])) at the end; it began at \(number(start)).")
  }

  /// By the losses of whole parts, which have next to no noise.
  private func climbedBack(_ log: RunLog, from start: Double, to end: Double) -> Finding? {
    let losses = log.loss.values
    let size = max(5, losses.count / 20)
    var (best, row) = (Double.infinity, 0)
    for first in stride(from: losses.count % size, through: losses.count - size, by: size) {
      let window = losses[first..<(first + size)]
      let mean = Statistic.mean(window)
      // The lowest of many means lies some of its standard errors below the truth.
      let level = mean + Statistic.standardDeviation(window) / Double(size).squareRoot()
      if level < best { (best, row) = (level, first) }
    }
    let noise = Statistic.roughness(losses[..<max(min(20, losses.count), losses.count / 10)])
    func climb(_ values: [Double], from first: Double, to last: Double) -> Double {
      let lowest = min(first, values.min() ?? first)
      return (last - lowest) / max(max(first - lowest, 0) + 0.6 * noise, 1e-300)
    }
    // The two parts may begin at different losses; a run that diverged climbs in both.
    let opening = max(start, losses[0])
    let value = climb([best], from: opening, to: end)
    let validation = log.validationLoss.values
    guard value > Self.wholeThreshold, validation.allSatisfy(\.isFinite) else { return nil }
    if let last = validation.last, climb(validation, from: start, to: last) < Self.wholeThreshold / 4 { return nil }
    return found(
      log, rows: row...(losses.count - 1), value: value, threshold: Self.wholeThreshold,
      best < opening
        ? "The loss had come down to \(number(best)) by step \(log.loss.steps[row]) and stands at \(number(end)) at the "
          + "end; it began at \(number(opening))."
        : "The loss stands at \(number(end)) at the end, clearly above the \(number(opening)) it began with.")
  }

  private func found(
    _ log: RunLog, rows: ClosedRange<Int>, value: Double, threshold: Double = Self.threshold, _ sentence: String
  ) -> Finding {
    Finding(
      code, .error,
      evidence: Evidence(
        steps: log.steps(rows.lowerBound, rows.upperBound), statistic: "climb back as a share of the way down",
        value: value, threshold: threshold, sentence: sentence),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The same run at a third of the rate, which comes down and stays down.",
      advice: "Train at a third of the rate, or let it warm up and decay; --on diverge=backoff halves it by itself.",
      next: NextRun(rate: log.peakRate.map { $0 / 3 }))
  }
}
