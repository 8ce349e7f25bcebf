/// Schedule-Free SGD: averaging in place of a decaying rate; no horizon needs to be known.
///
/// ```
/// the gradient g is taken at y, the parameters being trained
/// η_t = η·min(1, t/warmup),   c = tʳ·(max η)^p / Σ of the same over all steps,   d = g + γ·y
/// y ← (1 − c)·y + c·z + η_t·(β·(1 − c) − 1)·d
/// z ← z − η_t·d
/// evaluated: x = y + (1 − 1/β)·(z − y), the running average of z
/// ```
/// Source: Defazio et al., "The road less scheduled", arXiv 2405.15682, in the form of its authors' `SGDScheduleFree`
/// (momentum = β, r, weight_lr_power = p, warmup_steps). Rates are 10 to 50 times those of plain SGD. Evaluation and the
/// parameters kept for use are x; y is what trains and what a trace shows.
public struct ScheduleFreeSGD: EvaluatedSliceRule {
  /// β, 0 < β < 1 (default 0.9): how near to x the gradients are taken.
  public var momentum = 0.9
  /// γ ≥ 0, per parameter unit (default 0); taken at y.
  public var weightDecay = 0.0
  /// Steps over which the rate rises from 0 (default 0).
  public var warmup = 0
  /// r ≥ 0 (default 0): weights grow as tʳ.
  public var weightPower = 0.0
  /// p ≥ 0 (default 2): weights grow as the largest rate to the p.
  public var ratePower = 2.0

  public init(
    momentum: Double = 0.9, weightDecay: Double = 0, warmup: Int = 0, weightPower: Double = 0, ratePower: Double = 2
  ) {
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.warmup = warmup
    self.weightPower = weightPower
    self.ratePower = ratePower
  }

  public static let settings: [Setting<ScheduleFreeSGD>] = [
    .number("momentum", \.momentum, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .integer("warmup", \.warmup, 0...(.max)),
    .number("weightPower", \.weightPower, .nonNegative),
    .number("ratePower", \.ratePower, .nonNegative),
  ]
  /// z; then Σ of the weights and the largest rate so far.
  public var states: [RuleState] { [.perElement("z"), .perTensor("weights", count: 2)] }
  public var name: String { "schedule-free-sgd" }
  public var defaultLearningRate: Double { 1 }
  public var conflict: String? {
    momentum == 0 ? "momentum must be above 0, or the average cannot be told from the parameters" : nil
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard let weights = slice.numbers(1) else { return }
    let t = slice.step + 1
    let warmed = t < warmup ? slice.rate * Double(t) / Double(warmup) : slice.rate
    weights[1] = max(weights[1], warmed)
    let weight = power(Double(t), weightPower) * power(weights[1], ratePower)
    weights[0] += weight
    let share = weights[0] > 0 ? weight / weights[0] : 0
    let z = slice.vectors(0)
    if slice.step == 0 { z.base.update(from: slice.parameters, count: slice.count) }
    let c = S(share)
    let rate = S(warmed)
    let along = S(warmed * (momentum * (1 - share) - 1))
    let decay = S(weightDecay)
    slice.forEachVector { i, g, y in
      let d = g + decay * y
      y = y + c * (z[i] - y) + along * d
      z[i] = z[i] - rate * d
    }
  }

  public func writeEvaluationView<S: UpdateScalar>(of slice: UpdateSlice<S>, to view: UnsafeMutablePointer<S>) {
    let (x, y, z) = (VectorArray(view), VectorArray(slice.parameters), slice.vectors(0))
    let share = S(1 - 1 / momentum)
    VectorArray<S>.forEachPlace(in: 0..<slice.count) { i in x[i] = y[i] + share * (z[i] - y[i]) }
  }

  /// 2/((1 − β)·η): gradients taken near the average let z take far longer steps than gradient descent can, by the
  /// paper's analysis of the quadratic in the limit of many steps (section 2).
  public func stabilityThreshold(learningRate: Double) -> Double { 2 / ((1 - momentum) * learningRate) }

  /// Of y, by the present gradient alone: η·(1 − β·(1 − c)).
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let warmed = view.step < warmup ? Double(view.step) / Double(warmup) : 1
    let weights = view.state(1)
    let weight = power(Double(view.step), weightPower) * power(weights.last ?? 0, ratePower)
    let share = (weights.first ?? 0) > 0 ? weight / weights[0] : 0
    return RateMultiplier(view.rate)
      .multiplied(by: RateFactor("warm-up", warmed))
      .multiplied(by: RateFactor("averaging", 1 - momentum * (1 - share)))
  }
}
