import DescentReports
import DescentSchedules
import DescentStudies
import DescentTraining
import Foundation

/// What `compare` says.
struct CompareReport {
  let result: ComparisonSummary
  /// nil if it was not asked for.
  let sharpness: CompareSharpness?
  /// Optimizer steps that finding the rates took.
  let findSteps: Int
  /// The comparison's folder.
  let folder: String
  /// The options that say what is trained; not the optimizer.
  let flags: String
  let setup: TrainingSetup
  let seed: UInt64

  var comparison: Comparison { result.comparison }
  var winner: ComparisonSummary.Row { result.rows[result.winner] }
  var stepsSpent: Int { result.stepsSpent + findSteps + (sharpness?.stepsSpent ?? 0) }
  /// Steps spent as a share of those of the whole grid on every fresh seed.
  var share: Double { Double(stepsSpent) / Double(max(1, comparison.gridSteps)) }

  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    try pictures.save(charts.map { ($0, 460) }, page: page, session: session)
    let terminal = session.terminal.outputIsTerminal
    return Report(
      json: session.global.json ? json : .null, result: terminal ? screen(session) : csv,
      picture: session.drawn(learningCurves, height: 20),
      next: [terminal ? "" : verdict, cost].filter { !$0.isEmpty }
        .joined(separator: " "), command: command, status: result.allDiverged ? .badNews : .fine)
  }

  /// What `run.json` keeps.
  var figures: [String: Double] {
    var figures = ["meanLoss": winner.meanLoss, "rate": comparison.arms[result.winner].rate]
    figures["testLoss"] = winner.testLoss
    figures["testAccuracy"] = winner.testAccuracy
    figures["indistinguishable"] = Double(result.indistinguishable.count)
    return figures
  }

  // MARK: In words

  /// An arm as one phrase.
  func name(_ arm: Int) -> String {
    let parts = comparison.name(of: arm)
    return "\(parts[0]), \(parts[1]), \(parts[2])"
  }

  private var lowestRate: Double { comparison.arms.map(\.rate).min() ?? 0 }

  /// What can be said of the best, in a sentence or two.
  var verdict: String {
    if result.allDiverged {
      return "Every setting diverged; the lowest rate tried was \(figure(lowestRate)): try a hundredth of it."
    }
    let figures = "mean validation loss \(figure(winner.meanLoss)) over \(winner.seeds) seeds"
    let others = result.indistinguishable.count - 1
    let edge = winner.edge.map { edge in
      " Its rate is the \(edge.rawValue) one tried: a \(edge == .lowest ? "lower" : "higher") one may be better still."
    }
    let few =
      others > 0 && winner.seeds < 6
      ? " With \(winner.seeds) seeds hardly any difference can be shown; --seeds 10 or more can." : ""
    guard others > 0 else { return "\(alone(figures))\(edge ?? "")" }
    return
      "Best estimate: \(name(result.winner)) (\(figures)), but \(others == 1 ? "one other setting" : "\(others) others") "
      + "cannot be told from it.\(edge ?? "")\(few)"
  }

  /// The best where it stands alone, and what that says of the others: short runs put aside without a test.
  private func alone(_ figures: String) -> String {
    let best = "\(name(result.winner)) (\(figures))"
    if comparison.arms.count == 1 { return "The only setting: \(best)." }
    let others = result.rows.filter { $0.arm != result.winner }
    let tested = others.count { $0.steps == comparison.steps }
    if tested == others.count { return "Best: \(best); every other setting is worse." }
    return tested > 0
      ? "Best: \(best); every other setting that had whole runs is worse."
      : "Best: \(best); short runs put the others aside."
  }

  /// What it took.
  var cost: String {
    let whole = comparison.arms.count * comparison.seeds
    return
      "\(count(stepsSpent)) steps were made, \(figure(100 * share)) % of the \(whole) whole runs of "
      + "\(comparison.arms.count == 1 ? "1 setting" : "\(comparison.arms.count) settings") on "
      + "\(comparison.seeds) seeds\(findSteps > 0 ? ", those that found the rates among them" : ""). All settings had the same steps and seeds until "
      + "they fell out. Kept in \(folder)."
  }

  /// Trains with the winner.
  var command: String {
    let arm = comparison.arms[result.winner]
    let schedule = comparison.schedules[arm.schedule]
    let parts = [
      "descent train\(flags) --optimizer \(shellQuoted(comparison.contenders[arm.optimizer].optimizer))",
      seed > 0 ? "--seed \(seed)" : nil, schedule.peak == nil ? "--lr \(decimal(arm.rate))" : nil,
      "--schedule \(shellQuoted(schedule.description))", "--steps \(comparison.steps)",
    ]
    return parts.compactMap(\.self).joined(separator: " ")
  }

  /// Arms with whole runs, the indistinguishable ones first, both by their loss.
  var ranked: [Int] {
    let others = result.rows.filter { $0.steps == comparison.steps && $0.fate != .finalist }
      .sorted { ($0.meanLoss, $0.arm) < ($1.meanLoss, $1.arm) }.map(\.arm)
    return result.indistinguishable + others
  }

  /// Why an arm is where it is.
  func fate(_ row: ComparisonSummary.Row) -> String {
    switch row.fate {
    case _ where row.arm == result.winner: result.indistinguishable.count > 1 ? "best estimate" : "best"
    case .finalist: "not told apart"
    case .screened(let steps): "put aside after \(steps) steps"
    case .diverged: "diverged"
    case .worse(let seeds): "worse, \(seeds) seeds"
    }
  }

  private func screen(_ session: Session) -> String {
    let rows = Array(ranked.prefix(max(12, result.indistinguishable.count)))
    let aside = result.rows.count - ranked.count
    let (table, left) = fitting([columns] + rows.map { cells($0) }, to: session.terminal.width)
    var text = DescentCLI.table(table, leading: [0, 1, table[0].count - 1], width: session.terminal.width)
    let more = ranked.count - rows.count
    if more > 0 { text += "\n… and \(more) more, worse" }
    if aside > 0 { text += "\n\(aside) more were put aside by short runs" }
    if !left.isEmpty { text += "\nleft out for want of width: \(left.joined(separator: ", ")) (--html has all)" }
    return text + "\n\n" + wrapped(verdict, to: session.terminal.width).joined(separator: "\n")
  }

  /// A table as wide as the terminal at most, if leaving out what matters least can make it so, and what was left out.
  private func fitting(_ rows: [[String]], to width: Int) -> (rows: [[String]], left: [String]) {
    var (rows, left) = (rows, [String]())
    // The verdict may be broken over lines.
    let verdict = 20
    for name in ["spikes", "to target", "test acc.", "test loss", "seeds", "above best"] {
      let widths = rows[0].indices.dropLast().map { column in rows.map { $0[column].count }.max() ?? 0 }
      guard widths.reduce(verdict, { $0 + $1 + 2 }) > width else { break }
      guard let column = rows[0].firstIndex(of: name) else { continue }
      for row in rows.indices { rows[row].remove(at: column) }
      left.append(name)
    }
    return (rows, left)
  }

  var columns: [String] {
    [
      "optimizer", "schedule", "rate", "loss, ± 95 %", "above best", hasAccuracy ? "test acc." : "test loss",
      "to target",
      "spikes",
    ] + (sharpness == nil ? [] : ["largest ρ"]) + ["seeds", ""]
  }

  private var hasAccuracy: Bool { result.rows.contains { $0.testAccuracy != nil } }

  /// A row of the table.
  func cells(_ arm: Int) -> [String] {
    let row = result.rows[arm]
    let spread = row.interval.map { " ± \(spreadFigure(($0.upperBound - $0.lowerBound) / 2))" } ?? ""
    let difference = row.difference.map { "\(spreadFigure($0.mean)) ± \(spreadFigure(($0.high - $0.low) / 2))" } ?? "–"
    let test =
      hasAccuracy
      ? row.testAccuracy.map { "\(figure(100 * $0)) %" } ?? "–" : row.testLoss.map(figure) ?? "–"
    let diverged = row.divergedRuns > 0 ? ", \(row.divergedRuns) diverged" : ""
    let edge = row.edge.map { ", \($0.rawValue) rate tried" } ?? ""
    let target = row.stepsToTarget.map(String.init) ?? "–"
    let figures = [figure(row.meanLoss) + spread, difference, test, target, figure(row.spikes)]
    let ratio = sharpness.map { [($0.largestRatios[arm] ?? nil).map(figure) ?? "–"] } ?? []
    return comparison.name(of: arm) + figures + ratio + [String(row.seeds), fate(row) + diverged + edge]
  }
}

/// Two digits say how far something is spread.
private func spreadFigure(_ value: Double) -> String { String(format: "%.2g", value) }

/// 12345678 as 12,345,678.
private func count(_ number: Int) -> String {
  var digits = String(number)
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
    place -= 3
  }
  return digits
}
