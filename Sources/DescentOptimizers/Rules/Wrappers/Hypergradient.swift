/// Hypergradient descent: the rate itself goes down the slope of the loss.
///
/// ```
/// u: the inner rule's step with a rate of 1
/// h ← h + κ·⟨g, u before⟩          before the step that uses it; from 0
/// w ← w − max(η + h, 0)·u
/// ```
/// Source: Baydin et al., "Online learning rate adaptation with hypergradient descent", arXiv 1703.04782, algorithms 4
/// to 6 (SGD, Nesterov, Adam; here any rule), which give h for a constant η the name α − η. As `gdtuo` of Chandra et al.,
/// arXiv 1909.13371, with SGD on the rate of SGD, momentum or Adam. What is learnt is added to the rate asked for, so
/// that schedules still act; where the sum would fall below 0, or the rate asked for is 0, there is no step.
public struct Hypergradient: WrapperRule {
  public var inner: OptimizerSpec
  /// κ ≥ 0, the rate of the rate; 0, the default, is for what the paper takes on MNIST: 10⁻⁷ around the Adam family, whose
  /// steps are far longer than gradients, and 10⁻³ around others.
  public var rate = 0.0

  public init(_ inner: OptimizerSpec = OptimizerSpec(SGD()), rate: Double = 0) {
    self.inner = inner
    self.rate = rate
  }

  public static let settings: [Setting<Hypergradient>] = [.number("rate", \.rate, .nonNegative)]
  public var states: [RuleState] { [.perElement("step")] }
  /// The last rate, and h.
  public var scalars: [RuleScalar] { [RuleScalar("rate"), RuleScalar("learnt")] }
  public static var foundRate: Int? { 0 }
  public var name: String { "hypergradient" }

  private var ownRate: Double { rate > 0 ? rate : inner.rule.value(of: "beta2") != nil ? 1e-7 : 1e-3 }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let last = step.vectors(0)
    if step.step > 0 {
      step.scalars[1] += ownRate * step.sum { slice, i, g, _ in g * slice.part(of: last)[i] }
    }
    let found = max(step.learningRate + step.scalars[1], 0)
    step.scalars[0] = found
    step.keepParameters(in: last)
    // With a rate of 1; group factors remain.
    try step.runInner(rateFactor: step.unitRateFactor)
    let along = S(found)
    step.forEachSlice(of: self) { slice, _ in
      let last = slice.part(of: last)
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          let before = last[i]
          last[i] = before - w
          w = before - along * last[i]
          tile.parameters[i] = w
        }
      }
    }
  }

  /// The inner rule's, with what was learnt added to the rate.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    guard view.requested > 0 else { return rate }
    return rate.multiplied(by: RateFactor("learnt", max(view.requested + view.scalars[1], 0) / view.requested))
  }
}
