/// StableAdamW: AdamW that takes smaller steps in a tensor whose gradients outgrow their averages.
///
/// ```
/// β̂ = β·(1 − βᵗ⁻¹)/(1 − βᵗ) for both                    bias correction by a shorter memory at first
/// m ← β̂₁·m + (1 − β̂₁)·g,   v ← β̂₂·v + (1 − β̂₂)·g²
/// ρ = η/max(1, RMS(g/√max(v, ε²))) for each tensor
/// w ← (1 − ργ)·w − ρ·m/(√v + ε)
/// ```
/// Source: Wortsman et al., "Stable and low-precision training for large-scale vision-language models", arXiv
/// 2304.13013, algorithm 2 (update clipping as in Adafactor). As pytorch-optimizer's and optimi's, whose decay goes with
/// the reduced rate.
public struct StableAdamW: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.99).
  public var beta2 = 0.99
  /// ε > 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0.01); decoupled.
  public var weightDecay = 0.01

  public init(beta1: Double = 0.9, beta2: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0.01) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<StableAdamW>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [.perElement("exp_avg"), .perElement("exp_avg_sq"), .perTensor("rms", initial: 1)]
  }
  public var name: String { "stableAdamW" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let fresh1 = S(Self.fresh(beta1, slice.step + 1))
    let fresh2 = S(Self.fresh(beta2, slice.step + 1))
    let (keep1, keep2) = (1 - fresh1, 1 - fresh2)
    let floor = S.Vector(repeating: S(max(epsilon * epsilon, Double(S.leastNormalMagnitude))))
    let squares = slice.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let g = tile.gradient[i]
        m[i] = keep1 * m[i] + fresh1 * g
        let x = keep2 * v[i] + fresh2 * g * g
        v[i] = x
        sum.add(g * g / S.Vector.maximum(x, floor), at: i)
      }
      return sum.value
    }
    let rms = (squares / Double(slice.count)).squareRoot()
    slice.numbers(2)?[0] = rms > 1 ? rms : 1
    let reduced = slice.rate / (rms > 1 ? rms : 1)
    let (rate, keep, epsilon) = (S(reduced), S(1 - reduced * weightDecay), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = keep * tile.parameters[i] - rate * (m[i] / (v[i].squareRoot() + epsilon)) }
    }
  }

  /// 1 − β̂.
  private static func fresh(_ beta: Double, _ t: Int) -> Double { (1 - beta) / (1 - power(beta, t)) }

  /// Of P⁻¹·H with the live reduction in P: (2 − ηγ)(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    (2 - learningRate * weightDecay) * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// max(1, RMS)·(√v + ε), with the RMS as it was in the last step.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0, let rms = state(2).first else { return nil }
    return state(1).map { rms * ($0.squareRoot() + epsilon) }
  }

  /// η/(√v + ε), divided by the RMS of the last step where that is above 1.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(elements: view.state(1).map { view.rate / ($0.squareRoot() + epsilon) })
      .multiplied(by: RateFactor("update clipping", 1 / (view.state(2).first ?? 1)))
  }
}
