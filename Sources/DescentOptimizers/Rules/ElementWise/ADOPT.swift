internal import CDescentKernels

/// ADOPT: Adam that converges for any β₂: the second moment is that of the steps before, and it normalises before averaging.
///
/// ```
/// first step:  v = g², no move
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// u = clamp(d/max(√v, ε), ±(t − 1)^ω)          t counts the first step
/// m ← β₁·m + (1 − β₁)·u
/// w ← w − η·m
/// v ← β₂·v + (1 − β₂)·d²
/// ```
/// Source: Taniguchi et al., arXiv 2411.02853, in the form of the authors' code (β₂ = 0.9999, ε = 1e-6, ω = ¼), of Optax, and of
/// timm, whose ω is 0.333. pytorch-optimizer's bound is one step ahead.
public struct ADOPT: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.9999).
  public var beta2 = 0.9999
  /// ε > 0, the least root, in gradient units (default 1e-6).
  public var epsilon = 1e-6
  /// ω ≥ 0 (default 0.25): how fast the bound on a normalised gradient rises.
  public var clipExponent = 0.25
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(
    beta1: Double = 0.9, beta2: Double = 0.9999, epsilon: Double = 1e-6, clipExponent: Double = 0.25,
    weightDecay: Double = 0, decoupled: Bool = true
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.clipExponent = clipExponent
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<ADOPT>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .positive),
    .number("clipExponent", \.clipExponent, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "adopt" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard slice.step > 0, let mean = slice.state(0), let square = slice.state(1) else { return inGeneral(slice) }
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_adopt(
      rate: Float(slice.rate), coupled: decay.coupled, keep: decay.keep, beta1: Float(beta1), fresh1: Float(1 - beta1),
      beta2: Float(beta2), fresh2: Float(1 - beta2), epsilon: Float(epsilon),
      limit: Float(power(Double(slice.step), clipExponent)))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_adopt(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
          square, sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    guard slice.step > 0 else {
      return slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          let w = tile.parameters[i]
          let d = g + coupled * w
          v[i] = d * d
        }
      }
    }
    let limit = S.Vector(repeating: S(power(Double(slice.step), clipExponent)))
    let least = S.Vector(repeating: S(epsilon))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let u = d / .maximum(v[i].squareRoot(), least)
        let mean = beta1 * m[i] + fresh1 * .maximum(.minimum(u, limit), -limit)
        m[i] = mean
        v[i] = beta2 * v[i] + fresh2 * (d * d)
        w = keep * w - rate * mean
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as Adam's, where the bound does not bite: (1 + a)(1 + β₁)/((1 − β₁)·η) with a = 1 − ηγ where decoupled;
  /// less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// max(√v, ε), by which the next gradient is divided.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    step > 0 ? state(1).map { max($0.squareRoot(), epsilon) } : nil
  }

  /// η·(1 − β₁ᵗ⁻¹)/P: the average begins at 0 in the second step, the first that moves, and is not corrected. The bound is
  /// left out.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    let gathered = 1 - power(beta1, view.step - 1)
    return RateMultiplier(elements: diagonal.map { view.rate / $0 })
      .multiplied(by: RateFactor("momentum", gathered))
  }
}
