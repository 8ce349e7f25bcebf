public import DescentCore

/// Follows sharpness against the update rule's stability threshold in the course of a training.
///
/// ```swift
/// var tracker = EdgeTracker<Float>(.every(10))
/// for step in 0..<steps {
///   if tracker.isDue(step: step) {
///     try tracker.measure(objective, at: weights, step: step, learningRate: rate, rule: optimizer)
///   }
///   tracker.observe(loss: try train(rate))
/// }
/// print(tracker.record.verdict, tracker.record.summary)
/// ```
/// Rates may change from step to step: the threshold is then a curve. It knows no update rule by name, only what a rule
/// says as a `StabilityModel` and `Preconditioner`.
public struct EdgeTracker<Scalar: BinaryFloatingPoint & Sendable> {
  /// When to measure.
  public enum Timing: Sendable, Hashable {
    /// Every so many steps, from step 0 on.
    case every(Int)
    /// As often as measuring takes no more than this share of the training's own time, 0 … 1. The steps measured then
    /// differ from run to run; the training does not.
    case budget(Double)
  }

  public let timing: Timing
  public private(set) var record = EdgeRecord()
  /// Time spent on measurements.
  public private(set) var measuringTime: Duration = .zero
  private var meter: SharpnessMeter<Scalar>
  private var lastDuration: Duration = .zero
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?

  /// - Parameters:
  ///   - timing: when to measure.
  ///   - settings: of the eigenvalue solver; its `count` is how many eigenvalues are recorded.
  public init(_ timing: Timing, settings: Lanczos<Scalar>.Settings = Lanczos<Scalar>.Settings()) {
    self.timing = timing
    meter = SharpnessMeter(settings)
  }

  /// Whether to measure before this step.
  public mutating func isDue(step: Int) -> Bool {
    switch timing {
    case .every(let interval): return step % max(1, interval) == 0
    case .budget(let share):
      let now = clock.now
      guard let start else {
        start = now
        return true
      }
      // The next measurement will take about as long as the last.
      let training = now - start - measuringTime
      return measuringTime + lastDuration <= training * share
    }
  }

  /// Takes in the loss of a step; call it for each.
  public mutating func observe(loss: Double) { record.observe(loss: loss) }

  /// Counts time that the last measurement took besides what is measured here, say for Batch Sharpness, towards the budget.
  public mutating func addMeasuringTime(_ time: Duration) {
    lastDuration += time
    measuringTime += time
  }

  /// Measures before a step and records it.
  ///
  /// - Parameters:
  ///   - objective: the loss over all rows.
  ///   - point: the parameters before the step.
  ///   - step: its number, from 0.
  ///   - learningRate: its η, above 0.
  ///   - rule: the update rule at its live state.
  /// - Returns: nil where nothing can be said yet: a rule that rescales has no P before its first step, and a rate of 0 no
  ///   threshold.
  /// - Throws: ``CurvatureError`` as ``SharpnessMeter`` does; what the objective throws.
  @discardableResult
  public mutating func measure(
    _ objective: any Objective<Scalar>, at point: [Scalar], step: Int, learningRate: Double,
    rule: any StabilityModel & Preconditioner
  ) throws -> EdgeMeasurement? {
    let begin = clock.now
    let preconditioner = rule.preconditioner()
    if learningRate <= 0 || (preconditioner == nil && rule.rescales) { return nil }
    let measured = try meter.measure(objective, at: point, preconditioner: preconditioner)
    let measurement = EdgeMeasurement(
      step: step, loss: measured.loss, learningRate: learningRate, eigenvalues: measured.eigenpairs.values,
      threshold: rule.stabilityThreshold(learningRate: learningRate), products: measured.eigenpairs.products,
      converged: measured.eigenpairs.converged, warnings: measured.warnings.map(\.description))
    record.append(measurement)
    lastDuration = clock.now - begin
    measuringTime += lastDuration
    return measurement
  }
}
