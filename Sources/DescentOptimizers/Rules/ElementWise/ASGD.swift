internal import CDescentKernels

/// Averaged stochastic gradient descent: plain steps of a falling rate, and the mean of the parameters for use.
///
/// ```
/// ηₜ = η/(1 + λ·η·(t − 1))^α,   d = g + γ·w
/// w ← (1 − λ·ηₜ)·w − ηₜ·d
/// a ← a + (w − a)/max(1, t − 1 − t₀)           evaluated: a
/// ```
/// Sources: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992); Bottou's SGD; in the form of `torch.optim.ASGD` (lambd,
/// alpha, t0, weight_decay), which only keeps a for the user to look at. There a changed rate acts one step late.
public struct ASGD: EvaluatedSliceRule {
  /// λ ≥ 0, per parameter unit (default 1e-4): decay, and how fast the rate falls.
  public var lambda = 1e-4
  /// α ≥ 0 (default 0.75).
  public var alpha = 0.75
  /// t₀ ≥ 0, steps before averaging begins (default 1e6).
  public var t0 = 1e6
  /// γ ≥ 0, per parameter unit (default 0); added to the gradient.
  public var weightDecay = 0.0

  public init(lambda: Double = 1e-4, alpha: Double = 0.75, t0: Double = 1e6, weightDecay: Double = 0) {
    self.lambda = lambda
    self.alpha = alpha
    self.t0 = t0
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<ASGD>] = [
    .number("lambda", \.lambda, .nonNegative),
    .number("alpha", \.alpha, .nonNegative),
    .number("t0", \.t0, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public var states: [RuleState] { [.perElement("ax")] }
  public var name: String { "asgd" }
  public var defaultLearningRate: Double { 0.01 }

  /// ηₜ for the step after `done` others.
  private func falling(_ rate: Double, after done: Int) -> Double {
    rate / power(1 + lambda * rate * Double(done), alpha)
  }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let mean = slice.state(0) else { return }
    let now = falling(slice.rate, after: slice.step)
    let past = Double(slice.step) - t0
    let scalars = dk_asgd(
      rate: Float(now), coupled: Float(weightDecay), keep: Float(1 - lambda * now),
      weight: Float(past > 1 ? 1 / past : 1), restart: past > 1 ? 0 : 1)
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_asgd(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
          sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let a = slice.vectors(0)
    let now = falling(slice.rate, after: slice.step)
    let (rate, keep, coupled) = (S(now), S(1 - lambda * now), S(weightDecay))
    let past = Double(slice.step) - t0
    let weight = S(past > 1 ? 1 / past : 1)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        w = keep * w - rate * (g + coupled * w)
        a[i] = weight == 1 ? w : a[i] + weight * (w - a[i])
        tile.parameters[i] = w
      }
    }
  }

  /// The average a; the parameters themselves until averaging begins.
  public func writeEvaluationView<S: UpdateScalar>(of slice: UpdateSlice<S>, to view: UnsafeMutablePointer<S>) {
    view.update(from: slice.vectors(0).base, count: slice.count)
  }

  /// (2 − ηλ)/η − γ, at the first rate; it rises as the rate falls.
  public func stabilityThreshold(learningRate: Double) -> Double {
    (2 - learningRate * lambda) / learningRate - weightDecay
  }

  /// ηₜ of the step made last.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(falling(view.rate, after: view.step - 1))
  }
}
