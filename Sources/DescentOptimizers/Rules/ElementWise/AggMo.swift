internal import CDescentKernels

/// Aggregated momentum: the mean of several heavy balls of different weight.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// vₖ ← βₖ·vₖ + d                               βₖ = 1 − aᵏ for k = 0 … K − 1: 0, 0.9, 0.99 by default
/// w ← w − η/K · Σₖ vₖ
/// ```
/// Source: Lucas et al., "Aggregated momentum: stability through passive damping", arXiv 1804.00325, with its exponential
/// choice of β; in the form of pytorch-optimizer's `AggMo`. The first velocity is the gradient itself and needs no memory.
public struct AggMo: SliceRule {
  private static let most = 6

  /// K, 1 … 6 (default 3).
  public var velocities = 3
  /// a, 0 < a < 1 (default 0.1).
  public var base = 0.1
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(velocities: Int = 3, base: Double = 0.1, weightDecay: Double = 0, decoupled: Bool = false) {
    self.velocities = velocities
    self.base = base
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<AggMo>] = [
    .integer("velocities", \.velocities, 1...6),
    .number("base", \.base, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    (1..<Self.most).map { .perElement("momentum_buffer.\($0)", if: $0 < velocities) }
  }
  public var name: String { "aggmo" }
  public var defaultLearningRate: Double { 0.05 }
  public var conflict: String? { base < 1 ? nil : "base must be below 1" }

  private func beta(_ k: Int) -> Double { 1 - power(base, k) }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard velocities <= 4 else { return inGeneral(slice) }
    let decay = WeightDecay<Float>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let scalars = dk_aggmo(
      rate: Float(slice.rate / Double(velocities)), coupled: decay.coupled, keep: decay.keep,
      beta: (Float(beta(1)), Float(beta(2)), Float(beta(3))))
    let first = velocities > 1 ? slice.state(0) : nil
    let second = velocities > 2 ? slice.state(1) : nil
    let third = velocities > 3 ? slice.state(2) : nil
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_aggmo(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, first,
          second, third, sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let rate = S(slice.rate / Double(velocities))
    let rest = velocities - 1
    let (b1, b2, b3, b4, b5) = (S(beta(1)), S(beta(2)), S(beta(3)), S(beta(4)), S(beta(5)))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        var sum = d
        for k in 0..<rest {
          let v = slice.vectors(k)
          let velocity = (k == 0 ? b1 : k == 1 ? b2 : k == 2 ? b3 : k == 3 ? b4 : b5) * v[i] + d
          v[i] = velocity
          sum = sum + velocity
        }
        w = keep * w - rate * sum
        tile.parameters[i] = w
      }
    }
  }

  /// (1 + a)·K/(η·Σ 1/(1 + βₖ)) less γ where coupled, with a = 1 − ηγ where decoupled.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let sum = (0..<velocities).reduce(0) { $0 + 1 / (1 + beta($1)) }
    return alternatingThreshold(
      response: sum / Double(velocities), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// η/K · Σ (1 − βₖᵗ)/(1 − βₖ).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let sum = (0..<velocities).reduce(0) { $0 + (1 - power(beta($1), view.step)) / (1 - beta($1)) }
    return RateMultiplier(view.rate).multiplied(by: RateFactor("momentum", sum / Double(velocities)))
  }
}
