import DescentCharts
import DescentCore
import DescentCurvature
import DescentReports
import DescentSchedules
import DescentTraining

/// What `edge` says of a tracked training.
struct EdgeReport {
  var result: EdgeResult
  var title: String
  var rates: ResolvedSchedule
  /// Whether sharpness is that of P⁻¹·H.
  var rescales: Bool
  var situation: EdgeSituation
  var settings: [[String]]

  func report(_ command: String?, _ pictures: PictureOptions, _ session: Session) throws -> Report {
    try pictures.save(
      [(chart, 560)], page: page(command), session: session)
    for warning in result.warnings { session.note(warning) }
    let advice = advice.map(\.text).joined(separator: " ")
    // A pipe gets the measurements alone; the verdict is for eyes.
    let said = session.terminal.outputIsTerminal ? "" : sentence
    let interrupted = result.isInterrupted ? "Interrupted after \(result.losses.count) of \(rates.steps) steps." : ""
    let next = [interrupted, said, advice].filter { !$0.isEmpty }.joined(separator: " ")
    return Report(
      json: session.global.json ? json(command) : .null,
      result: session.terminal.outputIsTerminal
        ? table(rows, leading: [0, 1]) + "\n\n" + wrapped(sentence, to: session.terminal.width).joined(separator: "\n")
        : csv,
      picture: session.drawn(chart, height: 26), next: next.isEmpty ? nil : next, command: command,
      status: result.isInterrupted ? .interrupted : result.divergence == nil ? .fine : .badNews)
  }

  private var summary: EdgeSummary { result.record.summary }
  private var measurements: [EdgeMeasurement] { result.record.measurements }
  /// What follows, the most important first.
  var advice: [EdgeAdvice] { result.record.advice(in: situation) }

  /// A training that diverged was beyond, whatever the last measurement before said.
  var verdict: EdgeVerdict { result.divergence == nil ? result.record.verdict : .beyond }

  private var chart: Chart {
    var picture = EdgePicture(
      title: title, subtitle: subtitle, usesMiniBatches: situation.usesMiniBatches, rescales: rescales,
      steps: result.losses.count)
    picture.losses = result.losses
    picture.measurements = measurements
    picture.batchSharpness = result.batchSharpness
    picture.crossingStep = summary.crossingStep
    return picture.chart
  }

  private var subtitle: String {
    "\(result.losses.count) steps, \(measurements.count) measurements, \(result.products) Hessian products"
  }

  // MARK: In words

  /// The verdict, one or two sentences.
  private var sentence: String {
    let last = measurements.last
    let ratio = last.map { "ρ = \(figure($0.ratio))" } ?? ""
    if let divergence = result.divergence {
      let measured = last.map { " The last ρ measured was \(figure($0.ratio)), at step \($0.step)." } ?? ""
      return "Diverged at step \(divergence.step), at learning rate \(figure(rates.rate(at: divergence.step)))."
        + measured
    }
    if let batch = situation.batchLineRatio, verdict == .below || verdict == .approaching {
      let line = situation.momentum > 0 ? "2·(1 − β)/η" : "2/η"
      return
        "Batch Sharpness is \(figure(batch)) of \(line) of late; sharpness over all rows stands at \(ratio). \(losses)"
    }
    switch verdict {
    case .unknown: return "Nothing was measured."
    case .noThreshold:
      return "This update rule has no threshold for the curvature measured, so there is no edge to compare with."
    case .below where summary.crossingStep == nil:
      return "Below the edge all the way: \(ratio) at the end, \(figure(largest)) at most."
    case .approaching where summary.crossingStep == nil:
      return "Approaching the edge: \(ratio) at the end."
    case .below, .approaching:
      let fell = (last?.learningRate ?? 0) < 0.5 * rates.peak ? ", as the rate fell" : ""
      return
        "It came to the edge at step \(summary.crossingStep ?? 0) and has left it\(fell): \(ratio) at the end. \(losses)"
    case .atEdge:
      guard let crossing = summary.crossingStep else { return "Almost at the edge of stability: \(ratio) at the end." }
      return "At the edge of stability since step \(crossing): ρ is \(figure(summary.meanRatio ?? .nan)) on average, "
        + "\(figure(summary.p5Ratio ?? .nan)) … \(figure(summary.p95Ratio ?? .nan)) in nine measurements of ten. \(losses)"
    case .beyond: return "Beyond the edge: \(ratio) at the end, \(figure(largest)) at most. \(losses)"
    }
  }

  /// The largest ρ measured.
  var largest: Double { measurements.map(\.ratio).filter { $0.isFinite }.max() ?? .nan }

  private var losses: String {
    guard let first = measurements.first?.loss, let last = measurements.last?.loss, let rising = summary.fractionRising
    else { return "" }
    let way = last < first ? "fell" : "went"
    return "The loss \(way) from \(figure(first)) to \(figure(last)), rising on \(figure(100 * rising)) % of the steps."
  }

