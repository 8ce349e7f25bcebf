internal import CDescentKernels

/// Adamax: Adam with the largest gradient of late instead of the mean square.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d
/// u ← max(β₂·u, |d| + ε)
/// w ← w − η/(1 − β₁ᵗ) · m/u
/// ```
/// Source: Kingma and Ba, arXiv 1412.6980, section 7.1, in the form of `torch.optim.Adamax` (betas, eps, weight_decay),
/// which puts ε beside |d|; Optax and Keras add it to u. NaN is kept.
public struct Adamax: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false
  /// How average and magnitude are kept between steps (default `full`).
  public var moments = Moments.full

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false, moments: Moments = .full
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.moments = moments
  }

  public static let settings: [Setting<Adamax>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
    .choice("moments", \.moments),
  ]
  public var states: [RuleState] {
    [
      .moment("exp_avg", moments, isSigned: true, scales: 2),
      .moment("exp_inf", moments, isSigned: false, scales: 3),
      .scales("exp_avg", moments), .scales("exp_inf", moments),
    ]
  }
  public var name: String { "adamax" }
  public var defaultLearningRate: Double { 2e-3 }

  public func update(_ slice: UpdateSlice<Double>) {
    let rate = slice.rate / (1 - power(beta1, slice.step + 1))
    let (coupled, keep) = (decoupled ? 0 : weightDecay, decoupled ? 1 - slice.rate * weightDecay : 1)
    slice.forEachElement(moments, (0, 2), (1, 3)) { g, w, m, u in
      let d = g + coupled * w
      m = beta1 * m + (1 - beta1) * d
      let (decayed, size) = (beta2 * u, abs(d) + epsilon)
      u = size > decayed || size.isNaN ? size : decayed
      w = keep * w - rate * m / u
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_adamax(
      rate: Float(slice.rate / (1 - power(beta1, slice.step + 1))), coupled: decay.coupled, keep: decay.keep,
      beta1: Float(beta1), fresh1: Float(1 - beta1), beta2: Float(beta2), epsilon: Float(epsilon))
    guard moments.isFull else {
      guard let mean = slice.packed(0, moments, isSigned: true, scales: 2),
        let largest = slice.packed(1, moments, isSigned: false, scales: 3)
      else { return }
      return withUnsafePointers(to: mean, largest) { mean, largest in
        slice.withKernelPass(scalars) { scalars, pass in
          slice.forEachChunk { range, sums in
            dk_update_adamax_packed(
              slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
              largest, sums)
          }
        }
      }
    }
    guard let mean = slice.state(0), let largest = slice.state(1) else { return }
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_adamax(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
          largest, sums)
      }
    }
  }

  /// Of P⁻¹·H, as Adam's: (1 + a)(1 + β₁)/((1 − β₁)·η) with a = 1 − ηγ where decoupled; less γ where coupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    return (1 + a) * (1 + beta1) / ((1 - beta1) * learningRate) - (decoupled ? 0 : weightDecay)
  }

  /// (1 − β₁ᵗ)·u.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let missing = 1 - power(beta1, step)
    return state(1).map { missing * $0 }
  }

  /// η/u: bias correction completes the average of gradients.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let correction = RateFactor("bias correction", 1 / (1 - power(beta1, view.step)))
    return RateMultiplier(elements: view.state(1).map { view.rate / $0 }, factors: [correction])
  }
}
