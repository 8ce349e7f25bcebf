internal import DescentSchedules

/// Rates that are not those of the schedule, or a schedule that does not fit its run.
///
/// Where the intended schedule is known every rate is compared with it (`ResolvedSchedule.check(applied:)`). Besides, from
/// the rates alone: the share of the run at its end that is made at less than 1/500 of the peak (threshold 0.2), a
/// warm-up that is still under way at the last step, and a rate that falls to less than a third in one step and then
/// climbs back. A constant rate is no fault.
///
/// False alarms: 0.3 % of held-out runs without it.
public struct ScheduleFaultDetector: Detector {
  public static let threshold = 0.2
  static let nothing = 2e-3

  public let code = FindingCode.scheduleFault

  public init() {}

  public func obstacle(in log: RunLog) -> String? {
    log.hasRates ? log.needs(20) : "the log does not say the rate of every row (lr)"
  }

  public func finding(in log: RunLog) -> Finding? {
    guard log.hasRates, log.rates.count >= 20, log.isComplete, let peak = log.rates.max(), peak > 0 else { return nil }
    return applied(log) ?? nothingLeft(log, peak) ?? endlessWarmup(log, peak) ?? begunAgain(log, peak)
  }

  private func applied(_ log: RunLog) -> Finding? {
    guard let intended = log.intended else { return nil }
    let rows = zip(log.loss.steps, log.rates).map { AppliedRate(step: $0, rate: $1) }
    // Where a log holds no more than rates to compare, a few of the last bits are none of our business.
    guard let first = intended.check(applied: rows).first(where: { $0.severity != .note }) else { return nil }
    let differences = rows.map { abs($0.rate - intended.rate(at: $0.step)) }
    let worst = differences.max() ?? 0
    let place = differences.firstIndex { $0 > 1e-5 * intended.peak } ?? 0
    return found(
      log, first.code, place...(rows.count - 1), "largest difference from the schedule as a share of its peak",
      worst / max(intended.peak, 1e-300), 0, first.message,
      "Call the scheduler once for every optimizer step, after it, and restore its position on a resume.")
  }

  private func nothingLeft(_ log: RunLog, _ peak: Double) -> Finding? {
    guard let alive = log.rates.lastIndex(where: { $0 >= Self.nothing * peak }), alive + 1 < log.rates.count else {
      return nil
    }
    let all = Double(log.range.upperBound - log.range.lowerBound + 1)
    let share = Double(log.range.upperBound - log.loss.steps[alive]) / all
    guard share > Self.threshold else { return nil }
    return found(
      log, "rate-gone", (alive + 1)...(log.rates.count - 1), "share of the run at less than 1/500 of the peak rate",
      share,
      Self.threshold,
      "From step \(log.loss.steps[alive + 1]) on the rate is below \(number(Self.nothing * peak)), 1/500 of its peak: "
        + "\(percent(share)) of the run are made with next to no updates.",
      "Lay the schedule over all \(log.plannedSteps ?? log.range.upperBound + 1) steps: --schedule 'warmup 5% -> cosine'.",
      NextRun(schedule: "warmup 5% -> cosine"))
  }

  private func endlessWarmup(_ log: RunLog, _ peak: Double) -> Finding? {
    let rates = log.rates
    let climbs = zip(rates, rates.dropFirst()).allSatisfy { $1 >= $0 * (1 - 1e-9) }
    let late = rates[rates.count * 9 / 10]
    guard climbs, rates[rates.count - 1] > 1.02 * late, rates[0] < 0.5 * peak else { return nil }
    return found(
      log, "endless-warmup", 0...(rates.count - 1), "rate at the last step over that at nine tenths of the run",
      rates[rates.count - 1] / late, 1.02,
      "The rate climbs from \(number(rates[0])) to \(number(peak)) up to the last step: the warm-up is longer than the run.",
      "Warm up over a share of the run instead: --schedule 'warmup 5% -> cosine'.",
      NextRun(schedule: "warmup 5% -> cosine"))
  }

  private func begunAgain(_ log: RunLog, _ peak: Double) -> Finding? {
    let rates = log.rates
    for row in 2..<(rates.count - 2) where rates[row] < rates[row - 1] / 3 && rates[row - 1] > 0.05 * peak {
      // A cycle that comes down in a straight line does not fall faster than before.
      guard rates[row - 1] - rates[row] > 3 * abs(rates[row - 2] - rates[row - 1]) else { continue }
      // Down in one step and up again from there: a warm-up that is made a second time.
      let rest = rates[row...].prefix(max(10, rates.count / 10))
      guard let top = rest.max(), top > 2.5 * rates[row], rest.first ?? 0 <= top,
        zip(rest, rest.dropFirst()).prefix(while: { $0.1 >= $0.0 }).count >= 2
      else { continue }
      return found(
        log, "begun-again", row...(rates.count - 1), "fall of the rate in one step before it climbs again",
        rates[row - 1] / max(rates[row], 1e-300), 3,
        "At step \(log.loss.steps[row]) the rate falls from \(number(rates[row - 1])) to \(number(rates[row])) and warms up "
          + "again: its position was lost, as on a resume.",
        "Restore the scheduler's position together with the model.")
    }
    return nil
  }

  private func found(
    _ log: RunLog, _ kind: String, _ rows: ClosedRange<Int>, _ statistic: String, _ value: Double, _ threshold: Double,
    _ sentence: String, _ advice: String, _ next: NextRun? = nil
  ) -> Finding {
    Finding(
      code, .warning, kind: kind,
      evidence: Evidence(
        steps: log.steps(rows.lowerBound, rows.upperBound), statistic: statistic, value: value, threshold: threshold,
        sentence: sentence),
      falseAlarmRate: FalseAlarms.rate[code],
      confirm: "The rates themselves beside the schedule: descent schedule check LOG.csv 'SCHEDULE'.", advice: advice,
      next: next)
  }
}
