/// Cautious: of another rule's step, only the elements that go downhill, made larger in turn.
///
/// ```
/// u: the inner rule's step without its decoupled weight decay
/// k = 1 where u·(−g) > 0, else 0;   k ← k/max(mean of k, 10⁻³) for each tensor
/// w ← (1 − ηγ)·w + k·u
/// ```
/// Source: Liang et al., "Cautious optimizers: improving training with one line of code", arXiv 2411.16085, algorithm 1.
/// As timm's `caution` for AdamW, NAdamW, LaProp and Lion. The decay of `adamc`, `adan`, `muon`, `prodigy`, `soap`,
/// `adafactor` and `adamg` is no such part of their steps, and goes through the mask with them.
public struct Cautious: WrapperRule {
  public var inner: OptimizerSpec

  public init(_ inner: OptimizerSpec = OptimizerSpec(Adam.adamW)) { self.inner = inner }

  public static let settings: [Setting<Cautious>] = []
  public static let granularity = Granularity.tensors
  public var states: [RuleState] { [.perTensor("mask_mean", initial: 1)] }
  public var name: String { "cautious" }
  public var scratchVectors: Int { 1 }
  public var running: OptimizerSpec? { OptimizerSpec(inner.rule.withoutDecoupledDecay) }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let before = step.scratch(0)
    before.base.update(from: step.parameters, count: step.count)
    try step.runInner()
    step.forEachSlice(of: self) { slice, rule in
      guard slice.count > 0 else { return }
      let old = VectorArray(before.base + slice.tensor.range.lowerBound)
      let (one, zero) = (S.Vector(repeating: 1), S.Vector(repeating: 0))
      let kept = slice.sum { tile in
        var sum = VectorSum<S>()
        for i in tile {
          let g = tile.gradient[i]
          let w = tile.parameters[i]
          sum.add(S.Vector.choose(g * (old[i] - w) > zero, one, zero), at: i)
        }
        return sum.value
      }
      let mean = max(kept / Double(slice.count), 1e-3)
      slice.numbers(0)?[0] = mean
      let (scale, keep) = (S(1 / mean), S(1 - slice.rate * rule.inner.rule.decoupledDecay))
      slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          let w = tile.parameters[i]
          let u = w - old[i]
          tile.parameters[i] = keep * old[i] + S.Vector.choose(zero > g * u, scale * u, zero)
        }
      }
    }
  }

  /// Where the mask lets through, its multiplier 1/mean, as it was in the last step.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    rate.multiplied(by: RateFactor("1/share of the mask", 1 / (view.state(0).first ?? 1)))
  }
}
