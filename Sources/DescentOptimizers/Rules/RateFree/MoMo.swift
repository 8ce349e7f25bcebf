/// MoMo: momentum with Polyak's step size for the average of the linear models of recent batches.
///
/// ```
/// f̄, m, γ̄ ← averages with β₁ of f, g and ⟨g, w⟩          from the first values on; from 0 with bias correction
/// t = max((1 + ηγ)·(f̄ − ρ·f* − γ̄) + ⟨m, w⟩, 0)/‖m‖²       ρ = 1; 1 − β₁ᵗ with bias correction
/// s = min(η/ρ, t),   w ← (w − s·m)/(1 + ηγ)
/// ```
/// Source: Schaipp, Ohana, Eickenberg, Defazio and Gower, "MoMo: momentum models for adaptive learning rates",
/// arXiv 2305.07583, algorithms 1 and 2, in the form of the authors' `momo.Momo`, whose steps are also those of
/// `optax.contrib.momo` (beta = β₁, lb = f*, use_fstar = `estimateBound`). The learning rate is the largest step allowed.
/// The numbers are over all groups; each group's step is bounded by its own rate.
public struct MoMo: VectorRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// f*, in loss units (default 0): a bound below the loss.
  public var lowerBound = 0.0
  /// Raises the bound from what the models say as training goes on; for losses that do not come near it.
  public var estimateBound = false
  /// Starts the averages at 0 and corrects for it (default false: at the first values).
  public var biasCorrection = false

  public init(
    beta1: Double = 0.9, weightDecay: Double = 0, lowerBound: Double = 0, estimateBound: Bool = false,
    biasCorrection: Bool = false
  ) {
    self.beta1 = beta1
    self.weightDecay = weightDecay
    self.lowerBound = lowerBound
    self.estimateBound = estimateBound
    self.biasCorrection = biasCorrection
  }

  public static let settings: [Setting<MoMo>] = [
    .number("beta1", \.beta1, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("lowerBound", \.lowerBound, .finite),
    .flag("estimateBound", \.estimateBound),
    .flag("biasCorrection", \.biasCorrection),
  ]
  public var states: [RuleState] { [.perElement("grad_avg")] }
  public var scalars: [RuleScalar] { MoMoModel.scalars(lowerBound: lowerBound) }
  public static var foundRate: Int? { MoMoModel.rate }
  public var needs: StepNeeds { .loss }
  public var name: String { "momo" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .bound }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let keep = step.step == 0 && !biasCorrection ? 0 : beta1
    let (past, fresh) = (S(keep), S(1 - keep))
    var (along, here, squares) = (0.0, 0.0, 0.0)
    step.forEachSlice(of: self) { slice, _ in
      let m = slice.vectors(0)
      let found = slice.sums { i, g, w in
        m[i] = past * m[i] + fresh * g
        return (g * w, m[i] * w)
      }
      along += found.0
      here += found.1
      squares += slice.sum { i, _, _ in m[i] * m[i] }
    }
    let model = MoMoModel(
      step.scalars, loss: step.loss, along: along, here: here, squares: squares, keep: keep,
      correction: biasCorrection ? 1 - power(beta1, step.step + 1) : 1)
    model.estimate(estimateBound ? lowerBound : nil, rate: step.learningRate, decay: weightDecay)
    step.forEachSlice(of: self) { slice, rule in
      let m = slice.vectors(0)
      let rate = S(model.rate(slice.rate, decay: rule.weightDecay))
      let keep = S(1 / (1 + slice.rate * rule.weightDecay))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          w = keep * (w - rate * m[i])
          tile.parameters[i] = w
        }
      }
    }
    if estimateBound { model.raiseBound(lowerBound) }
  }

  /// As an average of gradients at the bound: 2(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double { 2 * (1 + beta1) / ((1 - beta1) * learningRate) }

  /// The last step size, bounded by a group's own rate, times what the average has gathered.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let found = min(view.scalars[MoMoModel.rate], view.rate / (biasCorrection ? 1 - power(beta1, view.step) : 1))
    let rate = RateMultiplier(found, factors: [RateFactor("Polyak step", found)])
    return biasCorrection ? rate.multiplied(by: RateFactor("momentum", 1 - power(beta1, view.step))) : rate
  }
}
