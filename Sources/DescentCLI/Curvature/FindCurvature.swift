import DescentCore
import DescentCurvature
import DescentFinder
import DescentOptimizers
import DescentTraining

/// What `find` measures at the starting point besides the range test: a safe start, the critical rate of the first
/// update, and whether the suggested rate needs a warm-up.
struct FindCurvature: Sendable {
  /// What was measured; nil where that was not possible.
  var start: StartingCurvature?
  /// Why it was not possible.
  var problem: String?
  var warmup: WarmupAdvice?
  /// What the loss is measured over.
  var rowsText = ""
  var rows = 0
  /// Steps at next to no rate that filled an adaptive rule's state.
  var steps = 0
  private var stepsPerPass = 0
  /// Where the range test's loss climbs for good.
  private var ceiling: Double?
  var conditions: [String] = []

  /// Measures over as many rows as keep it a small part of the range test, or about a tenth of a second.
  ///
  /// - Parameters:
  ///   - subject: what is trained, and where it begins.
  ///   - test: the range test, whose cost is the measure.
  ///   - rate: the suggested rate.
  ///   - threads: threads to compute on.
  init(_ subject: FindSubject, after test: RangeTestResult, rate: Double?, threads: Int) {
    ceiling = test.ceiling
    do {
      try measure(subject, testSteps: test.spent.steps, rate: rate, threads: threads)
    } catch {
      problem = flattened(Failure(error).message)
    }
  }

  private mutating func measure(
    _ subject: FindSubject, testSteps: Int, rate: Double?, threads: Int
  ) throws {
    let setup = subject.setup
    let trainee = try subject.source.makeModel(seed: subject.seed, batchOrder: subject.seed)
    let budget = Budget(setup, trainee, testSteps: testSteps)
    let measured = MeasuredRows(setup.task, limit: budget.rows)
    (rows, rowsText) = (measured.rows.count, measured.text)
    let objective = try measured.trainingLoss(setup, threads: threads)
    conditions = setup.conditions(of: objective)
    let (point, beginning) = (trainee.parameters, trainee.snapshot())
    var preconditioner: [Double]?
    if trainee.liveOptimizer.rescales {
      // Weights that no gradient has reached yet seem to bear next to nothing; after a pass the figure has settled.
      stepsPerPass = setup.stepsPerEpoch
      steps = min(stepsPerPass, budget.steps)
      for _ in 0..<steps { _ = try trainee.step(subject.source.asking(Self.nextToNoRate)) }
      preconditioner = trainee.liveOptimizer.preconditioner()
      try trainee.restore(beginning)
    }
    let rule: (any StabilityModel)? = trainee.liveOptimizer.isScaledByDiagonal ? trainee.liveOptimizer : nil
    let first = rate ?? setup.source.optimizer.defaultLearningRate
    _ = try trainee.step(subject.source.asking(first))
    var start = try StartingCurvature(
      of: objective, at: point, preconditioner: preconditioner, rule: rule,
      firstUpdate: zip(trainee.parameters, point).map { $0 - $1 }, atRate: first)
    // All rows are one batch here, as the conditions say.
    start.warnings.removeAll { $0 == CurvatureWarning.batchStatistics }
    self.start = start
    warmup = rate.flatMap(warmup(to:))
  }

  /// What the starting point asks for before that rate.
  func warmup(to rate: Double) -> WarmupAdvice? { start.flatMap { WarmupAdvice(rate: rate, at: $0) } }

  /// Has the advice be for another rate than it was measured at.
  mutating func advise(for rate: Double) { warmup = warmup(to: rate) }

  /// Too small to move a weight.
  private static let nextToNoRate = 1e-12
}

/// How much to measure: no more than a small part of the range test, or what takes about a tenth of a second. By
/// arithmetic and not by the clock, so that the figures can be had again.
private struct Budget {
  /// Rows whose curvature costs no more than a tenth of the test, or 5·10⁹ multiplications.
  let rows: Int
  /// Steps that cost no more than a twenty-fifth of the test, or 5·10⁸ multiplications.
  let steps: Int

