internal import CDescentKernels

/// Lion: the sign of an average of gradients.
///
/// ```
/// u = sign(β₁·m + (1 − β₁)·g)
/// w ← (1 − ηγ)·w − η·u
/// m ← β₂·m + (1 − β₂)·g
/// ```
/// Source: Chen et al., "Symbolic discovery of optimization algorithms", arXiv 2302.06675, Program 1; weight decay is
/// decoupled there, and coupled (added to g) only if asked for. Rates are 3 to 10 times smaller than AdamW's. As in
/// `optax.lion`, whose weight decay is 0.001 by default.
public struct Lion: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9): of the average whose sign is taken.
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.99): of the average that is kept.
  public var beta2 = 0.99
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters (default true).
  public var decoupled = true
  /// How the average is kept between steps (default `full`).
  public var moments = Moments.full

  public init(
    beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0, decoupled: Bool = true,
    moments: Moments = .full
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.moments = moments
  }

  public static let settings: [Setting<Lion>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
    .choice("moments", \.moments),
  ]
  public var states: [RuleState] {
    [.moment("exp_avg", moments, isSigned: true, scales: 1), .scales("exp_avg", moments)]
  }
  public var name: String { "lion" }
  public var defaultLearningRate: Double { 1e-4 }

  public func update(_ slice: UpdateSlice<Double>) {
    let rate = slice.rate
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - rate * weightDecay : 1
    slice.forEachElement(moments, (0, 1)) { g, w, m, _ in
      let d = g + coupled * w
      let c = beta1 * m + (1 - beta1) * d
      m = beta2 * m + (1 - beta2) * d
      w = keep * w - rate * (c > 0 ? 1 : c < 0 ? -1 : c)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let packed = moments.isFull ? nil : slice.packed(0, moments, isSigned: true, scales: 1) else {
      return update(slice, mean: slice.state(0))
    }
    withUnsafePointer(to: packed) { mean in
      slice.withKernelPass(scalars(rate: slice.rate)) { scalars, pass in
        slice.forEachChunk { range, sums in
          dk_update_lion_packed(
            slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean, sums)
        }
      }
    }
  }

  /// Infinite: a step of fixed length is stable nowhere and unstable nowhere; it dithers within η of a minimum.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// η·(1 − β₂ᵗ)/|m|.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let completed = view.rate * (1 - power(beta2, view.step))
    return RateMultiplier(elements: view.state(0).map { completed / abs($0) })
  }
}

extension Lion {
  /// The kernel for rules that take the sign of an average they keep, or of the gradient where `mean` is nil.
  func update(_ slice: UpdateSlice<Float>, mean: UnsafeMutablePointer<Float>?) {
    slice.withKernelPass(scalars(rate: slice.rate)) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_lion(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean, sums)
      }
    }
  }

  private func scalars(rate: Double) -> dk_lion {
    dk_lion(
      rate: Float(rate), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - rate * weightDecay) : 1, beta1: Float(beta1), fresh1: Float(1 - beta1),
      beta2: Float(beta2), fresh2: Float(1 - beta2))
  }
}
