import DescentDiagnosis
import DescentReports
import DescentTraining

/// What `diagnose` says.
struct DiagnosisReport {
  var subject: DiagnosisSubject
  var diagnosis: Diagnosis
  var probe: RateProbe?

  func report(_ session: Session) -> Report {
    let terminal = session.terminal.outputIsTerminal
    var report = Report(
      json: json, result: terminal ? screen(session) : lines, picture: session.drawn(chart, height: 22),
      status: diagnosis.findings.contains { $0.severity == .error } ? .badNews : .fine)
    report.command = diagnosis.findings.first { $0.severity != .note && command($0) != nil }.flatMap(command)
    return report
  }

  private func command(_ finding: Finding) -> String? { finding.next.flatMap { subject.command($0) } }

  /// The remedy, with the rate filled in.
  func advice(_ finding: Finding) -> String {
    if let command = command(finding) { return "\(flattened(finding.advice)): \(command)" }
    guard let rate = finding.next?.rate else { return finding.advice }
    return "\(flattened(finding.advice)), here \(figure(rate))."
  }

  private var json: JSON {
    let missing = diagnosis.notJudged.map { one -> JSON in
      ["code": .string(one.code.rawValue), "reason": .string(one.reason)]
    }
    return [
      "findings": .array(diagnosis.findings.map(json)), "notJudged": .array(missing),
      "rows": .integer(subject.log.loss.values.count), "probe": probe.map(json) ?? .null,
    ]
  }

  private func json(_ finding: Finding) -> JSON {
    let evidence = finding.evidence
    let found: JSON = [
      "steps": .array([.integer(evidence.steps.lowerBound), .integer(evidence.steps.upperBound)]),
      "statistic": .string(evidence.statistic), "value": .number(evidence.value),
      "threshold": .number(evidence.threshold), "sentence": .string(evidence.sentence),
    ]
    return [
      "code": .string(finding.code.rawValue), "severity": .string(finding.severity.rawValue),
      "kind": .string(finding.kind), "evidence": found, "falseAlarmRate": JSON(finding.falseAlarmRate),
      "confirm": .string(finding.confirm), "advice": .string(advice(finding)), "command": JSON(command(finding)),
    ]
  }

  private func json(_ probe: RateProbe) -> JSON {
    let outcomes = probe.outcomes.map { one -> JSON in
      ["factor": .number(one.factor), "rate": .number(one.rate), "loss": .number(one.loss)]
    }
    return [
      "step": .integer(probe.step), "steps": .integer(probe.steps), "startLoss": .number(probe.startLoss),
      "outcomes": .array(outcomes), "verdict": .string(verdict(probe)),
    ]
  }

  /// What came of the probe, in one sentence.
  func verdict(_ probe: RateProbe) -> String {
    let losses = probe.outcomes.map { "\(figure($0.loss)) at \(figure($0.rate))" }.joined(separator: ", ")
    let meaning =
      switch probe.better {
      case .some(let best) where best.factor < 1: "the lower rate is clearly better from here on"
      case .some: "the higher rate is clearly better from here on"
      case nil: "no other rate is clearly better from here on"
      }
    return "\(probe.steps) steps from step \(probe.step) on take the training loss from \(figure(probe.startLoss)) to "
      + "\(losses): \(meaning)."
  }

  /// One line a finding, for scripts.
  private var lines: String {
    let found = diagnosis.findings.map {
      "\($0.severity.rawValue)  \($0.code.rawValue)  \($0.evidence.sentence)  \(advice($0))"
    }
    let probed = probe.map { ["probe  " + verdict($0)] } ?? []
    return (found.isEmpty ? ["no findings"] : found).joined(separator: "\n") + probed.map { "\n" + $0 }.joined()
  }

  private func screen(_ session: Session) -> String {
    var blocks = diagnosis.findings.map { finding in
      let kind = finding.kind.isEmpty ? "" : " (\(finding.kind))"
      let steps = finding.evidence.steps
      let head =
        "\(finding.severity.rawValue): \(finding.code.rawValue)\(kind), steps \(steps.lowerBound) to \(steps.upperBound)"
      let alarm = finding.falseAlarmRate.map { "; wrong on \(figure(100 * $0)) % of runs without it" } ?? ""
      let facts =
        "\(finding.evidence.statistic): \(figure(finding.evidence.value)), threshold \(figure(finding.evidence.threshold))\(alarm)"
      return
        ([head]
        + [finding.evidence.sentence, facts, "To confirm: " + finding.confirm, "To try: " + advice(finding)]
        .flatMap { wrapped($0, to: session.terminal.width - 4) }.map { "    " + $0 }).joined(separator: "\n")
    }
    if blocks.isEmpty { blocks = ["Nothing found: the run looks healthy."] }
    if let probe {
      blocks.append(wrapped("Probe: " + verdict(probe), to: session.terminal.width).joined(separator: "\n"))
    }
    if !diagnosis.notJudged.isEmpty {
      let reasons = diagnosis.notJudged.map { "\($0.code.rawValue) (\($0.reason))" }.joined(separator: ", ")
      blocks.append(wrapped("Not judged: \(reasons).", to: session.terminal.width).joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }
}
