extension ResolvedSchedule {
  /// Compares rates that were really applied with what was intended, and says what went wrong if they differ.
  ///
  /// Rates agree within 10⁻⁵ of themselves and 10⁻⁶ of the peak, so that float32 and six printed digits pass. Rows are
  /// taken in the order of their steps; gaps are fine.
  public func check(applied rows: [AppliedRate]) -> [LintFinding] {
    if let bad = rows.first(where: { !$0.rate.isFinite }) {
      return [finding(.nonFinite, "At step \(bad.step) the applied rate is \(bad.rate).")]
    }
    let log = AppliedLog(rows: rows.sorted { $0.step < $1.step }, intended: self)
    guard let first = log.firstMismatch(of: log.rows[...], { $0 }) else { return [] }
    return [explanation(log, first)] + jumps(log)
  }

  private func explanation(_ log: AppliedLog, _ first: Int) -> LintFinding {
    if let rate = log.constant {
      return finding(
        .neverApplied,
        "The rate is \(number(rate)) at all \(log.rows.count) steps, where the schedule goes from "
          + "\(number(minimum.rate)) to \(number(maximum.rate)).")
    }
    if let pace = pace(log) { return pace }
    if let factor = log.factor(from: 0) {
      return finding(.scaled, "All rates are \(number(rounded(factor))) times the intended ones.")
    }
    if let lost = lost(log, first) { return lost }
    let worst = log.worst ?? log.rows[first]
    return finding(
      .differs,
      "The rates agree with the schedule before step \(log.rows[first].step); the largest difference is at step "
        + "\(worst.step), \(number(worst.rate)) instead of \(number(rate(at: worst.step))).")
  }

  /// All rows belong to the neighbouring step, or to a multiple or a part of their own.
  private func pace(_ log: AppliedLog) -> LintFinding? {
    let all = log.rows[...]
    for shift in [1, -1] where log.firstMismatch(of: all, { max($0 + shift, 0) }) == nil {
      return finding(.offByOne, "Every update has the rate of the \(shift > 0 ? "next" : "previous") one.")
    }
    for times in AppliedLog.paces {
      if log.firstMismatch(of: all, { AppliedLog.product($0, times) }) == nil {
        return finding(
          .steppedTooFast, "The schedule runs \(times) times too fast: update t has the rate of \(times)·t.")
      }
      if log.firstMismatch(of: all, { $0 / times }) == nil {
        return finding(
          .steppedTooSlow, "The schedule runs \(times) times too slowly: update t has the rate of ⌊t/\(times)⌋.")
      }
    }
    return nil
  }

  /// From the first row that is wrong on, all rows belong to another place or are a constant multiple.
  private func lost(_ log: AppliedLog, _ first: Int) -> LintFinding? {
    let rest = log.rows[first...]
    guard first > 0, rest.count >= 2, let row = rest.first else { return nil }
    // The first wrong row may come some steps after the resume, where the places had the same rate.
    if let shift = log.shift(of: rest) {
      let place =
        shift == row.step
        ? "begins again from 0" : "is \(abs(shift)) steps \(shift > 0 ? "behind" : "ahead")"
      return finding(
        .lostOnResume, "From step \(row.step) on the schedule \(place): its position was lost on a resume.")
    }
    guard let factor = log.factor(from: first) else { return nil }
    return finding(
      .lostOnResume,
      "From step \(row.step) on all rates are \(number(rounded(factor))) times the intended ones: the scheduler was "
        + "rebuilt on a rate that was no longer the base rate.")
  }

  /// Where the applied rate changes by much more than the schedule between two rows, up to three of them.
  private func jumps(_ log: AppliedLog) -> [LintFinding] {
    let least = 0.2 * maximum.rate
    var findings: [LintFinding] = []
    for (a, b) in zip(log.rows, log.rows.dropFirst()) where findings.count < 3 {
      let (before, after) = (rate(at: a.step), rate(at: b.step))
      guard abs((b.rate - a.rate) - (after - before)) > least else { continue }
      findings.append(
        finding(
          .jump,
          "Between steps \(a.step) and \(b.step) the rate goes from \(number(a.rate)) to \(number(b.rate)), where the "
            + "schedule goes from \(number(before)) to \(number(after))."))
    }
    return findings
  }

  private func rounded(_ factor: Double) -> Double { (factor * 1e4).rounded() / 1e4 }

  private func finding(_ code: AppliedCode, _ message: String) -> LintFinding {
    LintFinding(code: code.rawValue, severity: code.severity, message: message)
  }
}