  private var rows: [[String]] {
    let stable = measurements.last?.threshold.isFinite == true
    let spread = summary.meanRatio.map { mean in
      "\(figure(mean)) (\(figure(summary.p5Ratio ?? .nan)) … \(figure(summary.p95Ratio ?? .nan)), at most "
        + "\(figure(summary.maxRatio ?? .nan)))"
    }
    let batch = situation.batchRatio.map { "\(figure($0)) of 2/η, of late" }
    let share = result.seconds > 0 ? 100 * result.measuringSeconds / result.seconds : 0
    let all: [(String, String?)] = [
      ("verdict", verdict.words),
      ("threshold", stable ? figure(result.threshold) : "none"),
      ("edge reached", summary.crossingStep.map { "step \($0)" } ?? "no"),
      ("ρ since", spread), ("ρ at the end", measurements.last.map { figure($0.ratio) }), ("Batch Sharpness", batch),
      ("loss", measurements.last.map { "\(figure(measurements[0].loss)) → \(figure($0.loss))" }),
      ("rising steps", summary.fractionRising.map { "\(figure(100 * $0)) %" }),
      ("seconds", "\(figure(result.seconds)), \(figure(share)) % of them measuring"),
    ]
    return all.compactMap { name, value in value.map { [name, $0] } }
  }

  private func page(_ command: String?) -> HTMLPage {
    let events = result.record.events.map { [String($0.step), $0.kind.words] }
    let points = advice.map { "\($0.rule): \($0.text)" } + result.warnings
    let sections: [HTMLPage.Section?] = [
      HTMLPage.Section("", [.callout(sentence), .chart(chart, width: 860, height: 560)]),
      HTMLPage.Section("Figures", [.table(HTMLPage.Table(columns: ["figure", "value"], rows: rows))]),
      points.isEmpty
        ? nil : HTMLPage.Section("What follows", [.list(points)] + (command.map { [.preformatted($0)] } ?? [])),
      events.isEmpty
        ? nil
        : HTMLPage.Section("What happened", [.table(HTMLPage.Table(columns: ["step", "event"], rows: events))]),
      HTMLPage.Section("Settings", [.table(HTMLPage.Table(columns: ["setting", "value"], rows: settings))]),
    ]
    return HTMLPage(
      title: "Edge of stability", subtitle: title, sections: sections.compactMap(\.self), footer: HTMLPage.footer)
  }

  // MARK: For other programs

  /// Batch Sharpness by the step it was measured at.
  private var batches: [Int: BatchSharpnessPoint] {
    Dictionary(result.batchSharpness.map { ($0.step, $0) }) { first, _ in first }
  }

  private var csv: String {
    let batches = batches
    let header = "step,loss,sharpness,threshold,ratio" + (batches.isEmpty ? "" : ",batchSharpness")
    let lines = measurements.map { one in
      let batch = batches.isEmpty ? [] : [batches[one.step].map { decimal($0.value) } ?? ""]
      return ([String(one.step)] + [one.loss, one.sharpness, one.threshold, one.ratio].map(decimal) + batch)
        .joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n")
  }

  private func json(_ command: String?) -> JSON {
    let batches = batches
    let several = measurements.contains { $0.eigenvalues.count > 1 }
    let series = measurements.map { one -> JSON in
      var members: [(String, JSON)] = [
        ("step", .integer(one.step)), ("loss", .number(one.loss)), ("sharpness", .number(one.sharpness)),
        ("threshold", .number(one.threshold)), ("ratio", .number(one.ratio)), ("rate", .number(one.learningRate)),
      ]
      if several { members.append(("eigenvalues", JSON(one.eigenvalues))) }
      if let batch = batches[one.step] {
        members += [("batchSharpness", .number(batch.value)), ("batchRatio", .number(batch.ratio))]
      }
      if !one.converged { members.append(("converged", .bool(false))) }
      return .object(members)
    }
    var members: [(String, JSON)] = [
      ("verdict", .string(verdict.rawValue)), ("sentence", .string(sentence)),
      ("threshold", .number(result.threshold)), ("crossingStep", JSON(summary.crossingStep)),
      ("meanRatio", JSON(summary.meanRatio)), ("medianRatio", JSON(summary.medianRatio)),
      ("p5Ratio", JSON(summary.p5Ratio)), ("p95Ratio", JSON(summary.p95Ratio)), ("maxRatio", JSON(summary.maxRatio)),
      ("fractionRising", JSON(summary.fractionRising)), ("diverged", .bool(result.divergence != nil)),
      ("interrupted", .bool(result.isInterrupted)), ("divergedAt", JSON(result.divergence?.step)),
      ("steps", .integer(result.losses.count)),
      ("firstLoss", JSON(result.losses.first)), ("lastLoss", JSON(result.losses.last)),
    ]
    if let ratio = situation.batchRatio { members.append(("batchRatio", .number(ratio))) }
    members += [
      (
        "events",
        .array(
          result.record.events.map { ["kind": .string($0.kind.rawValue), "step": .integer($0.step)] })
      ),
      ("advice", .array(advice.map { ["rule": .string($0.rule), "text": .string($0.text)] })),
      ("warnings", JSON(result.warnings)), ("products", .integer(result.products)),
      ("seconds", .number(result.seconds)), ("measuringSeconds", .number(result.measuringSeconds)),
      ("next", JSON(command)), ("series", .array(series)),
    ]
    return .object(members)
  }
}

extension EdgeVerdict {
  fileprivate var words: String {
    switch self {
    case .unknown: "nothing measured"
    case .noThreshold: "no threshold"
    case .below: "below the edge"
    case .approaching: "approaching the edge"
    case .atEdge: "at the edge: normal"
    case .beyond: "beyond the edge"
    }
  }
}

extension EdgeEvent.Kind {
  fileprivate var words: String {
    switch self {
    case .crossing: "ρ reached 1"
    case .hovering: "ρ hovers round 1"
    case .escape: "ρ stayed above 1.5"
    case .left: "ρ fell below 0.8"
    }
  }
}
