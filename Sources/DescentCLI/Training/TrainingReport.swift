import DescentCore
import DescentStore
import DescentTraining

/// What `train` says of an attempt at a run.
struct TrainingReport {
  var result: TrainingResult
  var folder: RunFolder
  var plan: TrainingPlan
  var parameterHash: String
  var language: LanguageFigures?
  var sample: TextSample?

  func report(_ pictures: PictureOptions, _ session: Session) throws -> Report {
    // The record is read back only where somebody looks at it.
    let records = plan.effectiveRatesEvery != nil && session.global.json
    let record = session.showsPictures || pictures.isAskedFor || records ? try? folder.record() : nil
    var report = Report(
      json: json(record), result: session.terminal.outputIsTerminal ? table(rows, leading: [0, 1]) + drawn : line,
      next: next,
      command: isInterrupted ? "descent train --resume \(shellQuoted(folder.path))" : nil, status: status)
    if let record, record.metrics.count > 1 {
      try pictures.save(record.chart, page: record.page(figures.rows, advice: result.advice), session: session)
      report.picture = session.drawn(record.chart, height: record.pictureHeight)
    }
    return report
  }

  private var figures: Figures {
    Figures(
      measured: Evaluations(train: result.train, validation: result.validation, test: result.test), raw: result.raw,
      language: language)
  }

  /// What the model has written, below the table, after what it was given.
  private var drawn: String {
    guard let sample else { return "" }
    return "\n\nA sample at temperature \(figure(TextSampler.sampleTemperature)):\n\(sample.prompt)▸\(sample.text)"
  }

  private var sampleMembers: [(String, JSON)] {
    guard language != nil else { return [] }
    return [
      ("sample", sample.map { .string($0.text) } ?? .null), ("prompt", sample.map { .string($0.prompt) } ?? .null),
    ]
  }

  /// Key and share of the steps whose gradient was clipped, if any could be.
  private var clipped: [(String, JSON)] { result.clippedShare.map { [("clippedShare", .number($0))] } ?? [] }

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

  private func json(_ record: RunRecord?) -> JSON {
    .object(
      [
        ("run", .string(folder.path)),
        ("status", .string(result.outcome.status.rawValue)),
        ("steps", .integer(result.steps)),
        ("diverged", .bool(result.outcome.status == .diverged)),
      ] + figures.members + clipped + (record?.effectiveRateMembers ?? []) + sampleMembers + [
        ("seconds", .number(result.seconds)),
        ("parameterHash", .string(parameterHash)),
        ("advice", JSON(result.advice)),
      ])
  }

  /// One line for scripts: the folder first, then `name=value` with spaces between them.
  private var line: String {
    let facts = [("status", result.outcome.status.rawValue), ("steps", String(result.steps))]
    let share = clipped.map { "\($0)=\($1.text)" }
    return ([folder.path] + facts.map { "\($0)=\($1)" } + figures.assignments + share).joined(separator: " ")
  }

  private var rows: [[String]] {
    [["run", folder.path], ["steps", "\(result.steps), \(result.outcome.status.rawValue)"]] + figures.rows
      + (result.clippedShare.map { [["gradients", "clipped in \(figure(100 * $0)) % of the steps"]] } ?? [])
      + [["seconds", figure(result.seconds)]]
  }
}

extension RunRecord {
  /// `effectiveRates`, if they were recorded: every tensor at the last step, and how all of them together went.
  fileprivate var effectiveRateMembers: [(String, JSON)] {
    guard !effectiveRates.isEmpty else { return [] }
    let tensors = lastEffectiveRates.map { row in
      JSON.object([
        ("tensor", .string(row.tensor)), ("step", .integer(row.step)), ("requested", .number(row.requested)),
        ("minimum", .number(row.minimum)), ("tenth", .number(row.tenth)), ("median", .number(row.median)),
        ("ninetieth", .number(row.ninetieth)), ("maximum", .number(row.maximum)),
        ("factors", .object(row.factors.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
      ])
    }
    return [("effectiveRates", ["tensors": .array(tensors), "series": .array(overallRates.map(\.json))])]
  }
}

extension RatePoint {
  /// As an element of a series.
  var json: JSON {
    [
      "step": .integer(step), "requested": .number(requested), "tenth": .number(tenth), "median": .number(median),
      "ninetieth": .number(ninetieth),
    ]
  }
}
