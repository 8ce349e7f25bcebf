extension ResolvedSchedule {
  /// What is worth knowing about this schedule over this run, gravest first; empty: nothing.
  ///
  /// Looks at joins, ends and turning points only, so that a long run costs no more than a short one.
  ///
  /// - Parameter precision: how parameters are stored; what is lost there is told.
  public func lint(precision: ParameterPrecision = .float32) -> [LintFinding] {
    let extremes = self.extremes
    var findings = rangeFindings(extremes)
    findings += precisionFindings(extremes, precision)
    findings += lengthFindings
    findings += joinFindings
    findings += floorFindings
    findings += placeFindings
    findings += endFindings
    findings += schedule.readingNotes
    let order = LintFinding.Severity.allCases
    return order.flatMap { severity in findings.filter { $0.severity == severity } }
  }

  private var extremes: [Double] {
    guard dressing != nil else { return extremeSteps.map { rate(at: $0) } }
    // Products and noise have their extremes anywhere: all steps, or a grid of them.
    let most = 1 << 20
    return steps <= most ? rates() : (0..<most).map { rate(at: $0 * (steps / most)) } + [rate(at: steps - 1)]
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
    if let floor = dressing?.floor, floor > 0, floor >= peak {
      findings.append(
        LintFinding(.floorAbovePeak, "The floor \(number(floor)) is not below the peak \(number(peak))."))
    }
    // The hyperbolic tangent begins a millionth below its level.
    if hasPeak, highest < peak * (1 - 1e-5) {
      findings.append(
        LintFinding(.peakNeverReached, "The highest rate is \(number(highest)), below the peak \(number(peak))."))
    }
    return findings
  }

  /// Noam's leading number is a scale, not a height it reaches; Chebyshev nodes and knots are where they are.
  private var hasPeak: Bool {
    guard case .pieces(let pieces) = schedule.form else { return true }
    return !pieces.contains {
      switch $0.shape {
      case .noam, .chebyshev, .knots: true
      default: false
      }
    }
  }

  private var lengthFindings: [LintFinding] {
    var findings: [LintFinding] = []
    if warmupEnd >= steps {
      findings.append(
        LintFinding(.warmupExceedsRun, "The warm-up takes \(warmupEnd) steps and the run has \(steps)."))
    }
    let end = endInRun
    if dressing?.after == .repeat || dressing?.after == .continue { return findings }
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

  /// Where the last piece ends on the run's clock.
  var endInRun: Int {
    guard let dressing else { return track.end }
    guard dressing.changesTime else { return dressing.end }
    return Int(min(max(((Double(dressing.end) - dressing.shift) * dressing.stretch).rounded(), 0), 0x1p60))
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
    guard case .pieces(let pieces) = schedule.form, dressing?.changesTime != true else { return [] }
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
    guard case .pieces(let pieces) = schedule.form, dressing == nil else { return [] }
    var findings: [LintFinding] = []
    for (index, piece) in pieces.enumerated() where piece.shape.ends == .limited {
      guard let to = piece.to, boundaries[index] < steps else { continue }
      switch piece.shape {
      case .restarts, .polynomialCycles: continue
      default: break
      }
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
