internal import CDescentKernels

/// Stochastic gradient descent with momentum (heavy ball or Nesterov) and weight decay; SGDW where that is decoupled.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled (SGDW)
/// v ← μ·v + (1 − τ)·d                          v = d in the first step
/// w ← w − η·v          or, with Nesterov,      w ← w − η·(d + μ·v)
/// ```
/// The rate stands outside v, so that a change of rate acts at once. Source: Sutskever et al., ICML 2013, in the form of
/// `torch.optim.SGD` (momentum, dampening, nesterov, weight_decay under the names here); decoupled decay: Loshchilov and
/// Hutter, arXiv 1711.05101.
public struct SGD: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0: no momentum).
  public var momentum = 0.0
  /// τ, 0 … 1 (default 0).
  public var dampening = 0.0
  /// Looks ahead by one momentum step; wants momentum and no dampening.
  public var nesterov = false
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient: SGDW.
  public var decoupled = false
  /// How v is kept between steps (default `full`).
  public var moments = Moments.full

  public init(
    momentum: Double = 0, dampening: Double = 0, nesterov: Bool = false, weightDecay: Double = 0,
    decoupled: Bool = false, moments: Moments = .full
  ) {
    self.momentum = momentum
    self.dampening = dampening
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.moments = moments
  }

  /// SGDW with a momentum of 0.9 and a weight decay of 5e-4.
  public static let sgdW = SGD(momentum: 0.9, weightDecay: 5e-4, decoupled: true)

  public static let settings: [Setting<SGD>] = [
    .number("momentum", \.momentum, .decay),
    .number("dampening", \.dampening, .share),
    .flag("nesterov", \.nesterov),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
    .choice("moments", \.moments),
  ]
  public var states: [RuleState] {
    [
      .moment("momentum_buffer", moments, isSigned: true, scales: 1, if: momentum > 0),
      .scales("momentum_buffer", moments, if: momentum > 0),
    ]
  }
  public var name: String { decoupled ? "sgdw" : "sgd" }
  public var defaultLearningRate: Double { 0.05 }

  public var conflict: String? {
    nesterov && (momentum == 0 || dampening != 0) ? "nesterov needs momentum above 0 and dampening 0" : nil
  }

  public func update(_ slice: UpdateSlice<Double>) {
    let rate = slice.rate
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - rate * weightDecay : 1
    let intake = slice.step == 0 ? 1 : 1 - dampening
    guard momentum > 0 else {
      return slice.forEachElement { _, g, w in w = keep * w - rate * (g + coupled * w) }
    }
    slice.forEachElement(moments, (0, 1)) { g, w, v, _ in
      let d = g + coupled * w
      v = momentum * v + intake * d
      w = keep * w - rate * (nesterov ? d + momentum * v : v)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    let scalars = dk_sgd(
      rate: Float(slice.rate), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, momentum: Float(momentum),
      intake: slice.step == 0 ? 1 : Float(1 - dampening), own: nesterov ? 1 : 0, share: nesterov ? Float(momentum) : 1)
    if momentum > 0, let packed = moments.isFull ? nil : slice.packed(0, moments, isSigned: true, scales: 1) {
      return withUnsafePointer(to: packed) { buffer in
        slice.withKernelPass(scalars) { scalars, pass in
          slice.forEachChunk { range, sums in
            dk_update_sgd_packed(
              slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, buffer,
              sums)
          }
        }
      }
    }
    let buffer = momentum > 0 ? slice.state(0) : nil
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_sgd(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, buffer, sums)
      }
    }
  }

  /// (1 + a)(1 + μ)/(c·η) less γ where coupled, with a = 1 − ηγ where decoupled, c = 1 − τ (heavy ball) or 1 + 2μ
  /// (Nesterov): 2/η plain, (2 + 2μ)/η heavy ball. Where an eigenvalue of the 2×2 iteration matrix reaches −1.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    let c = nesterov ? 1 + 2 * momentum : momentum > 0 ? 1 - dampening : 1
    return (1 + a) * (1 + momentum) / (c * learningRate) - (decoupled ? 0 : weightDecay)
  }

  /// η times what momentum has gathered by now of a gradient that stands still.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    guard momentum > 0 else { return RateMultiplier(view.rate) }
    // v after t steps of gradient 1: μᵗ⁻¹ from the first, 1 − τ from each of the others.
    let first = power(momentum, view.step - 1)
    let buffer = first + (1 - dampening) * (1 - first) / (1 - momentum)
    return RateMultiplier(view.rate)
      .multiplied(by: RateFactor("momentum", nesterov ? 1 + momentum * buffer : buffer))
  }
}
