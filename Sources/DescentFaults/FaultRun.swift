import DescentCore
import DescentDiagnosis
import DescentSchedules
import DescentTraining
import Foundation

/// A case made, with what its record shows and what is true.
struct FaultRun {
  let one: FaultCase
  let record: RunRecord
  let trainLosses: [Double]
  let validationLosses: [Double]
  let diverged: Bool
  let dead: Double?
  let earlyLosses: [Double]

  init(_ one: FaultCase) throws {
    self.one = one
    var specification = RunSpecification()
    specification.training.data = one.data
    specification.training.model = one.model
    specification.training.activation = one.activation
    specification.training.initializer = one.initializer
    specification.training.optimizer = one.optimizer
    specification.training.batch = one.batch
    specification.rate = one.rate
    specification.schedule = try Schedule(parsing: one.applied)
    specification.steps = one.steps
    specification.onDivergence = one.seed % 4 < 2 ? .stop : .continue
    let session = try TrainingSession(specification)
    var source = session.setup.source
    if one.injection == .notShuffled { source.shufflesRows = false }
    let trainee = FaultyTrainee(
      try source.makeTrainee(seed: one.seed, batchOrder: one.seed), one.injection, steps: one.steps)
    specification.schedule = try Schedule(parsing: one.schedule)
    specification.training = session.specification.training
    let description = RunDescription(
      id: one.family, createdAt: "", specification: specification.dictionary, plannedSteps: one.steps)
    var trainer = Trainer(trainee, plan: session.plan, description: description)
    var memory = RunMemory()
    let result = try trainer.run(into: &memory)
    var last = trainer.trainee
    try last.measure()
    record = RunRecord(
      description: memory.description ?? description, metrics: memory.rows, events: memory.events)
    let looksDead = memory.rows.contains { ($0["silentUnits"] ?? 0) > 0.2 }
    dead =
      one.activation == "relu" && looksDead && one.model.hasPrefix("mlp:") && !one.model.contains(",")
      ? try last.deadShare() : nil
    earlyLosses = last.earlyLosses
    trainLosses = last.trainLosses
    validationLosses = last.validationLosses
    if case .diverged = result.outcome { diverged = true } else { diverged = false }
  }

  private var isNonFinite: Bool {
    record.metrics.contains { row in ["loss", "gradNorm"].contains { !(row[$0] ?? 0).isFinite } }
  }

  /// What is known of the run, but for its rows.
  var facts: RunFacts {
    RunFacts(
      one: one, diverged: diverged, nonFinite: isNonFinite, dead: dead, train: trainLosses.map(sixDigits),
      validation: validationLosses.map(sixDigits), specification: record.description.specification,
      status: record.description.status, results: record.description.results, early: earlyLosses.map(sixDigits))
  }
}

/// What is known of a run, but for its rows.
struct RunFacts: Codable {
  var one: FaultCase
  var diverged: Bool
  var nonFinite: Bool
  /// The share of units that are off on all training rows, in the worst layer, where it was looked at.
  var dead: Double?
  /// The loss of the whole training part at the beginning, after each twentieth of the run, and at the end.
  var train: [Double]
  /// The same of the validation part.
  var validation: [Double]
  var specification: [String: String]
  var status: RunStatus
  var results: [String: Double]
  /// Losses of the whole training part soon after the beginning.
  var early: [Double]
  /// Where its rows are in the other file, and how many values each column has.
  var columns: [RowFile.Column] = []

  /// The run as it would be read back.
  func record(_ rows: [MetricRow]) -> RunRecord {
    let description = RunDescription(
      id: one.family, createdAt: "", status: status, specification: specification, plannedSteps: one.steps,
      completedSteps: rows.count, results: results)
    return RunRecord(description: description, metrics: rows, events: [])
  }

  /// The schedule that was meant.
  var intended: ResolvedSchedule? { try? RunSpecification(dictionary: specification).intendedSchedule }
}

/// What the diagnosis says of a run, beside what is true of it.
struct JudgedRun: Encodable {
  var facts: RunFacts
  /// The lowest validation loss that was measured, and its step: finer than the facts' twentieths.
  var lowestValidation: Double?
  var lowestValidationStep: Int?
  var views: [View]

  init(_ facts: RunFacts, _ record: RunRecord) {
    self.facts = facts
    let intended = facts.intended
    let lowest = record.metrics.filter { $0["valLoss"]?.isFinite == true }.min {
      ($0["valLoss"] ?? 0) < ($1["valLoss"] ?? 0)
    }
    lowestValidation = lowest?["valLoss"]
    lowestValidationStep = lowest?.step
    views = LogView.allCases.compactMap { view in view.log(of: record, intended: intended).map { View(view, $0) } }
  }
}

/// What a detector may get to see of a run.
enum LogView: String, CaseIterable {
  /// All that was recorded, and the schedule that was meant.
  case record
  /// Step, loss, rate and validation loss.
  case csv
  /// The same at every tenth step.
  case sparse = "csv-every-10"

  func log(of record: RunRecord, intended: ResolvedSchedule?) -> RunLog? {
    if self == .record { return RunLog(record, intended: intended) }
    if self == .sparse, record.metrics.count < 300 { return nil }
    var log = RunLog()
    for row in record.metrics where self == .csv || row.step % 10 == 0 || row["valLoss"] != nil {
      let isKept = self == .csv || row.step % 10 == 0
      log.append(
        step: row.step, row.values.filter { $0.name == "valLoss" || isKept && ["loss", "lr"].contains($0.name) })
    }
    return log
  }
}

/// The findings and the evidence about the rate in one view of a run.
struct View: Encodable {
  var view: String
  /// Code, severity and kind.
  var findings: [[String]]
  var features: [Double]?
  var hasHealth: Bool
  /// Codes that could not be judged.
  var notJudged: [String]

  init(_ view: LogView, _ log: RunLog) {
    self.view = view.rawValue
    let diagnosis = Diagnosis(log)
    notJudged = diagnosis.notJudged.map(\.code.rawValue)
    findings = diagnosis.findings.map { [$0.code.rawValue, $0.severity.rawValue, $0.kind] }
    let evidence = RateEvidence(log)
    hasHealth = evidence?.hasHealth ?? false
    features = evidence?.features.map { sixDigits($0.value) }
  }
}

func sixDigits(_ value: Double) -> Double {
  value.isFinite ? Double(String(format: "%.6g", value)) ?? value : value
}
