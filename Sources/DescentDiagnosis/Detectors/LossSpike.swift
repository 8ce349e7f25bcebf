/// A sudden excursion of the loss after the first tenth of the run.
///
/// Statistic: (loss − median of the 50 rows before) / max(ten times their median step, a quarter of their distance to the
/// run's first level); threshold 1, by the median of two rows in a row. Recovered if the loss comes back under the median
/// before within 500 steps or a fifth of the run, whichever is longer; otherwise it lingers.
///
/// False alarms: 0.03 % of held-out runs without it, of lingering spikes.
public struct LossSpikeDetector: Detector {
  public static let threshold = 1.0
  /// Rows before a spike that it is compared with.
  static let window = 50

  public let code = FindingCode.lossSpike
  public var isLive: Bool { true }

  public init() {}

  public func obstacle(in log: RunLog) -> String? { log.needs(40) }

  public func finding(in log: RunLog) -> Finding? {
    let losses = log.loss.values
    guard losses.allSatisfy(\.isFinite), let worst = worstSpike(losses) else { return nil }
    let (row, value, level) = worst
    let steps = log.loss.steps
    let limit = max(500, (steps[steps.count - 1] - steps[0]) / 5)
    // Back is where the median of five rows is.
    var back: Int?
    for later in row..<max(row, losses.count - 4) where Statistic.median(losses[later..<(later + 5)]) <= level {
      back = later
      break
    }
    let isRecovered = back.map { steps[$0] - steps[row] <= limit } ?? false
    // A spike near the end has not had the time to come back.
    guard isRecovered || back != nil || steps[steps.count - 1] - steps[row] >= min(limit, 100) else { return nil }
    let end = back ?? losses.count - 1
    let rate = log.hasRates ? " at learning rate \(number(log.rates[row]))" : ""
    let fate =
      if let back { "was back under \(number(level)) after \(steps[back] - steps[row]) steps" } else {
        "has not come back under \(number(level)) in the \(steps[steps.count - 1] - steps[row]) steps since"
      }
    return Finding(
      code, isRecovered ? .note : .warning, kind: isRecovered ? "recovered" : "lingering",
      evidence: Evidence(
        steps: log.steps(max(0, row - 5), end), statistic: "excursion over its usual noise", value: value,
        threshold: Self.threshold,
        sentence:
          "The loss jumped from \(number(level)) to \(number(losses[row])) at step \(steps[row])\(rate) and \(fate)."
      ), falseAlarmRate: isRecovered ? nil : FalseAlarms.rate[code],
      confirm:
        "The batch of step \(steps[row]): its loss at the parameters before; and the same steps with --clip-norm 1.",
      advice: isRecovered
        ? "Nothing needs to be done; --clip-norm 1 keeps such steps small."
        : "Go on from a checkpoint before step \(steps[row]) with --clip-norm 1, or without that batch.")
  }

  /// How many sudden excursions there are in a run's mini-batch losses, by step; rows that follow each other make one.
  public static func spikes(in losses: [Double]) -> Int {
    var (count, last) = (0, -2)
    for row in excursions(in: losses).map(\.row) {
      if row > last + 1 { count += 1 }
      last = row
    }
    return count
  }

  /// The row, statistic and level before of the largest excursion over the threshold.
  private func worstSpike(_ losses: [Double]) -> (row: Int, value: Double, level: Double)? {
    // Of equal ones the first.
    Self.excursions(in: losses).reduce(nil) { worst, next in next.value > worst?.value ?? 0 ? next : worst }
  }

  /// The rows that stand out by more than the threshold, with their statistic and the level before.
  private static func excursions(in losses: [Double]) -> [(row: Int, value: Double, level: Double)] {
    guard !losses.isEmpty else { return [] }
    let first = Statistic.median(losses[..<min(3, losses.count)])
    var found: [(row: Int, value: Double, level: Double)] = []
    var row = max(20, losses.count / 10)
    guard row + 1 < losses.count else { return [] }
    var sum = losses[max(0, row - window)..<row].reduce(0, +)
    while row + 1 < losses.count {
      let before = losses[max(0, row - window)..<row]
      // Sorting the window at every row would cost more than all the rest; most rows are plainly no spikes.
      let average = sum / Double(before.count)
      let here = min(losses[row], losses[row + 1])
      if here - average > 0.2 * abs(first - average), here > losses[row - 1] || here > losses[row - 2] {
        let level = Statistic.median(before)
        let unit = max(10 * Statistic.roughness(before), 0.25 * abs(first - level), 1e-9 * abs(level))
        let value = (here - level) / unit
        if value > threshold { found.append((row, value, level)) }
      }
      sum += losses[row]
      row += 1
      if row > window { sum -= losses[row - window - 1] }
    }
    return found
  }
}