  init(_ setup: TrainingSetup, _ trainee: ModelTrainee, testSteps: Int) {
    let batch = setup.compiled.batchSize
    let program = trainee.programReport().instructions.reduce(0) { $0 + $1.multiplyAdds }
    let perStep = Double(max(1, program) * setup.source.accumulation)
    let perRow = perStep / Double(batch * setup.source.accumulation)
    let test = Double(testSteps) * perStep
    // Some eight products at twice a gradient, a dozen losses at a third, and the checks.
    let gradients = 25.0
    rows = max(min(batch, 8), Int(min(max(5e9, test / 10) / (gradients * perRow), 1e9)))
    steps = Int(min(max(1, max(5e8, test / 25) / perStep), 1e6))
  }
}

// MARK: Telling it

extension FindCurvature {
  /// Rates to mark in a picture.
  var marks: [(name: String, rate: Double)] {
    let safe = start?.safeRate == start?.criticalRate ? nil : start?.safeRate
    return [("safe", safe), ("critical", start?.criticalRate)].compactMap { name, rate in rate.map { (name, $0) } }
  }

  /// What, how much, on what basis.
  var facts: [[String]] {
    guard let start else { return [["curvature", "–", "Not measured: \(problem ?? "unknown")."]] }
    var result = [
      ["safe start", start.safeRate.map(figure) ?? "–", safeBasis],
      ["critical rate", start.criticalRate.map(figure) ?? "–", criticalBasis],
    ]
    if let warmup {
      result.append(["warm-up", warmup.steps.map { "\($0) steps" } ?? "not needed", warmup.basis])
    }
    return result + warnings.map { ["beware", "", $0] }
  }

  private var warnings: [String] {
    guard let start else { return [] }
    var result = start.warnings.map(\.description)
    if let safe = start.safeRate, let ceiling, safe > ceiling {
      result.append(
        "The safe start is above the \(figure(ceiling)) from which the range test climbs: full-batch curvature knows nothing "
          + "of the noise of mini-batches, which momentum amplifies. Trust the test.")
    }
    return result
  }

  /// The facts for a terminal.
  func text(width: Int) -> String { table(facts, leading: [0, 1, 2], width: width) }

  private var safeBasis: String {
    guard let start else { return "" }
    let gradients = steps < stepsPerPass ? "\(steps) of a pass's \(stepsPerPass) gradients" : "the gradients of a pass"
    let what = start.isPreconditioned ? "P⁻¹H, P from \(gradients)," : "H"
    let measured = "λ₁ of \(what) is \(figure(start.sharpness)) over \(rowsText)"
    guard let stable = start.stableRate else {
      return start.sharpness > 0
        ? "None: \(measured), but the rule has no threshold for it."
        : "None: \(measured), so no curvature bounds the rate."
    }
    let early = steps < stepsPerPass ? "; with more gradients it would be higher" : ""
    let meaning = "A start, not a ceiling: larger rates often train well."
    if let critical = start.criticalRate, critical < stable {
      return
        "The critical rate; the one stable under the initial curvature (\(measured)\(early)) is higher, \(figure(stable)). "
        + meaning
    }
    return "The largest rate stable under the initial curvature (\(measured)\(early)). " + meaning
  }

  private var criticalBasis: String {
    guard let start else { return "" }
    return switch start.critical.outcome {
    case .found: "The largest rate at which the first update does not raise the loss over \(rowsText)."
    case .neverRises: "None: the first update raises the loss over \(rowsText) at no rate tried."
    case .neverFalls: "None: the first update raises the loss over \(rowsText) at every rate tried."
    }
  }

  /// The key `curvature` of the answer.
  var json: JSON {
    guard let start else { return ["error": .string(problem ?? "unknown")] }
    return [
      "sharpness": .number(start.sharpness), "preconditioned": .bool(start.isPreconditioned),
      "safeRate": JSON(start.safeRate), "stableRate": JSON(start.stableRate), "criticalRate": JSON(start.criticalRate),
      "basis": ["safeRate": .string(safeBasis), "criticalRate": .string(criticalBasis)],
      "warmup": warmup.map {
        ["needed": .bool($0.needed), "steps": JSON($0.steps), "basis": .string($0.basis)]
      } ?? .null,
      "conditions": JSON(conditions), "warnings": JSON(warnings),
      "spent": [
        "rows": .integer(rows), "steps": .integer(steps), "products": .integer(start.products),
        "losses": .integer(start.critical.evaluations),
      ],
    ]
  }
}
