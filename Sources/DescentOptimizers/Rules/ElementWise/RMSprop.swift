internal import CDescentKernels

/// RMSprop: gradients divided by the root of a moving average of their squares.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// v ← β₂·v + (1 − β₂)·d²
/// w ← w − η·d/(√v + ε)     or, with momentum,  b ← μ·b + d/(√v + ε);  w ← w − η·b
/// ```
/// Source: Hinton, Coursera lecture 6e (2012), in the form of `torch.optim.RMSprop`, whose smoothing constant `alpha` is
/// `beta2` here: it plays the part β₂ plays in Adam. ε stands outside the root (PyTorch, MLX); Keras, Optax and
/// TensorFlow put it inside, and take 0.9 for β₂.
public struct RMSprop: SliceRule {
  /// β₂, 0 ≤ β₂ < 1 (default 0.99): PyTorch's `alpha`.
  public var beta2 = 0.99
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// μ, 0 ≤ μ < 1 (default 0: no momentum).
  public var momentum = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    beta2: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0,
    decoupled: Bool = false
  ) {
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<RMSprop>] = [
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("momentum", \.momentum, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("square_avg"), .perElement("momentum_buffer", if: momentum > 0)] }
  public var name: String { "rmsprop" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let v = slice.state(0) else { return }
    let b = momentum > 0 ? slice.state(1) : nil
    let rate = slice.rate
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - rate * weightDecay : 1
    slice.forEachElement { i, g, w in
      let d = g + coupled * w
      v[i] = beta2 * v[i] + (1 - beta2) * d * d
      var u = d / (v[i].squareRoot() + epsilon)
      if let b {
        u += momentum * b[i]
        b[i] = u
      }
      w = keep * w - rate * u
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let square = slice.state(0) else { return }
    let buffer = momentum > 0 ? slice.state(1) : nil
    let scalars = dk_rmsprop(
      rate: Float(slice.rate), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, momentum: Float(momentum), beta2: Float(beta2),
      fresh2: Float(1 - beta2), epsilon: Float(epsilon))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_rmsprop(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, square,
          buffer,
          sums)
      }
    }
  }

  /// Of P⁻¹·H: (1 + a)(1 + μ)/η with a = 1 − ηγ where decoupled; less γ where coupled (exact for P = 1). 2/η plain.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    return (1 + a) * (1 + momentum) / learningRate - (decoupled ? 0 : weightDecay)
  }

  /// √v + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    step > 0 ? state(0).map { $0.squareRoot() + epsilon } : nil
  }
}
