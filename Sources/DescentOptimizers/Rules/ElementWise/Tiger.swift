/// Tiger: the sign of an average of gradients, with one constant instead of Lion's two.
///
/// ```
/// m ← β·m + (1 − β)·g
/// w ← (1 − ηγ)·w − η·sign(m)
/// ```
/// Source: Su, "Tiger: a tight-fisted optimizer", github.com/bojone/tiger (2023), in the form of pytorch-optimizer's `Tiger`
/// (beta 0.965, weight decay 0.01). Signum by another name; the lighter of the sign rules in memory.
public struct Tiger: SliceRule {
  /// β, 0 ≤ β < 1 (default 0.965).
  public var beta1 = 0.965
  /// γ ≥ 0, per parameter unit (default 0.01).
  public var weightDecay = 0.01
  /// Applies the decay to the parameters (default true).
  public var decoupled = true

  public init(beta1: Double = 0.965, weightDecay: Double = 0.01, decoupled: Bool = true) {
    self.beta1 = beta1
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Tiger>] = [
    .number("beta1", \.beta1, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("exp_avg")] }
  public var name: String { "tiger" }
  public var defaultLearningRate: Double { 1e-3 }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let m = slice.state(0) else { return }
    let (coupled, keep) = (decoupled ? 0 : weightDecay, decoupled ? 1 - slice.rate * weightDecay : 1)
    slice.forEachElement { i, g, w in
      m[i] = beta1 * m[i] + (1 - beta1) * (g + coupled * w)
      w = keep * w - slice.rate * (m[i] > 0 ? 1 : m[i] < 0 ? -1 : m[i])
    }
  }

  /// Lion with one β for both of its averages.
  public func update(_ slice: UpdateSlice<Float>) {
    Lion(beta1: beta1, beta2: beta1, weightDecay: weightDecay, decoupled: decoupled)
      .update(slice, mean: slice.state(0))
  }

  /// Infinite: a step of fixed length is stable nowhere and unstable nowhere; it dithers within η of a minimum.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// η·(1 − βᵗ)/|m|.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let completed = view.rate * (1 - power(beta1, view.step))
    return RateMultiplier(elements: view.state(0).map { completed / abs($0) })
  }
}
