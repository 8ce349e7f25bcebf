internal import CDescentKernels

/// Descent as a PID controller: the gradient, its momentum (integral) and an average of its changes (derivative).
///
/// ```
/// e = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// v ← μ·v + (1 − τ)·e
/// c ← μ·c + (1 − μ)·(e − e′)                   e′ of the step before; no change in the first step
/// w ← w − η·(e + K_i·v + K_d·c)
/// ```
/// Source: An et al., "A PID controller approach for stochastic optimization of deep networks", CVPR 2018, in the form of
/// pytorch-optimizer's `PID` and its authors' code (integral 5, derivative 10).
public struct PID: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0.9).
  public var momentum = 0.9
  /// τ, 0 … 1 (default 0).
  public var dampening = 0.0
  /// K_i ≥ 0 (default 5).
  public var integral = 5.0
  /// K_d ≥ 0 (default 10).
  public var derivative = 10.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    momentum: Double = 0.9, dampening: Double = 0, integral: Double = 5, derivative: Double = 10,
    weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.momentum = momentum
    self.dampening = dampening
    self.integral = integral
    self.derivative = derivative
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<PID>] = [
    .number("momentum", \.momentum, .decay),
    .number("dampening", \.dampening, .share),
    .number("integral", \.integral, .nonNegative),
    .number("derivative", \.derivative, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    [.perElement("i_buffer"), .perElement("d_buffer"), .perElement("grad_buffer")]
  }
  public var name: String { "pid" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let sum = slice.state(0), let change = slice.state(1), let last = slice.state(2) else { return }
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_pid(
      rate: Float(slice.rate), coupled: decay.coupled, keep: decay.keep, momentum: Float(momentum),
      intake: Float(1 - dampening), fresh: slice.step == 0 ? 0 : Float(1 - momentum), integral: Float(integral),
      derivative: Float(derivative))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_pid(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, sum,
          change, last, sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (v, c, last) = (slice.vectors(0), slice.vectors(1), slice.vectors(2))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    let (momentum, intake) = (S(self.momentum), S(1 - dampening))
    let fresh = S(slice.step == 0 ? 0 : 1 - self.momentum)
    let (integral, derivative) = (S(self.integral), S(self.derivative))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let e = g + coupled * w
        let sum = momentum * v[i] + intake * e
        let change = momentum * c[i] + fresh * (e - last[i])
        v[i] = sum
        c[i] = change
        last[i] = e
        w = keep * w - rate * (e + integral * sum + derivative * change)
        tile.parameters[i] = w
      }
    }
  }

  /// (1 + a)/(c·η) less γ where coupled, with c = 1 + (K_i·(1 − τ) + 2·K_d·(1 − μ))/(1 + μ) and a = 1 − ηγ where
  /// decoupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let parts = integral * (1 - dampening) + 2 * derivative * (1 - momentum)
    return alternatingThreshold(
      response: 1 + parts / (1 + momentum), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// η·(1 + K_i·(1 − τ)(1 − μᵗ)/(1 − μ)): a gradient that stands still has no changes.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = (1 - dampening) * (1 - power(momentum, view.step)) / (1 - momentum)
    return RateMultiplier(view.rate).multiplied(by: RateFactor("momentum", 1 + integral * gathered))
  }
}
