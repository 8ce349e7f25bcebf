extension ResolvedSchedule {
  /// What is worth knowing about this schedule over this run, gravest first; empty: nothing.
  ///
  /// Looks at joins, ends and turning points only, so that a long run costs no more than a short one.
  public func lint() -> [LintFinding] {
    let extremes = self.extremes
    var findings = rangeFindings(extremes)
    findings += lengthFindings
    findings += joinFindings
    findings += floorFindings
    findings += schedule.readingNotes
    let order = LintFinding.Severity.allCases
    return order.flatMap { severity in findings.filter { $0.severity == severity } }
  }

  /// The rates between which all others lie: curves are monotone between turns, and stairs and cycles grow or shrink
  /// from one to the next, so that the first and the last of them are enough.
  private var extremes: [Double] {
    stretches.flatMap { segment, length in
      let turns = segment.curve.turns(before: length)
      let chosen = [0, 1, turns.count - 2, turns.count - 1].filter { turns.indices.contains($0) }
      let around = chosen.flatMap { [turns[$0] - 1, turns[$0]] }
      return ([0, length - 1] + around).map { rate(at: segment.start + $0) }
    }
  }

  private func rangeFindings(_ rates: [Double]) -> [LintFinding] {
    if let bad = rates.first(where: { !$0.isFinite }) {
      return [LintFinding(.nonFiniteRate, "A rate of the run is \(bad).")]
    }
    let highest = rates.max() ?? 0
    guard highest > 0 else { return [LintFinding(.everyRateZero, "Every rate of the run is 0: nothing is learned.")] }
    var findings: [LintFinding] = []
    if rate(at: 0) == 0 {
      findings.append(
        LintFinding(.firstUpdateZero, "The first update has the rate 0; \"warmup\" starts at 1/L of its way instead."))
    }
    if hasPeak, highest < peak * (1 - 1e-9) {
      findings.append(
        LintFinding(.peakNeverReached, "The highest rate is \(number(highest)), below the peak \(number(peak))."))
    }
    // Half a unit in the last place of 1: a smaller update leaves a float32 parameter of size one as it is.
    if highest < 0x1p-24 {
      findings.append(
        LintFinding(
          .belowFloat32Resolution,
          "The highest rate is \(number(highest)); updates below 6e-8 are lost in float32 parameters of size one."))
    } else if let lowest = rates.filter({ $0 > 0 }).min(), lowest < Double(Float.leastNormalMagnitude) {
      findings.append(
        LintFinding(
          .belowFloat32Resolution,
          "Rates fall to \(number(lowest)), below float32's smallest normal number 1.2e-38; the rest of the run stands "
            + "still."))
    }
    return findings
  }

  /// Noam's leading number is a scale, not a height it reaches.
  private var hasPeak: Bool {
    guard case .pieces(let pieces) = schedule.form else { return true }
    return !pieces.contains { if case .noam = $0.shape { true } else { false } }
  }

  private var lengthFindings: [LintFinding] {
    var findings: [LintFinding] = []
    if warmupEnd >= steps {
      findings.append(
        LintFinding(.warmupExceedsRun, "The warm-up takes \(warmupEnd) steps and the run has \(steps)."))
    }
    let end = boundaries[boundaries.count - 1]
    if end > steps {
      findings.append(
        LintFinding(
          .longerThanRun,
          "The schedule lasts \(end) steps and the run \(steps): it stops at the rate \(number(rate(at: steps - 1)))."))
    } else if end < steps {
      let held = rate(at: steps - 1)
      findings.append(
        LintFinding(
          .shorterThanRun,
          "The schedule lasts \(end) steps and the run \(steps): the rate is \(number(held)) for the last \(steps - end).",
          held == 0 ? .warning : nil))
    }
    return findings
  }

  /// Where the opening warm-up ends; 0 without one.
  private var warmupEnd: Int {
    switch schedule.form {
    case .pieces(let pieces): pieces.first?.shape.isWarmup == true ? boundaries[1] : 0
    case .oneCycle: boundaries[1]
    case .cyclic, .product: 0
    }
  }

  private var joinFindings: [LintFinding] {
    guard case .pieces(let pieces) = schedule.form else { return [] }
    var findings: [LintFinding] = []
    for (join, piece) in zip(joins, pieces.dropFirst()) where join.place < steps {
      let size = join.after - join.before
      guard abs(size) > 1e-9 * max(peak, abs(join.before)) else { continue }
      findings.append(
        LintFinding(
          .jumpAtJoin,
          "At step \(join.place), where \(piece.shape.name) begins, the rate jumps from \(number(join.before)) to "
            + "\(number(join.after)) (by \(number(size)))."))
    }
    return findings
  }

  private var floorFindings: [LintFinding] {
    guard case .pieces(let pieces) = schedule.form else { return [] }
    var findings: [LintFinding] = []
    for (index, piece) in pieces.enumerated() where piece.shape.ends == .limited {
      guard let to = piece.to, boundaries[index] < steps else { continue }
      if case .restarts = piece.shape { continue }
      let last = rate(at: min(boundaries[index + 1], steps) - 1)
      let level = to.rate(peak: peak)
      guard abs(last - level) > 1e-12 * level else { continue }
      findings.append(
        LintFinding(
          .floorNeverReached,
          "\(piece.shape.name) goes to \(number(last)) and does not reach its limit \(number(level))."))
    }
    return findings
  }
}
