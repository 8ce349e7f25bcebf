import DescentData
import DescentModels
import DescentOptimizers
import DescentSchedules
import DescentTraining

/// A training made ready from its settings, by their keys as they stand in flags, config files and `run.json`.
///
/// The same settings give the same training; that is what `--resume` and `evaluate` rest on.
struct ReadyTraining {
  let schedule: Schedule
  /// The peak of a schedule that has none of its own.
  let rate: Double?
  private let setup: TrainingSetup

  var source: ModelSource { setup.source }
  var optimizer: OptimizerSpec { setup.source.optimizer }
  var stepsPerEpoch: Int { setup.stepsPerEpoch }

  /// Reads the settings, loads the data and compiles the model.
  ///
  /// - Throws: an error of the module that reads the setting at fault, all ``Reportable``.
  init(_ settings: [String: String], threads: Int) throws {
    schedule = try Schedule(parsing: settings["schedule"] ?? "constant")
    rate = try settings["lr"].map(Value.rate)
    setup = try TrainingSpecification(dictionary: settings).setUp(threads: threads)
    // A larger batch than there are rows would quietly become a smaller one.
    let rows = setup.task.split.train.count
    if let batch = settings["batch"].flatMap({ Int($0) }), batch > rows {
      throw Failure(
        "bad-value", "--batch \(batch) is more than the \(rows) training rows",
        hint: "use --batch \(rows) or --batch full")
    }
  }

  /// The same model for other data, all of whose rows are for testing: scaled as the run's own, classes numbered alike.
  func source(testing specification: String, threads: Int) throws -> ModelSource {
    let own = source.model.task
    var data = try loadDataset(specification)
    switch own.data.targets {
    case .classes(_, let names): data = try data.withClasses(names)
    case .values: data = try data.withValues()
    }
    guard data.featureCount == own.data.featureCount else {
      throw Failure(
        "wrong-shape",
        "\(specification) has \(data.featureCount) features and the run's model takes "
          + "\(own.data.featureCount)", status: .failed)
    }
    let rows = Array(0..<Int32(data.rows))
    let task = try TrainingTask(
      data: data, split: DataSplit(train: rows, test: rows), loss: own.loss,
      scaling: (own.featureScaling, own.targetScaling))
    let batch = min(source.model.batchSize, rows.count)
    let model = try CompiledModel(setup.model, task: task, batchSize: batch)
    return try ModelSource(model, optimizer: optimizer, threads: threads)
  }

  /// The schedule over a run of that many steps.
  func resolved(steps: Int) throws(ScheduleError) -> ResolvedSchedule {
    try schedule.resolved(peak: rate, horizon: Horizon(steps: steps, stepsPerEpoch: stepsPerEpoch))
  }
}

extension TrainingOptions {
  /// The settings as given, with the defaults that a run should know of.
  var settings: [String: String] {
    var settings = [
      "data": data ?? "digits",
      "model": model ?? ((data ?? "digits") == "digits" ? "mlp:64-128-128-10" : "mlp:128-128"),
      "activation": activation ?? "relu", "optimizer": optimizer ?? "adam", "batch": batch?.text ?? "32",
      "schedule": schedule ?? "constant", "split-seed": String(splitSeed ?? 0),
    ]
    settings["loss"] = loss
    return settings
  }
}
