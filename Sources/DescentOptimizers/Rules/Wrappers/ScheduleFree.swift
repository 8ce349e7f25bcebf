internal import DescentCore

/// Schedule-Free: averaging in place of a decaying rate, around any rule; no horizon needs to be known.
///
/// ```
/// the gradient is taken at y, the parameters being trained; Δ: the inner rule's step from y, without momentum
/// η_t = η·min(1, t/warmup),   c = tʳ·(max η_t)^p / Σ of the same over all steps
/// z ← z + Δ,   x ← x + c·(z − x),   y = x + (1 − β)·(z − x)
/// evaluated: x = y + (1 − 1/β)·(z − y), the running average of z
/// ```
/// Source: Defazio et al., "The road less scheduled", arXiv 2405.15682, in the form of its authors' package
/// `schedulefree` (`SGDScheduleFree`, `AdamWScheduleFree`, `RAdamScheduleFree`, `ScheduleFreeWrapper`). β takes the
/// place of the inner rule's average of gradients: its β₁ counts as 0 (a `momentum` it has is kept: leave it out).
/// Weight decay is the inner rule's, taken at y. Around `radam` there is no step until the second moment is known well
/// enough (ρ > 4), and no warm-up is needed.
///
/// The rate is a constant, several times that of the inner rule with a schedule. Evaluation and the parameters kept for
/// use are x; y is what trains and what a trace shows. Batch normalisation gathers its running statistics at y, which
/// makes x look worse than it is: where it matters, pass a few training batches through the model at x first.
public struct ScheduleFree: WrapperRule, EvaluatedVectorRule {
  /// Whose form is taken where they differ.
  public enum Style: String, Sendable, Hashable, Codable, CaseIterable {
    /// The authors' package.
    case reference
    /// The paper's algorithm 1 for Adam: √(1 − β₂ᵗ) in the rate, and so in the weights, in place of a corrected second
    /// moment.
    case paper
    /// Optax: the inner rule's warm-up begins one step later, at 0.
    case optax
  }

  public var inner: OptimizerSpec
  /// β, 0 < β < 1 (default 0.9): how near to x the gradients are taken.
  public var momentum = 0.9
  /// Steps over which the rate rises from 0 (default 0).
  public var warmup = 0
  /// r ≥ 0 (default 0): weights grow as tʳ.
  public var r = 0.0
  /// p ≥ 0 (default 2): weights grow as the largest rate so far to the p.
  public var weightPower = 2.0
  public var style = Style.reference

  public init(
    _ inner: OptimizerSpec = OptimizerSpec(Adam.adamW), momentum: Double = 0.9, warmup: Int = 0, r: Double = 0,
    weightPower: Double = 2, style: Style = .reference
  ) {
    self.inner = inner
    self.momentum = momentum
    self.warmup = warmup
    self.r = r
    self.weightPower = weightPower
    self.style = style
  }

  public static let settings: [Setting<ScheduleFree>] = [
    .number("momentum", \.momentum, .decay),
    .integer("warmup", \.warmup, 0...(.max)),
    .number("r", \.r, .nonNegative),
    .number("weightPower", \.weightPower, .nonNegative),
    .choice("style", \.style),
  ]
  /// z; then Σ of the weights, the largest rate so far, and the last share c.
  public var states: [RuleState] { [.perElement("z"), .perTensor("weights", count: 3)] }
  public var scratchVectors: Int { 1 }
  public var name: String { "scheduleFree" }

  /// As the authors': 1 around `sgd`, 0.0025 around the Adam family.
  public var defaultLearningRate: Double {
    inner.name == "sgd" ? 1 : inner.rule.value(of: "beta2") != nil ? 0.0025 : inner.defaultLearningRate
  }

  public var conflict: String? {
    if momentum == 0 { return "momentum must be above 0, or the average cannot be told from the parameters" }
    if let beta1 = inner.rule.value(of: "beta1"), beta1 != 0,
      let usual = OptimizerSpec.presets.first(where: { $0.name == inner.name })?.value(of: "beta1"), beta1 != usual
    {
      return "beta1 of \(inner.name) has no part in it; give momentum: \(plain(beta1)) to scheduleFree instead"
    }
    if style == .paper, isRectified || inner.rule.value(of: "biasCorrection") == nil {
      return "style: paper is for the Adam family, and \(inner.name) has no biasCorrection"
    }
    return nil
  }

