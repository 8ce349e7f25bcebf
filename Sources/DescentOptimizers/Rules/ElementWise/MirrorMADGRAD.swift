/// Mirror MADGRAD: MADGRAD as mirror descent, for long runs with coarse arithmetic.
///
/// ```
/// d = g + γ·w                                  coupled decay; z ← (1 − (η + ε)·γ)·z first where decoupled
/// ν ← √((t − 1)/t)·ν + d²
/// z ← z − (η + ε)·∛t·d/(∛ν + ε)                z begins at the parameters
/// w ← μ·w + (1 − μ)·z
/// ```
/// Source: the authors' `MirrorMADGRAD`, of the package madgrad, which belongs to Defazio and Jelassi, arXiv 2101.11075 (ε is
/// added to the rate unless that is 0).
public struct MirrorMADGRAD: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0.9).
  public var momentum = 0.9
  /// ε ≥ 0 (default 0).
  public var epsilon = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to z instead of adding it to the gradient.
  public var decoupled = false

  public init(momentum: Double = 0.9, epsilon: Double = 0, weightDecay: Double = 0, decoupled: Bool = false) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<MirrorMADGRAD>] = [
    .number("momentum", \.momentum, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("grad_sum_sq"), .perElement("z")] }
  public var name: String { "mirrorMADGRAD" }
  public var defaultLearningRate: Double { 1e-2 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (squares, z) = (slice.vectors(0), slice.vectors(1))
    if slice.step == 0 { z.base.update(from: slice.parameters, count: slice.count) }
    let t = Double(slice.step + 1)
    let shifted = slice.rate == 0 ? 0 : slice.rate + epsilon
    let rate = S(shifted * power(t, 1.0 / 3))
    let memory = S(((t - 1) / t).squareRoot())
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: shifted)
    let (coupled, kept) = (decay.coupled, decay.keep)
    let epsilon = S(self.epsilon)
    let (zero, one) = (S.Vector(repeating: 0), S.Vector(repeating: 1))
    let intake = S(1 - momentum)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let square = memory * squares[i] + d * d
        let root = square.cubeRoot() + epsilon
        // Without any gradient yet there is nothing to divide.
        let moved = kept * z[i] - rate * d / .choose(root == zero, one, root)
        squares[i] = square
        z[i] = moved
        w = w + intake * (moved - w)
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H with the live P: (1 + a)(1 + μ)/((1 − μ)·η) less γ where coupled, as for an average of gradients.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - momentum) / (1 + momentum), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// (∛ν + ε)/∛t.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let growth = power(Double(step), 1.0 / 3)
    return state(0).map { (power($0, 1.0 / 3) + epsilon) / growth }
  }

  /// η/(∛ν + ε) times what the moving average of the parameters has made of the growing weights ∛1 … ∛t.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let growth = averagedGrowth(momentum: momentum, steps: view.step) { power($0, 1.0 / 3) }
    return RateMultiplier(elements: view.state(0).map { view.rate / (power($0, 1.0 / 3) + epsilon) })
      .multiplied(by: RateFactor("dual averaging", growth))
  }
}
