/// Kate: Adagrad without the root, made independent of the gradient's scale.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// s ← s + d² + ε,   q ← q + δ·d² + d²/s
/// w ← w − η·√q·d/s
/// ```
/// Source: Choudhury et al., "Remove that square root: a new efficient scale-invariant version of AdaGrad",
/// arXiv 2403.02648 (δ is η there), in the form of pytorch-optimizer's `Kate`.
public struct Kate: SliceRule {
  /// δ ≥ 0 (default 0).
  public var delta = 0.0
  /// ε > 0, in squared gradient units, added in every step (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(delta: Double = 0, epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = true) {
    self.delta = delta
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Kate>] = [
    .number("delta", \.delta, .nonNegative),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("b"), .perElement("m")] }
  public var name: String { "kate" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (s, q) = (slice.vectors(0), slice.vectors(1))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    let (delta, epsilon) = (S(self.delta), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let new = d * d
        let sum = s[i] + new + epsilon
        let quotients = q[i] + delta * new + new / sum
        s[i] = sum
        q[i] = quotients
        w = keep * w - rate * quotients.squareRoot() * d / sum
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as gradient descent preconditioned with the live P: (1 + a)/η with a = 1 − ηγ where decoupled; less γ
  /// where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(response: 1, rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// s/√q.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    step > 0 ? zip(state(0), state(1)).map { $0 / $1.squareRoot() } : nil
  }
}
