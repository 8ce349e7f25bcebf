import DescentCore
import DescentSchedules
import DescentStudies
import DescentTraining

/// One question of the benchmark: the peak rate for a task, optimizer, schedule and horizon.
struct Cell: Sendable, Hashable {
  var task: String
  var optimizer: String
  var schedule: String
  /// Steps of the run.
  var horizon: Int

  static let optimizers = ["sgd(momentum: 0.9)", "adamw(weightDecay: 0.01)"]
  static let schedules = ["constant", "warmup 5% -> cosine"]
  static let shortRun = 400

  /// Short to write, the key in files: `digits-mlp/adamw/cosine/400`.
  var name: String { "\(task)/\(optimizer.prefix { $0 != "(" })/\(isConstant ? "constant" : "cosine")/\(horizon)" }

  var isConstant: Bool { schedule == "constant" }
  var isSGD: Bool { optimizer.hasPrefix("sgd") }
  /// log₁₀ of the highest rate that is looked at.
  var highestExponent: Double { isSGD ? 1 : 0 }

  var problem: BenchTask? { BenchTask.all.first { $0.name == task } }
  var isForDesign: Bool { problem?.isForDesign ?? false }

  /// Every cell: all tasks at the short horizon with both schedules, some at ten times that with the decaying one.
  static let all: [Cell] = BenchTask.all.flatMap { task in
    optimizers.flatMap { optimizer in
      let short = schedules.map { Cell(task: task.name, optimizer: optimizer, schedule: $0, horizon: shortRun) }
      let long = Cell(task: task.name, optimizer: optimizer, schedule: schedules[1], horizon: 10 * shortRun)
      return task.hasLongRuns ? short + [long] : short
    }
  }

  /// The run of `steps` steps at a peak, its schedule stretched to that length: the validation loss at the end, or
  /// infinity if it diverged.
  func finalLoss(_ source: BenchSource, rate: Double, steps: Int, seed: UInt64) throws -> Double {
    try StretchedRun(schedule: Schedule(parsing: schedule), seed: seed).loss(source, rate: rate, steps: steps)
  }
}
