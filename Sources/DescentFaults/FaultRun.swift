import DescentCore
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
    trainLosses = last.trainLosses
    validationLosses = last.validationLosses
    if case .diverged = result.outcome { diverged = true } else { diverged = false }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    struct Line: Encodable {
      var one: FaultCase
      var diverged: Bool
      var F: [Double]
      var V: [Double]
      var columns: [String: [Double?]]
    }
    var columns: [String: [Double?]] = [:]
    for (place, row) in record.metrics.enumerated() {
      for (name, value) in row.values {
        columns[name, default: [Double?](repeating: nil, count: record.metrics.count)][place] =
          value.isFinite ? Double(String(format: "%.6g", value)) : value
      }
    }
    return String(
      decoding: try encoder.encode(
        Line(one: one, diverged: diverged, F: trainLosses, V: validationLosses, columns: columns)), as: UTF8.self)
  }
}