  private var isRectified: Bool { inner.name == "radam" }

  /// The inner rule without its average of gradients.
  public var running: OptimizerSpec? {
    if isRectified {
      return OptimizerSpec(
        Adam(
          beta1: 0, beta2: inner.value("beta2", or: 0.999), epsilon: inner.value("epsilon", or: 1e-8),
          weightDecay: inner.value("weightDecay"), decoupled: true))
    }
    return inner.with(style == .paper ? [.beta1: 0, .biasCorrection: 0] : [.beta1: 0])
  }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    let (z, before) = (step.vectors(0), step.scratch(0))
    if step.step == 0 { step.keepParameters(in: z) }
    step.keepParameters(in: before)
    let t = step.step + 1
    let factor = rateFactor(t)
    try step.runInner(rateFactor: style == .optax ? warmedShare(t - 1) : factor)
    step.forEachSlice(of: self) { slice, rule in
      guard let weights = slice.numbers(1) else { return }
      weights[1] = max(weights[1], slice.rate * factor)
      let weight = power(Double(t), rule.r) * power(weights[1], rule.weightPower)
      weights[0] += weight
      let share = weights[0] > 0 ? weight / weights[0] : 0
      weights[2] = share
      let (z, y) = (slice.vectors(0), slice.part(of: before))
      let c = S(share)
      let along = S(1 - rule.momentum * (1 - share))
      slice.forEachTile { tile in
        for i in tile {
          var w = tile.parameters[i]
          let change = w - y[i]
          w = y[i] + c * (z[i] - y[i]) + along * change
          z[i] = z[i] + change
          tile.parameters[i] = w
        }
      }
    }
  }

  /// min(1, t/warmup).
  private func warmedShare(_ t: Int) -> Double { t < warmup ? Double(t) / Double(warmup) : 1 }

  /// What multiplies the rate in step t, counted from 1.
  private func rateFactor(_ t: Int) -> Double {
    let warmed = warmedShare(t)
    guard isRectified || style == .paper else { return warmed }
    let beta2 = inner.value("beta2", or: 0.999)
    let left = power(beta2, t)
    guard isRectified else { return warmed * (1 - left).squareRoot() }
    let most = 2 / (1 - beta2) - 1
    let length = most - 2 * Double(t) * left / (1 - left)
    guard length > 4 else { return 0 }
    return warmed * ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)).squareRoot()
  }

  public func writeEvaluationView<S: UpdateScalar>(of step: VectorStep<S>, to view: UnsafeMutablePointer<S>) {
    step.forEachSlice(of: self) { slice, rule in
      let (y, z) = (VectorArray(slice.parameters), slice.vectors(0))
      let x = slice.part(of: VectorArray(view))
      let share = S(1 - 1 / rule.momentum)
      for i in VectorPlaces<S>(0..<slice.count) { x[i] = y[i] + share * (z[i] - y[i]) }
    }
  }

  /// The inner rule's without decay over 1 − β, less γ, which pulls at y as a gradient does: gradients taken near the
  /// average let z take far longer steps than the inner rule alone can, by the paper's analysis of the quadratic in
  /// the limit of many steps (section 2).
  public func stabilityThreshold(learningRate: Double) -> Double {
    let decay = inner.value("weightDecay")
    let bare = (running ?? inner).with([.weightDecay: 0])
    return bare.stabilityThreshold(learningRate: learningRate) / (1 - momentum) - decay
  }

  /// Of y, by the present gradient alone: 1 − β·(1 − c) of the inner rule's step, times the warm-up.
  public func passingOn(_ rate: RateMultiplier, _ view: RateView) -> RateMultiplier {
    let share = view.state(1).last ?? 0
    return
      rate
      .multiplied(by: RateFactor(isRectified ? "rectification" : "warm-up", rateFactor(view.step)))
      .multiplied(by: RateFactor("averaging", 1 - momentum * (1 - share)))
  }
}
