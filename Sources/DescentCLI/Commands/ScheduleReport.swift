import DescentCharts
import DescentReports
import DescentSchedules

/// What `schedule show` says of one schedule or of several laid over one another.
struct ScheduleReport {
  private let operands: [ScheduleOperand]
  private let lint: Bool
  private let findings: [[LintFinding]]
  private let session: Session

  init(_ operands: [ScheduleOperand], precision: ParameterPrecision, lint: Bool, _ session: Session) {
    self.operands = operands
    self.lint = lint
    self.session = session
    findings = operands.map { $0.own?.lint(precision: precision) ?? [] }
  }

  func report(_ pictures: PictureOptions) throws -> Report {
    if !lint { noteEverything() }
    try pictures.save(chart, page: page, session: session)
    let isBad = lint && findings.joined().contains { $0.severity == .error }
    return Report(
      json: session.global.json ? try json() : .null, result: try result(),
      picture: lint ? nil : session.drawn(chart), command: translation, status: isBad ? .badNews : .fine)
  }

  /// A library's schedule that can go on elsewhere.
  private var translation: String? {
    guard operands.count == 1, !lint, case .library(let theirs) = operands[0].kind, let own = operands[0].own,
      session.terminal.errorIsTerminal
    else { return nil }
    let other: Library = theirs.library == .optax ? .torch : .optax
    return "descent schedule translate '\(own.schedule)' --to \(other.rawValue) --steps \(operands[0].steps)"
  }

  private func noteEverything() {
    for (operand, findings) in zip(operands, findings) {
      let place = operands.count > 1 ? "\(operand.text): " : ""
      if case .library(let theirs) = operand.kind {
        for note in theirs.notes { session.note(place + note) }
        if !session.global.json, let own = operand.own { session.note("\(place)the same in one line: \(own.schedule)") }
      } else if !session.global.json {
        for finding in findings { session.note(place + finding.notice) }
      }
    }
  }

  // MARK: Text

  private func result() throws -> String {
    if lint {
      return zip(operands, findings).flatMap { operand, findings in
        findings.map { finding in
          ([finding.severity.rawValue, finding.code] + (operands.count > 1 ? [operand.text + ":"] : [])
            + [finding.message]).joined(separator: "  ")
        }
      }.joined(separator: "\n")
    }
    guard session.terminal.outputIsTerminal else {
      let columns = try operands.map { try $0.rates() }
      return (columns.first ?? []).indices.map { step in
        columns.map { decimal($0[step]) }.joined(separator: ",")
      }.joined(separator: "\n")
    }
    return summary
  }

  /// Texts, areas, and the rates at some ten places with every place where something happens.
  private var summary: String {
    let steps = operands[0].steps
    let names = operands.count > 1 ? operands.indices.map(Self.letter) : ["rate"]
    let heads = zip(names, operands).map { name, operand in
      let title = operands.count > 1 ? "\(name)  \(operand.text)" : operand.text
      guard let own = operand.own else { return title }
      return title + "\n" + (operands.count > 1 ? "   " : "") + area(own)
    }
    let places = operands.reduce(into: Set<Int>()) { $0.formUnion($1.places) }.filter { $0 < steps }.sorted()
    let rows = places.map { step in [String(step)] + operands.map { figure($0.rate(at: step)) } }
    return heads.joined(separator: "\n") + "\n\n" + table([["step"] + names] + rows)
  }

  private func area(_ own: ResolvedSchedule) -> String {
    "area \(figure(own.integral())) rate·steps over \(own.steps) steps, mean rate "
      + figure(own.integral() / Double(own.steps))
  }

  private static func letter(_ index: Int) -> String {
    index < 26 ? String(UnicodeScalar(UInt8(ascii: "a") + UInt8(index))) : "#\(index + 1)"
  }

  // MARK: Pictures

  private var chart: Chart {
    let steps = operands[0].steps
    let title = operands.count == 1 ? operands[0].text : "\(operands.count) schedules"
    let subtitle = operands.count == 1 ? operands[0].own.map(area) : nil
    return Chart(
      title: title, subtitle: subtitle ?? "\(steps) steps", xAxis: Axis("step"), yAxis: Axis("rate"),
      marks: operands.map { operand in
        var line = operand.line
        if operands.count == 1 { line.name = "rate" }
        return .line(line)
      })
  }

  private var page: HTMLPage {
    let said = zip(operands, findings).flatMap { operand, findings -> [String] in
      let place = operands.count > 1 ? "\(operand.text): " : ""
      if case .library(let theirs) = operand.kind { return theirs.notes.map { place + $0 } }
      return findings.map { "\(place)\($0.severity.rawValue): \($0.message)" }
    }
    return HTMLPage(
      title: "Learning-rate schedule", subtitle: operands.map(\.text).joined(separator: "; "),
      sections: [
        HTMLPage.Section("", [.chart(chart)]),
        HTMLPage.Section("What to know", said.isEmpty ? [.paragraph("Nothing looks wrong.")] : [.list(said)]),
      ], footer: HTMLPage.footer)
  }

  // MARK: JSON

  /// One schedule stands at the top level; several stand in `schedules`.
  private func json() throws -> JSON {
    let all = try zip(operands, findings).map { operand, findings -> JSON in
      var members: [(String, JSON)] = []
      if case .library(let theirs) = operand.kind {
        members = [
          ("library", .string(theirs.library.rawValue)), ("call", .string(theirs.call)), ("notes", JSON(theirs.notes)),
        ]
      }
      members += [
        ("canonical", JSON(operand.own?.schedule.description)), ("steps", .integer(operand.steps)),
        ("integral", JSON(operand.own?.integral())), ("digest", JSON(operand.own?.schedule.digest)),
        ("lint", .array(findings.map(\.json))), ("rates", JSON(try operand.rates())),
      ]
      return .object(members)
    }
    return all.count == 1 ? all[0] : ["schedules": .array(all), "steps": .integer(operands[0].steps)]
  }
}

extension LintFinding {
  /// As a note to the person: what is only a note is not called so twice.
  var notice: String { severity == .note ? message : "\(severity.rawValue): \(message)" }

  var json: JSON {
    ["code": .string(code), "severity": .string(severity.rawValue), "message": .string(message)]
  }
}
