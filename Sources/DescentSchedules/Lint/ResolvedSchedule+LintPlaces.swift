extension ResolvedSchedule {
  /// Drops and knots that are never met.
  var placeFindings: [LintFinding] {
    guard case .pieces(let pieces) = schedule.form, dressing?.changesTime != true else { return [] }
    var findings: [LintFinding] = []
    for (index, piece) in pieces.enumerated() {
      let end = min(boundaries[index + 1], steps)
      let beyond: [Length]
      switch piece.shape {
      case .drop(_, let places): beyond = places.filter { (steps(of: $0) ?? 0) >= end }
      case .knots(let knots): beyond = knots.knots.map(\.place).filter { (steps(of: $0) ?? 0) > end }
      default: continue
      }
      guard let first = beyond.first else { continue }
      let more = beyond.count > 1 ? " and \(beyond.count - 1) more" : ""
      findings.append(
        LintFinding(
          .placeBeyondRun, "\(piece.shape.name) at \(first)\(more) is never met: its last step is \(end - 1)."))
    }
    return findings
  }

  private func steps(of length: Length) -> Int? { try? Clock(horizon).steps(length) }

  /// What happens at the end and after it.
  var endFindings: [LintFinding] {
    var findings: [LintFinding] = []
    // A cycle that begins so late is most likely one step too long.
    let late = lateTurns(after: steps - max(steps / 100, 1))
    if let restart = late.first(where: { rate(at: $0) - rate(at: $0 - 1) > 0.5 * peak }) {
      findings.append(
        LintFinding(
          .restartAtEnd,
          "At step \(restart) of \(steps) the rate goes up from \(number(rate(at: restart - 1))) to "
            + "\(number(rate(at: restart))): the run ends high."))
    }
    if dressing?.after == .continue {
      let end = max(endInRun, 1)
      let last = rate(at: end - 1)
      let later = (0..<64).map { rate(at: end + $0 * max(end / 64, 1)) }
      if let highest = later.max(), highest > last + 1e-9 * peak {
        findings.append(
          LintFinding(
            .risesAfterEnd,
            "After its end at step \(end) the rate rises from \(number(last)) to \(number(highest)).",
            end < steps ? nil : .note))
      }
    }
    return findings
  }

  private func lateTurns(after place: Int) -> [Int] {
    guard dressing == nil else {
      // Every step of the last hundredth, as far as that is quickly done.
      return Array(max(place, steps - 10_000, 1)..<steps)
    }
    return stretches.flatMap { segment, length -> [Int] in
      guard segment.start + length > place else { return [] }
      let turns = segment.turns(before: length).suffix(3).map { segment.start + $0 }
      return ([segment.start] + turns).filter { $0 >= place && $0 > 0 }
    }
  }
}
