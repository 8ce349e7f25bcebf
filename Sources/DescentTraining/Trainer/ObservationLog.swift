public import DescentCore
public import DescentSchedules

/// The observations of a recorded run, for a controller to be replayed on.
public struct ObservationLog: Sendable, Hashable {
  /// In the order of the steps. Their scheduled rate is what the log says of it (``hasRates``), otherwise 1.
  public var observations: [Observation]
  /// True if every row says at which rate the step was made: `lrScheduled`, the schedule's, or else `lr`.
  public var hasRates: Bool

  /// True if a validation figure was measured anywhere.
  public var hasMetrics: Bool { observations.contains { $0.metric != nil } }
  /// True if the gradient's norm is known of any step.
  public var hasNorms: Bool { observations.contains { $0.gradientSquaredNorm != nil } }
  /// True if the product of successive gradients is known of any step.
  public var hasDots: Bool { observations.contains { $0.gradientDot != nil } }

  /// From a table with the columns `loss` and, where there are any, `step`, `lrScheduled`, `lr`, `gradNorm`, `valLoss`,
  /// `gradDot`. Other columns are passed over; an empty field was not measured.
  ///
  /// - Throws: `MetricTableError` with the line that is wrong.
  public init(_ table: MetricTable) throws(MetricTableError) {
    guard table.header != nil else {
      throw MetricTableError("A log needs a header that names its columns, as in step,loss,lr.", line: table.firstLine)
    }
    func column(_ names: [String]) throws(MetricTableError) -> [Double?]? {
      try table.column(named: names).map { place throws(MetricTableError) in try table.numbers(inColumn: place) }
    }
    guard let losses = try column(["loss", "train_loss"]) else {
      throw MetricTableError(
        "The header names \((table.header ?? []).joined(separator: ", ")); it must name a column loss.",
        line: table.firstLine)
    }
    let steps = try table.steps()
    if let wrong = steps.indices.dropFirst().first(where: { steps[$0] <= steps[$0 - 1] }) {
      throw MetricTableError(
        "The step \(steps[wrong]) does not follow on \(steps[wrong - 1]); the steps of a log rise.",
        line: table.rows[wrong].line)
    }
    let rates = try column(["lrScheduled", "lr", "rate", "learning_rate"])
    let metrics = try column(["valLoss", "val_loss", "eval_loss"])
    let norms = try column(["gradNorm", "grad_norm"])
    let dots = try column(["gradDot"])
    self.init(
      steps.indices.map { row in
        Row(
          step: steps[row], loss: losses[row], metric: metrics?[row], norm: norms?[row], dot: dots?[row],
          rate: rates?[row])
      })
    if observations.isEmpty { throw MetricTableError("The log holds no losses.") }
  }

  /// From what a training run recorded.
  ///
  /// - Parameter mode: `max` takes the accuracy (or R²) of the validation part as the metric, as training does.
  public init(_ record: RunRecord, mode: MetricMode = .min) {
    self.init(
      record.metrics.map { row in
        Row(
          step: row.step, loss: row["loss"],
          metric: mode == .max ? row["valAccuracy"] ?? row["valR2"] : row["valLoss"], norm: row["gradNorm"],
          dot: row["gradDot"], rate: row["lrScheduled"] ?? row["lr"])
      })
  }

  private struct Row {
    var step: Int
    var loss: Double?
    var metric: Double?
    var norm: Double?
    var dot: Double?
    var rate: Double?
  }

  private init(_ rows: [Row]) {
    // A row with a validation figure alone is an observation too; the loss it does not have counts as not a number.
    let rows = rows.filter { $0.loss != nil || $0.metric != nil }
    let known = rows.allSatisfy { $0.rate != nil }
    observations = rows.map { row in
      Observation(
        step: row.step, loss: row.loss ?? .nan, metric: row.metric, gradientSquaredNorm: row.norm.map { $0 * $0 },
        gradientDot: row.dot, scheduledRate: known ? row.rate ?? 1 : 1)
    }
    hasRates = known && !rows.isEmpty
  }
}
