import DescentCore
import DescentStore
import DescentTraining

/// What `train` says of an attempt at a run.
struct TrainingReport {
  var result: TrainingResult
  var folder: RunFolder
  var plan: TrainingPlan
  var parameterHash: String

  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    var report = Report(
      json: json, result: session.terminal.outputIsTerminal ? table(rows, leading: [0, 1]) : line, next: next,
      command: isInterrupted ? "descent train --resume \(shellQuoted(folder.path))" : nil, status: status)
    // The record is read back only where somebody looks at it.
    if session.showsPictures || pictures.isAskedFor, let record = try? folder.record(), record.metrics.count > 1 {
      try pictures.save(record.chart, page: record.page(figures.rows, advice: result.advice), session: session)
      report.picture = session.drawn(record.chart, height: 24)
    }
    return report
  }

  private var figures: Figures { Figures(train: result.train, validation: result.validation, test: result.test) }

  private var status: ExitStatus {
    switch result.outcome {
    case .finished, .dataExhausted: .fine
    case .diverged: .badNews
    case .interrupted: .interrupted
    }
  }

  private var isInterrupted: Bool { result.outcome == .interrupted }

  private var next: String? {
    isInterrupted ? "Interrupted after \(result.steps) of \(plan.steps) steps; nothing is lost." : result.advice
  }

  private var json: JSON {
    .object(
      [
        ("run", .string(folder.path)),
        ("status", .string(result.outcome.status.rawValue)),
        ("steps", .integer(result.steps)),
        ("diverged", .bool(result.outcome.status == .diverged)),
      ] + figures.members + [
        ("seconds", .number(result.seconds)),
        ("parameterHash", .string(parameterHash)),
        ("advice", JSON(result.advice)),
      ])
  }

  /// One line for scripts: the folder first, then `name=value` with spaces between them.
  private var line: String {
    let facts = [("status", result.outcome.status.rawValue), ("steps", String(result.steps))]
    return ([folder.path] + facts.map { "\($0)=\($1)" } + figures.assignments).joined(separator: " ")
  }

  private var rows: [[String]] {
    [["run", folder.path], ["steps", "\(result.steps), \(result.outcome.status.rawValue)"]] + figures.rows
      + [["seconds", figure(result.seconds)]]
  }
}
