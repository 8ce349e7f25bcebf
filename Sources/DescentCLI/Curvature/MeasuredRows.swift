import DescentCore
import DescentData
import DescentModels
import DescentTraining

/// Which training rows a loss is measured over, and how layers with two faces behave in it.
struct MeasuredRows {
  var rows: [Int32]
  /// Training rows in all.
  var all: Int

  /// Up to `limit` of a task's training rows, evenly spaced.
  init(_ task: TrainingTask, limit: Int?) {
    let train = task.split.train
    let all = train.count
    let count = min(limit ?? all, all)
    self.all = all
    rows = count < all ? (0..<count).map { train[$0 * all / count] } : train
  }

  /// `all 1259 training rows` or `256 of 1259 training rows`.
  var text: String { rows.count == all ? "all \(all) training rows" : "\(rows.count) of \(all) training rows" }

  /// The mean loss over the rows as a training step sees it: normalised by batch statistics, without dropout.
  func trainingLoss(_ setup: TrainingSetup, threads: Int) throws -> ModelObjective<Float> {
    try ModelObjective(
      setup.model, task: setup.task, rows: rows, mode: ModelMode(batchStatistics: .batch, dropsOut: false),
      threads: threads)
  }

  /// The mean loss over the rows as in evaluation: running statistics as given, no dropout.
  func evaluationLoss(_ setup: TrainingSetup, kept: [Float], threads: Int) throws -> ModelObjective<Float> {
    try ModelObjective(
      setup.model, task: setup.task, rows: rows, mode: .evaluation, kept: kept.isEmpty ? nil : kept, threads: threads)
  }
}

extension TrainingSetup {
  /// What is to be said of a loss besides its rows, each a sentence's part.
  func conditions(of objective: ModelObjective<Float>) -> [String] {
    objective.conditions + (compiled.dropsOut ? ["dropout off"] : [])
  }
}
