internal import CDescentKernels

/// Quasi-hyperbolic momentum: a mean of the gradient and of its average.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// b ← μ·b + (1 − μ)·d
/// w ← w − η·(ν·b + (1 − ν)·d)
/// ```
/// ν = 0 is plain descent, ν = 1 an average that begins at 0, ν = μ Nesterov's momentum with the rate (1 − μ)·η. Source: Ma
/// and Yarats, "Quasi-hyperbolic momentum and Adam for deep learning", arXiv 1810.06801, whose recommendation ν = 0.7,
/// μ = 0.999 is the default; in the form of pytorch-optimizer's `QHM`.
public struct QHM: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0.999).
  public var momentum = 0.999
  /// ν, 0 … 1 (default 0.7): the share of the average.
  public var nu = 0.7
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(momentum: Double = 0.999, nu: Double = 0.7, weightDecay: Double = 0, decoupled: Bool = false) {
    self.momentum = momentum
    self.nu = nu
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<QHM>] = [
    .number("momentum", \.momentum, .decay),
    .number("nu", \.nu, .share),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("momentum_buffer")] }
  public var name: String { "qhm" }
  public var defaultLearningRate: Double { 0.05 }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let b = slice.state(0) else { return }
    let (coupled, keep) = (decoupled ? 0 : weightDecay, decoupled ? 1 - slice.rate * weightDecay : 1)
    slice.forEachElement { i, g, w in
      let d = g + coupled * w
      b[i] = momentum * b[i] + (1 - momentum) * d
      w = keep * w - slice.rate * (nu * b[i] + (1 - nu) * d)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let buffer = slice.state(0) else { return }
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_sgd(
      rate: Float(slice.rate), coupled: decay.coupled, keep: decay.keep, momentum: Float(momentum),
      intake: Float(1 - momentum), own: Float(1 - nu), share: Float(nu))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_sgd(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, buffer, sums)
      }
    }
  }

  /// (1 + a)(1 + μ)/((1 + μ − 2νμ)·η) less γ where coupled, with a = 1 − ηγ where decoupled: exact.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: 1 - 2 * nu * momentum / (1 + momentum), rate: learningRate, weightDecay: weightDecay,
      decoupled: decoupled)
  }

  /// η·(1 − ν·μᵗ).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(view.rate)
      .multiplied(by: RateFactor("momentum", 1 - nu * power(momentum, view.step)))
  }
}
