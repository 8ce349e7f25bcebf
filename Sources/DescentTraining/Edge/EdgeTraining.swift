internal import DescentCore
public import DescentCurvature
internal import DescentData
internal import DescentModels
internal import DescentOptimizers
public import DescentSchedules

/// Trains a built-in model and follows its sharpness against the update rule's stability threshold.
///
/// ```swift
/// let example = try EdgeExample.chebyshev()
/// let setup = try example.setUp(example.specification)
/// let rates = try Schedule(.constant()).resolved(peak: 0.4, horizon: setup.horizon(steps: 8000))
/// let result = try EdgeTraining(setup, rates: rates, timing: .every(10)).run()
/// print(result.record.verdict, result.record.summary)
/// ```
/// Sharpness is that of the loss over all training rows. Batch normalisation takes the statistics of all of them;
/// dropout is off. With mini-batches Batch Sharpness is measured too, for rules that rescale nothing. The training itself is the same, bit for bit,
/// whatever is measured.
public struct EdgeTraining {
  private let setup: TrainingSetup
  private let rates: ResolvedSchedule
  private let seed: UInt64
  private let whole: ModelObjective<Float>
  /// Nil where a step takes all rows.
  private let batches: ModelBatches<Float>?
  private var tracker: EdgeTracker<Float>

  /// - Parameters:
  ///   - setup: what is trained.
  ///   - rates: the rate of every step; the training has as many steps.
  ///   - timing: when to measure.
  ///   - eigenvalues: how many are measured, at least 1.
  ///   - seed: chooses initial weights and the order of batches.
  ///   - threads: threads that measurements may use.
  /// - Throws: as ``ModelObjective`` does.
  public init(
    _ setup: TrainingSetup, rates: ResolvedSchedule, timing: EdgeTracker<Float>.Timing, eigenvalues: Int = 1,
    seed: UInt64 = 0, threads: Int = 1
  ) throws {
    self.setup = setup
    self.rates = rates
    self.seed = seed
    let rows = setup.task.split.train
    let mode = ModelMode(
      batchStatistics: setup.compiled.normalizesOverBatch ? .batch : .running, dropsOut: false)
    let stepRows = setup.compiled.batchSize * setup.source.accumulation
    if stepRows < rows.count {
      let batches = try ModelBatches<Float>(
        setup.model, task: setup.task, rows: rows, batchSize: stepRows, mode: mode, seed: seed, threads: threads)
      (self.batches, whole) = (batches, batches.whole)
    } else {
      batches = nil
      whole = try ModelObjective(setup.model, task: setup.task, rows: rows, mode: mode, threads: threads)
    }
    tracker = EdgeTracker(timing, settings: Lanczos.Settings(count: eigenvalues, seed: seed))
  }

  /// Whether steps take fewer rows than there are.
  public var usesMiniBatches: Bool { batches != nil }

  /// Makes all steps.
  ///
  /// - Parameters:
  ///   - observe: called after every step.
  ///   - shouldStop: asked before every step; true ends the training there.
  /// - Returns: what was measured. Divergence is an outcome, not an error.
  /// - Throws: `CurvatureError` where curvature cannot be measured; what the optimizer throws.
  public mutating func run(
    observe: (EdgeProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> EdgeResult {
    let clock = ContinuousClock()
    let start = clock.now
    var trainee = try setup.source.makeTrainee(seed: seed, batchOrder: seed)
    var result = EdgeResult()
    result.losses.reserveCapacity(min(rates.steps, 1 << 20))
    var detector = DivergenceDetector()
    for step in 0..<rates.steps {
      if shouldStop() {
        result.isInterrupted = true
        break
      }
      let rate = rates.rate(at: step)
      let measurement = tracker.isDue(step: step) ? try measure(trainee, step, rate, &result) : nil
      let report = try trainee.step(learningRate: rate)
      tracker.observe(loss: report.loss)
      result.losses.append(report.loss)
      if let factor = report.clipFactor, factor < 1 { result.clippedSteps += 1 }
      if rate > 0 { result.threshold = comparable(trainee.liveOptimizer).stabilityThreshold(learningRate: rate) }
      result.divergence = detector.observe(report, step: step)
      observe(EdgeProgress(step: step, loss: report.loss, learningRate: rate, measurement: measurement))
      if result.divergence != nil { break }
    }
    result.record = tracker.record
    result.products = tracker.record.measurements.reduce(0) { $0 + $1.products }
    result.warnings = warnings(result)
    result.seconds = (clock.now - start) / .seconds(1)
    result.measuringSeconds = tracker.measuringTime / .seconds(1)
    return result
  }

  private mutating func measure(
    _ trainee: ModelTrainee, _ step: Int, _ rate: Double, _ result: inout EdgeResult
  ) throws -> EdgeMeasurement? {
    do {
      let point = trainee.parameters
      let measured = try tracker.measure(
        whole, at: point, step: step, learningRate: rate, rule: comparable(trainee.liveOptimizer))
      // What it is compared with, 2/η, is the line of rules that rescale nothing.
      guard let batches, rate > 0, measured?.threshold.isFinite == true, !trainee.liveOptimizer.rescales else {
        return measured
      }
      let clock = ContinuousClock()
      let start = clock.now
      let sharpness = try BatchSharpness.measure(batches, at: point, tolerance: 0.02, batches: 10...200)
      tracker.addMeasuringTime(clock.now - start)
      result.batchSharpness.append(
        BatchSharpnessPoint(step: step, value: sharpness.mean.value, learningRate: rate))
      return measured
    } catch let error as CurvatureError where error.code == .notFinite {
      // The step's own report tells that the training has diverged.
      return nil
    }
  }

  /// The rule as far as its threshold is one for what is measured: that of a rule with a scaling matrix of its own is not.
  private func comparable(_ optimizer: Optimizer<Float>) -> any StabilityModel & Preconditioner {
    optimizer.isScaledByDiagonal ? optimizer : NoThreshold()
  }

  private func warnings(_ result: EdgeResult) -> [String] {
    let statistics = CurvatureWarning.batchStatistics.description
    var all = result.record.measurements.flatMap(\.warnings).filter { $0 != statistics }
    if setup.compiled.normalizesOverBatch, usesMiniBatches {
      all.append(
        "Batch normalisation takes the statistics of a batch in training; the sharpness is that with those of all rows."
      )
    }
    if setup.compiled.dropsOut {
      all.append("Training draws dropout masks; the sharpness is that of the loss without them.")
    }
    if setup.source.optimizer.name == "sam" {
      all.append(
        "SAM takes its gradient at a point of higher loss nearby, so its steps are stable up to less than the threshold, "
          + "which is that of the rule inside: ρ is a lower bound.")
    }
    if result.clippedSteps > 0 {
      all.append(
        "The gradient was clipped in \(result.clippedSteps) of \(result.losses.count) steps; the threshold is that of "
          + "steps that are not.")
    }
    // Sentences that differ in their figures alone are told once, as they were first.
    var kinds: Set<String> = []
    return all.filter { kinds.insert(String($0.filter(\.isLetter))).inserted }
  }
}

/// Stands in for a rule whose threshold is not one for the Hessian, nor for it with a diagonal scaling.
private struct NoThreshold: StabilityModel, Preconditioner {
  func stabilityThreshold(learningRate: Double) -> Double { .infinity }
  func preconditioner() -> [Double]? { nil }
}
