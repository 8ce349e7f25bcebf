/// ALI-G: Polyak's step size with momentum, for models that fit their data exactly.
///
/// ```
/// s = min(f/(‖g‖² + δ), η)
/// w ← w − s·g;   with momentum: v ← μ·v − s·g,   w ← w + μ·v
/// adjusted:      v ← μ·v − g,     w ← w + s·μ·v
/// ```
/// Source: Berrada, Zisserman and Kumar, "Training neural networks for and by interpolation", arXiv 1906.05661,
/// algorithm 1, in the form of pytorch-optimizer's `AliG` (momentum, adjusted_momentum). The learning rate is the largest
/// step allowed. The loss must not be below 0, and is the one of the step's own batch; the authors bound ‖w‖ rather
/// than decay the weights.
public struct ALIG: VectorRule {
  /// μ, 0 ≤ μ < 1 (default 0: none).
  public var momentum = 0.0
  /// Keeps the step size out of the average, so that it acts at once.
  public var adjustedMomentum = false
  /// δ > 0, in squared gradient units (default 1e-6).
  public var epsilon = 1e-6

  public init(momentum: Double = 0, adjustedMomentum: Bool = false, epsilon: Double = 1e-6) {
    self.momentum = momentum
    self.adjustedMomentum = adjustedMomentum
    self.epsilon = epsilon
  }

  public static let settings: [Setting<ALIG>] = [
    .number("momentum", \.momentum, .decay),
    .flag("adjustedMomentum", \.adjustedMomentum),
    .number("epsilon", \.epsilon, .positive),
  ]
  public var states: [RuleState] { [.perElement("momentum_buffer", if: momentum > 0)] }
  public var scalars: [RuleScalar] { [RuleScalar("rate")] }
  public static var foundRate: Int? { 0 }
  public var needs: StepNeeds { .loss }
  public var name: String { "alig" }
  public var defaultLearningRate: Double { 0.1 }
  public var rateMeaning: RateMeaning { .bound }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let found = max(step.loss, 0) / (step.sum { _, _, g, _ in g * g } + epsilon)
    step.scalars[0] = min(found, step.learningRate)
    step.forEachSlice(of: self) { slice, rule in
      let size = min(found, slice.rate)
      let rate = S(size)
      guard rule.momentum > 0 else {
        return slice.forEachTile { tile in
          for i in tile {
            let g = tile.gradient[i]
            var w = tile.parameters[i]
            w = w - rate * g
            tile.parameters[i] = w
          }
        }
      }
      let v = slice.vectors(0)
      let mu = S(rule.momentum)
      let intake = S(rule.adjustedMomentum ? 1 : size)
      let push = S(rule.adjustedMomentum ? size * rule.momentum : rule.momentum)
      slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          v[i] = mu * v[i] - intake * g
          w = w - rate * g + push * v[i]
          tile.parameters[i] = w
        }
      }
    }
  }

  /// As Nesterov's momentum at the bound: (2 + 2μ)/((1 + 2μ)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    2 * (1 + momentum) / ((1 + 2 * momentum) * learningRate)
  }

  /// The last step size, times what the momentum has gathered.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let found = min(view.scalars[0], view.rate)
    let rate = RateMultiplier(found, factors: [RateFactor("Polyak step", found)])
    guard momentum > 0 else { return rate }
    let gathered = (1 - power(momentum, view.step)) / (1 - momentum)
    return rate.multiplied(by: RateFactor("momentum", 1 + momentum * gathered))
  }
}
