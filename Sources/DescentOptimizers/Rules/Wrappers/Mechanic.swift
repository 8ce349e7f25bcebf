/// Mechanic: learns the scale of any rule's updates from how well they foretold the next gradients.
///
/// ```
/// Δ: the sum of the inner rule's updates u, which were all made with the rate η;   w = w₀ + s·Δ
/// h = ⟨g + λ·s·‖g‖/‖w‖·w, Δ⟩ of the step's gradient, with the Δ before u enters it
/// for each β of 0.9, 0.99, …:   m ← max(β·m, |h| + ε),   v ← β²·v + h²,   r ← max(β·r − s_β·h, 0)
///                               s_β = (s₀/n·m + r)/(√v + ε)
/// s = Σ s_β,   w ← w₀ + s·(Δ + u)
/// ```
/// Source: Cutkosky, Defazio and Mehta, "Mechanic: a learning rate tuner", arXiv 2306.00144, algorithm 1. By default as
/// `optax.contrib.mechanize` (weight_decay = λ, s_init, eps), which bounds h by the m before and finds Δ again from
/// w − w₀; `style: authors` as the authors' `mechanic_pytorch.mechanize` (s_decay, s_init; ‖w‖ after the inner step, h
/// not bounded, s from 0, Δ kept, ε not in m). The rate is the inner rule's own and stays 1, or follows a schedule from 1.
public struct Mechanic: WrapperRule {
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable { case optax, authors }

  public var inner: OptimizerSpec
  /// λ ≥ 0 (default 0.01): pulls s down where the parameters grow.
  public var decay = 0.01
  /// s₀ > 0 (default 1e-6).
  public var initial = 1e-6
  /// ε > 0 (default 1e-8).
  public var epsilon = 1e-8
  /// How many β there are, 1 … 6 (default 6).
  public var betas = 6
  public var style = Style.optax

  public init(
    _ inner: OptimizerSpec = OptimizerSpec(Adam()), decay: Double = 0.01, initial: Double = 1e-6,
    epsilon: Double = 1e-8, betas: Int = 6, style: Style = .optax
  ) {
    self.inner = inner
    self.decay = decay
    self.initial = initial
    self.epsilon = epsilon
    self.betas = betas
    self.style = style
  }

  public static let settings: [Setting<Mechanic>] = [
    .number("decay", \.decay, .nonNegative),
    .number("initial", \.initial, .positive),
    .number("epsilon", \.epsilon, .positive),
    .integer("betas", \.betas, 1...6),
    .choice("style", \.style),
  ]
  public var states: [RuleState] { [.perElement("x0"), .perElement("delta", if: style == .authors)] }
  /// s·η and s, then s, m, v and r for each β.
  public var scalars: [RuleScalar] {
    let first = style == .authors ? (s: 0, m: 1e-6) : (s: initial, m: 0)
    let all = (1...6).map { $0 }
    return [RuleScalar("rate"), RuleScalar("s", initial: first.s * Double(betas))]
      + all.map { RuleScalar("s_\($0)", initial: $0 <= betas ? first.s : 0) }
      + all.map { RuleScalar("m_\($0)", initial: first.m) }
      + all.map { RuleScalar("v_\($0)") } + all.map { RuleScalar("r_\($0)") }
  }
  public static var foundRate: Int? { 0 }
  public var scratchVectors: Int { 1 }
  public var name: String { "mechanic" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let (start, before) = (step.vectors(0), step.scratch(0))
    if step.step == 0 { step.keepParameters(in: start) }
    step.keepParameters(in: before)
    switch style {
    case .optax:
      let norms = step.sums { _, _, g, w in (g * g, w * w) }
      let products = step.sums { slice, i, g, w in
        let moved = w - slice.part(of: start)[i]
        return (g * moved, w * moved)
      }
      let s = step.scalars[1]
      let pull = decay * s * norms.0.squareRoot() / (norms.1.squareRoot() + epsilon)
      try step.runInner()
      let scale = tune(step, (products.0 + pull * products.1) / (s + epsilon))
      let share = S(scale / (s + epsilon))
      let fresh = S(scale)
      step.forEachSlice(of: self) { slice, _ in
        let (start, before) = (slice.part(of: start), slice.part(of: before))
        slice.forEachTile { tile in
          for i in tile {
            var w = tile.parameters[i]
            w = start[i] + share * (before[i] - start[i]) + fresh * (w - before[i])
            tile.parameters[i] = w
          }
        }
      }
    case .authors:
      let delta = step.vectors(1)
      let norm = step.sum { _, _, g, _ in g * g }.squareRoot()
      let along = step.sum { slice, i, g, _ in g * slice.part(of: delta)[i] }
      try step.runInner()
      let after = step.sums { slice, i, _, w in (w * w, w * slice.part(of: delta)[i]) }
      let pull = decay * step.scalars[1] * norm / (after.0.squareRoot() + epsilon)
      let scale = S(max(tune(step, along + pull * after.1), 0))
      step.forEachSlice(of: self) { slice, _ in
        let (start, before) = (slice.part(of: start), slice.part(of: before))
        let delta = slice.part(of: delta)
        slice.forEachTile { tile in
          for i in tile {
            var w = tile.parameters[i]
            delta[i] = delta[i] + (w - before[i])
            w = start[i] + scale * delta[i]
            tile.parameters[i] = w
          }
        }
      }
    }
  }

  /// Takes h into the numbers, and returns the new s.
  private func tune<S: UpdateScalar>(_ step: VectorStep<S>, _ h: Double) -> Double {
    let (s, m) = (step.scalars + 2, step.scalars + 8)
    let (v, r) = (step.scalars + 14, step.scalars + 20)
    var total = 0.0
    for k in 0..<betas {
      let beta = 1 - power(0.1, k + 1)
      let bounded = style == .optax ? max(-m[k], min(h, m[k])) : h
      m[k] = max(beta * m[k], abs(h) + (style == .optax ? epsilon : 0))
      v[k] = beta * beta * v[k] + h * h
      r[k] = max(beta * r[k] - bounded * s[k], 0)
      s[k] = (initial / Double(betas) * m[k] + r[k]) / (v[k].squareRoot() + epsilon)
      total += s[k]
    }
    step.scalars[1] = total
    step.scalars[0] = total * step.learningRate
    return total
  }

  /// The inner rule's, as if s stood still.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    rate.multiplied(by: RateFactor("scale", view.scalars[1]))
  }
}
