public import DescentCore

/// What a training's starting point says about its rate: a safe one, and the critical one of the first update.
public struct StartingCurvature: Sendable, Hashable {
  /// λ₁ of the loss's Hessian H, or of P⁻¹·H.
  public var sharpness: Double
  /// Whether the sharpness is that of P⁻¹·H, P being the rule's scaling.
  public var isPreconditioned: Bool
  /// The largest rate that is stable under the sharpness; nil where that says nothing.
  public var stableRate: Double?
  /// The search for the largest rate at which the first update does not raise the loss.
  public var critical: CriticalRate
  /// Loss at the start.
  public var loss: Double
  /// Hessian products spent.
  public var products: Int
  /// What to beware of.
  public var warnings: [CurvatureWarning]

  /// η_c; nil unless found.
  public var criticalRate: Double? { critical.rate }

  /// A rate to begin with: ``stableRate``, or ``criticalRate`` where that is lower. A start, not a ceiling.
  public var safeRate: Double? { stableRate.map { min($0, criticalRate ?? $0) } }

  /// Measures at the start of a training.
  ///
  /// - Parameters:
  ///   - objective: the loss, over all rows or some.
  ///   - point: the initial parameters.
  ///   - preconditioner: the rule's diagonal P, once it has seen some gradients; nil for rules that rescale nothing.
  ///   - rule: the update rule; nil where its threshold is not one for H or P⁻¹·H.
  ///   - settings: of the eigenvalue solver.
  ///   - update: what the first update adds to the parameters at `rate`. The search follows its line: a rule whose
  ///     updates are not in proportion to the rate is taken as if they were.
  ///   - rate: where the search for the critical rate begins.
  ///   - precision: of that search.
  /// - Throws: ``CurvatureError``; what the objective throws.
  public init<Scalar: BinaryFloatingPoint & Sendable>(
    of objective: any Objective<Scalar>, at point: [Scalar], preconditioner: [Double]? = nil,
    rule: (any StabilityModel)?, settings: Lanczos<Scalar>.Settings = .init(tolerance: 0.1, maximumProducts: 30),
    firstUpdate update: [Scalar], atRate rate: Double, precision: Double = 1.0 / 16
  ) throws {
    var meter = SharpnessMeter<Scalar>(settings)
    let measured = try meter.measure(objective, at: point, preconditioner: preconditioner)
    sharpness = measured.sharpness
    isPreconditioned = preconditioner != nil
    stableRate = rule?.stableRate(forSharpness: sharpness)
    loss = measured.loss
    products = measured.eigenpairs.products
    warnings = measured.warnings
    guard update.count == point.count else {
      throw CurvatureError(.unfit, "The point has \(point.count) elements, the update \(update.count).")
    }
    var trial = point
    // Both losses of a comparison come from the same program.
    critical = try CriticalRate.search(from: rate, loss: objective.loss(at: point), precision: precision) { tried in
      assign(1, times: point, to: &trial)
      add(tried / rate, times: update, to: &trial)
      return try objective.loss(at: trial)
    }
  }
}
