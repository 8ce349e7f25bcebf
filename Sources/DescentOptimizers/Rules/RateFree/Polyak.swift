/// Polyak's step size, bounded (SPS_max): the step after which a linear model of the loss would be at its minimum.
///
/// ```
/// s = min((f − f*)/(c·‖g‖² + ε), η)
/// w ← w − s·g
/// ```
/// Sources: Polyak, 1987; Loizou et al., "Stochastic Polyak step-size for SGD", arXiv 2002.10542, eq. 3; never below 0:
/// Garrigos et al., arXiv 2307.14528. As `optax.polyak_sgd` (f_min, eps, scaling = c, variant `sps+`; there the bound is c
/// times the given one, and the variant `sps` goes up the slope where the loss is below f*). The learning rate is
/// the largest step allowed, and stays as it is. f is the loss of the step's own batch.
public struct Polyak: VectorRule {
  /// f*, in loss units (default 0): the least loss a batch can have.
  public var minimum = 0.0
  /// c > 0 (default 1; the authors use 0.5 for speed, and 0.2 with deep networks).
  public var c = 1.0
  /// ε ≥ 0, in squared gradient units (default 0).
  public var epsilon = 0.0
  /// Takes no step where the loss is below f*, rather than one up the slope (default true).
  public var clamped = true

  public init(minimum: Double = 0, c: Double = 1, epsilon: Double = 0, clamped: Bool = true) {
    self.minimum = minimum
    self.c = c
    self.epsilon = epsilon
    self.clamped = clamped
  }

  public static let settings: [Setting<Polyak>] = [
    .number("minimum", \.minimum, .finite),
    .number("c", \.c, .positive),
    .number("epsilon", \.epsilon, .nonNegative),
    .flag("clamped", \.clamped),
  ]
  public var scalars: [RuleScalar] { [RuleScalar("rate")] }
  public static var foundRate: Int? { 0 }
  public var needs: StepNeeds { .loss }
  public var name: String { "polyak" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .bound }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let divisor = c * step.sum { _, _, g, _ in g * g } + epsilon
    let gap = clamped ? max(step.loss - minimum, 0) : step.loss - minimum
    // At a stationary point there is nothing to divide by, and no way to go.
    let found = divisor <= Double.ulpOfOne ? 0 : gap / divisor
    step.scalars[0] = min(found, step.learningRate)
    step.forEachSlice(of: self) { slice, _ in
      let rate = S(min(found, slice.rate))
      slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          w = w - rate * g
          tile.parameters[i] = w
        }
      }
    }
  }

  /// 2/η at the bound; where the loss decides, the step is stable whatever the curvature.
  public func stabilityThreshold(learningRate: Double) -> Double { 2 / learningRate }

  /// The last step size.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let found = min(view.scalars[0], view.rate)
    return RateMultiplier(found, factors: [RateFactor("Polyak step", found)])
  }
}
