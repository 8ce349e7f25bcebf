/// Rprop: a step length of its own for every parameter, which grows while the gradient keeps its sign.
///
/// ```
/// s ← clamp(s·η₊) where g·g′ > 0,  clamp(s·η₋) where g·g′ < 0,  between the least and the largest length
/// g ← 0 where g·g′ < 0                         do not move, and forget the gradient
/// w ← w − s·sign(g);   g′ ← g
/// ```
/// s begins at the learning rate of the first step; later rates change nothing, except that a rate of 0 stands still.
/// Source: Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", ICNN 1993 (the variant
/// without backtracking), in the form of `torch.optim.Rprop` (etas, step_sizes). Meant for full batches. Optax's `rprop`
/// applies the step of the call before.
public struct Rprop: SliceRule {
  /// η₋, 0 ≤ η₋ < 1 (default 0.5).
  public var etaMinus = 0.5
  /// η₊ ≥ 1 (default 1.2).
  public var etaPlus = 1.2
  /// The least length, in parameter units (default 1e-6).
  public var stepMin = 1e-6
  /// The largest length, in parameter units (default 50).
  public var stepMax = 50.0

  public init(etaMinus: Double = 0.5, etaPlus: Double = 1.2, stepMin: Double = 1e-6, stepMax: Double = 50) {
    self.etaMinus = etaMinus
    self.etaPlus = etaPlus
    self.stepMin = stepMin
    self.stepMax = stepMax
  }

  public static let settings: [Setting<Rprop>] = [
    .number("etaMinus", \.etaMinus, .decay),
    .number("etaPlus", \.etaPlus, .atLeastOne),
    .number("stepMin", \.stepMin, .nonNegative),
    .number("stepMax", \.stepMax, .positive),
  ]
  public var states: [RuleState] { [.perElement("prev"), .perElement("step_size")] }
  public var name: String { "rprop" }
  public var defaultLearningRate: Double { 0.01 }
  public var conflict: String? {
    if !etaPlus.isFinite { return "etaPlus must be finite" }
    return stepMin > stepMax ? "stepMin must not be above stepMax" : nil
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (last, lengths) = (slice.vectors(0), slice.vectors(1))
    if slice.step == 0 { lengths.base.update(repeating: S(slice.rate), count: slice.count) }
    let (shrink, grow) = (S(etaMinus), S(etaPlus))
    let least = S.Vector(repeating: S(stepMin))
    let largest = S.Vector(repeating: S(stepMax))
    let zero = S.Vector(repeating: 0)
    let moves = S(slice.rate == 0 ? 0 : 1)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let s = lengths[i]
        let product = g * last[i]
        let grown = S.Vector.minimum(.maximum(grow * s, least), largest)
        let shrunk = S.Vector.minimum(.maximum(shrink * s, least), largest)
        // Without a previous sign the length is only kept within its bounds.
        let kept = S.Vector.minimum(.maximum(s, least), largest)
        let length = S.Vector.choose(product > zero, grown, .choose(zero > product, shrunk, kept))
        let used = S.Vector.choose(zero > product, zero, g)
        lengths[i] = length
        last[i] = used
        w = w - moves * (length * used.sign)
        tile.parameters[i] = w
      }
    }
  }

  /// Infinite: lengths shrink wherever a gradient changes its sign.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// s/|g| with the gradient of the last step; infinite where that was forgotten.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    RateMultiplier(elements: zip(view.state(1), view.state(0)).map { $0 / abs($1) })
  }
}
