/// MoMo-Adam: ``MoMo`` with Adam's scaling.
///
/// ```
/// f̄, m, γ̄ ← averages with β₁ of f, g and ⟨g, w⟩, from 0 on;   v ← β₂·v + (1 − β₂)·g²,   D = √(v/(1 − β₂ᵗ)) + ε
/// t = max((1 + ηγ)·(f̄ − ρ·f* − γ̄) + ⟨m, w⟩, 0)/Σ m²/D        ρ = 1 − β₁ᵗ
/// s = min(η/ρ, t),   w ← (w − s·m/D)/(1 + ηγ)
/// ```
/// Source: Schaipp et al., arXiv 2305.07583, algorithm 3, in the form of the authors' `momo.MomoAdam`, whose steps are also
/// those of `optax.contrib.momo_adam` (lb = f*, use_fstar = `estimateBound`). The learning rate is the largest step
/// allowed; the paper finds 10 times what Adam takes safe.
public struct MoMoAdam: VectorRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// f*, in loss units (default 0): a bound below the loss.
  public var lowerBound = 0.0
  /// Raises the bound from what the models say as training goes on.
  public var estimateBound = false

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    lowerBound: Double = 0, estimateBound: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.lowerBound = lowerBound
    self.estimateBound = estimateBound
  }

  public static let settings: [Setting<MoMoAdam>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("lowerBound", \.lowerBound, .finite),
    .flag("estimateBound", \.estimateBound),
  ]
  public var states: [RuleState] { [.perElement("grad_avg"), .perElement("grad_avg_sq")] }
  public var scalars: [RuleScalar] { MoMoModel.scalars(lowerBound: lowerBound) }
  public static var foundRate: Int? { MoMoModel.rate }
  public var needs: StepNeeds { .loss }
  public var name: String { "momoAdam" }
  public var defaultLearningRate: Double { 1e-2 }
  public var rateMeaning: RateMeaning { .bound }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let t = step.step + 1
    let scale = S(1 / (1 - power(beta2, t)))
    let (past1, fresh1) = (S(beta1), S(1 - beta1))
    let (past2, fresh2) = (S(beta2), S(1 - beta2))
    var (along, here, squares) = (0.0, 0.0, 0.0)
    step.forEachSlice(of: self) { slice, rule in
      let (m, v) = (slice.vectors(0), slice.vectors(1))
      let epsilon = S(rule.epsilon)
      let found = slice.sums { i, g, w in
        m[i] = past1 * m[i] + fresh1 * g
        v[i] = past2 * v[i] + fresh2 * g * g
        return (g * w, m[i] * w)
      }
      along += found.0
      here += found.1
      squares += slice.sum { i, _, _ in m[i] * m[i] / ((scale * v[i]).squareRoot() + epsilon) }
    }
    let model = MoMoModel(
      step.scalars, loss: step.loss, along: along, here: here, squares: squares, keep: beta1,
      correction: 1 - power(beta1, t))
    model.estimate(estimateBound ? lowerBound : nil, rate: step.learningRate, decay: weightDecay)
    step.forEachSlice(of: self) { slice, rule in
      let (m, v) = (slice.vectors(0), slice.vectors(1))
      let rate = S(model.rate(slice.rate, decay: rule.weightDecay))
      let keep = S(1 / (1 + slice.rate * rule.weightDecay))
      let epsilon = S(rule.epsilon)
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = keep * (w - rate * m[i] / ((scale * v[i]).squareRoot() + epsilon))
          tile.parameters[i] = w
        }
      }
    }
    if estimateBound { model.raiseBound(lowerBound) }
  }

  /// As Adam's at the bound, of P⁻¹·H: 2(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double { 2 * (1 + beta1) / ((1 - beta1) * learningRate) }

  /// (1 − β₁ᵗ)·D.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta2, step)
    return state(1).map { (1 - power(beta1, step)) * (($0 / missing).squareRoot() + epsilon) }
  }

  /// The last step size, bounded by a group's own rate, times what the average has gathered, over D.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let found = min(view.scalars[MoMoModel.rate], view.rate / (1 - power(beta1, view.step)))
    let missing = 1 - power(beta2, view.step)
    return RateMultiplier(elements: view.state(1).map { 1 / (($0 / missing).squareRoot() + epsilon) })
      .multiplied(by: RateFactor("Polyak step", found))
      .multiplied(by: RateFactor("momentum", 1 - power(beta1, view.step)))
  }
}
