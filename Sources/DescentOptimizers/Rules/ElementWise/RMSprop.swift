internal import CDescentKernels

/// RMSprop: gradients divided by the root of a moving average of their squares.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// v ← β₂·v + (1 − β₂)·d²                       from an initial accumulator of 0
/// a ← β₂·a + (1 − β₂)·d                        where centred; else a = 0
/// u = d/(√(max(v − a², 0) + ε_in) + ε)         v and a over 1 − β₂ᵗ with bias correction
/// w ← w − η·u              or, with momentum,  b ← μ·b + u;  w ← w − η·b   (Nesterov: w ← w − η·(u + μ·b))
/// ```
/// Source: Hinton, Coursera lecture 6e (2012), in the form of `torch.optim.RMSprop` (centered: Graves, arXiv 1308.0850),
/// whose smoothing constant `alpha` is `beta2` here: it plays the part β₂ plays in Adam. ε stands outside the root
/// (PyTorch, MLX); Keras, Optax and TensorFlow put it inside, and take 0.9 for β₂. TensorFlow's, which EfficientNet and its
/// kin were tuned with, also starts v at 1 and has the rate inside the momentum:
/// `rmsprop(beta2: 0.9, epsilon: 0, epsilonInside: 1e-10, momentum: 0.9, initialAccumulator: 1, rateInMomentum: true)`.
public struct RMSprop: SliceRule {
  /// β₂, 0 ≤ β₂ < 1 (default 0.99): PyTorch's `alpha`.
  public var beta2 = 0.99
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ε_in ≥ 0, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// μ, 0 ≤ μ < 1 (default 0: no momentum).
  public var momentum = 0.0
  /// Looks ahead by one momentum step; wants momentum.
  public var nesterov = false
  /// Keeps b in parameter units, b ← μ·b + η·u and w ← w − b, so that a change of rate acts slowly; wants momentum.
  public var rateInMomentum = false
  /// Divides by the deviation from the average gradient.
  public var centered = false
  /// Divides both averages by 1 − β₂ᵗ (default false).
  public var biasCorrection = false
  /// What v starts from, ≥ 0, in squared gradient units (default 0).
  public var initialAccumulator = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    beta2: Double = 0.99, epsilon: Double = 1e-8, epsilonInside: Double = 0, momentum: Double = 0,
    nesterov: Bool = false, rateInMomentum: Bool = false, centered: Bool = false, biasCorrection: Bool = false,
    initialAccumulator: Double = 0, weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.beta2 = beta2
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.momentum = momentum
    self.nesterov = nesterov
    self.rateInMomentum = rateInMomentum
    self.centered = centered
    self.biasCorrection = biasCorrection
    self.initialAccumulator = initialAccumulator
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<RMSprop>] = [
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("momentum", \.momentum, .decay),
    .flag("nesterov", \.nesterov),
    .flag("rateInMomentum", \.rateInMomentum),
    .flag("centered", \.centered),
    .flag("biasCorrection", \.biasCorrection),
    .number("initialAccumulator", \.initialAccumulator, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    [
      .perElement("square_avg", initial: initialAccumulator), .perElement("momentum_buffer", if: momentum > 0),
      .perElement("grad_avg", if: centered),
    ]
  }
  public var name: String { "rmsprop" }
  public var defaultLearningRate: Double { 1e-3 }
  public var conflict: String? {
    (nesterov || rateInMomentum) && momentum == 0 ? "nesterov and rateInMomentum need momentum above 0" : nil
  }

  /// True for the forms that have a kernel.
  private var isPlain: Bool { !(nesterov || rateInMomentum || centered || biasCorrection) }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard isPlain else { return inGeneral(slice) }
    guard let square = slice.state(0) else { return }
    let buffer = momentum > 0 ? slice.state(1) : nil
    let scalars = dk_rmsprop(
      rate: Float(slice.rate), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, momentum: Float(momentum), beta2: Float(beta2),
      fresh2: Float(1 - beta2), inside: Float(epsilonInside), epsilon: Float(epsilon))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_rmsprop(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, square,
          buffer, sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let v = slice.vectors(0)
    let b = momentum > 0 ? slice.vectors(1) : v
    let a = centered ? slice.vectors(2) : v
    let (hasMomentum, isCentered, looksAhead) = (momentum > 0, centered, nesterov)
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let (within, outside) = rateInMomentum ? (S(slice.rate), S(1)) : (S(1), S(slice.rate))
    let (beta2, fresh2, momentum) = (S(self.beta2), S(1 - self.beta2), S(self.momentum))
    let correction = S(1 / missing(afterStep: slice.step + 1))
    let (inside, epsilon, zero) = (S(epsilonInside), S(self.epsilon), S.Vector(repeating: 0))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let square = beta2 * v[i] + fresh2 * (d * d)
        v[i] = square
        var spread = correction * square
        if isCentered {
          let mean = beta2 * a[i] + fresh2 * d
          a[i] = mean
          // Rounding leaves less than nothing of a gradient that never changes.
          spread = .maximum(spread - (correction * mean) * (correction * mean), zero)
        }
        var u = within * d / ((spread + inside).squareRoot() + epsilon)
        if hasMomentum {
          let sum = momentum * b[i] + u
          b[i] = sum
          u = looksAhead ? u + momentum * sum : sum
        }
        w = keep * w - outside * u
        tile.parameters[i] = w
      }
    }
  }

  /// 1 − β₂ᵗ with bias correction, else 1.
  private func missing(afterStep t: Int) -> Double { biasCorrection ? 1 - power(beta2, t) : 1 }

  /// Of P⁻¹·H: (1 + a)(1 + μ)/(c·η) with c = 1, or 1 + 2μ for Nesterov, and a = 1 − ηγ where decoupled; less γ where
  /// coupled (exact for P = 1). 2/η plain.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (nesterov ? 1 + 2 * momentum : 1) / (1 + momentum), rate: learningRate, weightDecay: weightDecay,
      decoupled: decoupled)
  }

  /// √(v − a² + ε_in) + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = missing(afterStep: step)
    let squares = state(0).map { $0 / missing }
    let means = centered ? state(2).map { $0 / missing } : squares.map { _ in 0 }
    return zip(squares, means).map { max(0, $0 - $1 * $1 + epsilonInside).squareRoot() + epsilon }
  }

  /// η/P times what momentum has gathered by now of a gradient that stands still.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let diagonal = preconditioner(step: view.step, state: view.state) ?? []
    let rates = RateMultiplier(elements: diagonal.map { view.rate / $0 })
    guard momentum > 0 else { return rates }
    let gathered = (1 - power(momentum, view.step)) / (1 - momentum)
    return rates.multiplied(by: RateFactor("momentum", nesterov ? 1 + momentum * gathered : gathered))
  }
}
