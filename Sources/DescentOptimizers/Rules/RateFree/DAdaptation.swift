/// D-Adaptation: a rate that follows a lower bound on the distance to the solution, for five rules.
///
/// ```
/// λ = d·η,   d ← max(d, min(d̂, d·growth)),   d from d₀ = 10⁻⁶ on
/// sgd:      s ← s + λ·g (λ = d·η/‖g₀‖);   d̂ = 2·Σ λ⟨g, s⟩/‖s‖;   w ← μ·w + (1 − μ)·(w₀ − s)
/// adam:     m ← β₁·m + (1 − β₁)·λ·g,  v as Adam's,  s ← √β₂·s + (1 − √β₂)·λ·g
///           d̂ = r/((1 − √β₂)·‖s‖₁),  r ← √β₂·r + (1 − √β₂)·λ·⟨g, s/(√v + ε)⟩;   w ← w − λγ·w − m/(√v + ε)
/// adagrad:  a ← a + g²,  s ← s + λ·g,  d̂ = (Σ s²/(√a + ε) − Σ λ²·Σ g²/(√a + ε))/‖s‖₁;   w ← w₀ − s/(√a + ε)
/// lion:     u = sign(β₁·m + (1 − β₁)·g);  r, s and d̂ as adam's, with u in place of g and no v;   w ← (1 − λγ)·w − λ·u
/// adan:     m, its difference and v as Adan's with λ in the first two;  s with β₃;  d̂ as adagrad's, with averages
/// ```
/// Source: Defazio and Mishchenko, "Learning-rate-free learning by D-Adaptation", arXiv 2301.07733, in the form of the
/// authors' package `dadaptation` 3.2 (`DAdaptSGD`, `DAdaptAdam`, `DAdaptAdaGrad`, `DAdaptLion`, `DAdaptAdan`). With
/// `adamw` it is also `optax.contrib.dadapt_adamw`. Adam's bias correction, which the package leaves out unless asked, is
/// the inner rule's: on by default. η stays 1, or follows a schedule from 1. All groups share one d; one whose rate is 0
/// has no part in it.
public struct DAdaptation: WrapperRule {
  /// One of `sgd`, `adam`, `adamw`, `adagrad`, `lion`, `adan`; gives the settings, while the work is done here.
  public var inner: OptimizerSpec
  /// d₀ > 0, in parameter units (default 1e-6): less than any distance worth going.
  public var d0 = 1e-6
  /// ≥ 1 (default infinite): d grows by at most this factor in a step.
  public var growthRate = Double.infinity

  public init(_ inner: OptimizerSpec = OptimizerSpec(Adam()), d0: Double = 1e-6, growthRate: Double = .infinity) {
    self.inner = inner
    self.d0 = d0
    self.growthRate = growthRate
  }

  public static let settings: [Setting<DAdaptation>] = [
    .number("d0", \.d0, .positive),
    .number("growthRate", \.growthRate, .atLeastOne),
  ]

  /// The rules it knows how to drive.
  enum Family: String {
    case sgd, adam, adamw, adagrad, lion, adan

    /// Settings that the rule has alone but not in here.
    var without: [String] {
      switch self {
      case .sgd: ["nesterov", "dampening", "decoupled"]
      case .adagrad: ["decoupled", "epsilonInside", "rateDecay"]
      case .adam, .adamw: ["amsgrad", "epsilonInside"]
      case .adan: ["epsilonInside"]
      case .lion: []
      }
    }
  }

  var family: Family? { Family(rawValue: inner.name) }

  public var states: [RuleState] {
    let family = self.family
    let isAdam = family == .adam || family == .adamw
    return [
      .perElement("s"),
      .perElement("exp_avg", if: isAdam || family == .lion || family == .adan),
      .perElement("exp_avg_sq", if: isAdam || family == .adan),
      .perElement("exp_avg_diff", if: family == .adan),
      .perElement("pre_grad", if: family == .adan),
      .perElement("sum", initial: inner.value("initialAccumulator"), if: family == .adagrad),
      .perElement("x0", if: family == .sgd || family == .adagrad),
    ]
  }

  /// Arrays by their places in ``states``.
  enum Place { static let (s, m, v, difference, last, sum, start) = (0, 1, 2, 3, 4, 5, 6) }

  public var scalars: [RuleScalar] {
    [
      RuleScalar("d", initial: d0), RuleScalar("rate", initial: d0), RuleScalar("numerator_weighted"),
      RuleScalar("gsq_weighted"), RuleScalar("g0_norm"),
    ]
  }

  /// Numbers by their places in ``scalars``.
  enum Number { static let (d, rate, numerator, squares, firstNorm) = (0, 1, 2, 3, 4) }

  public static var foundRate: Int? { Number.rate }
  public var running: OptimizerSpec? { nil }
  public var name: String { "dAdaptation" }
  public var defaultLearningRate: Double { 1 }
  public var rateMeaning: RateMeaning { .multiplier }

  public var conflict: String? {
    guard let family else {
      return "it works around sgd, adam, adamw, adagrad, lion and adan, and \(inner.name) is none of them"
    }
    for setting in family.without where inner.value(setting) != 0 {
      return "\(family.rawValue) inside has no \(setting)"
    }
    guard let adan = inner.rule as? Adan else { return nil }
    if adan.style != .authors { return "adan inside has only style: authors" }
    return adan.proximal ? nil : "adan inside has no proximal: false"
  }

  public func update<S: UpdateScalar>(_ step: VectorStep<S>) throws(OptimizerError) {
    switch family {
    case .sgd: updateSGD(step)
    case .adam, .adamw: updateAdam(step)
    case .adagrad: updateAdagrad(step)
    case .lion: updateLion(step)
    case .adan: updateAdan(step)
    case nil: throw OptimizerError("\(name): \(conflict ?? "").")
    }
  }

  /// Takes an estimate into d; a NaN leaves it as it is.
  func raise<S: UpdateScalar>(to estimate: Double, _ step: VectorStep<S>) {
    let d = step.scalars[Number.d]
    step.scalars[Number.d] = max(d, min(estimate, d * growthRate))
  }

  /// The inner rule's, of P⁻¹·H with d in P.
  public func stabilityThreshold(learningRate: Double) -> Double {
    inner.stabilityThreshold(learningRate: learningRate)
  }

  /// What the inner rule divides by, over d; nil for `lion`.
  public func preconditioner(_ view: RateView) -> [Double]? {
    let momentum = inner.value("momentum")
    switch family {
    case .adam, .adamw, .adan: return diagonal(view, gain: 1 - power(inner.value("beta1"), view.step))
    case .adagrad: return diagonal(view, gain: 1)
    case .sgd: return diagonal(view, gain: (1 - power(momentum, view.step)) / (1 - momentum))
    case .lion, nil: return nil
    }
  }

  /// With λ for the rate, what the inner rule multiplies the gradient by; the average of gradients in Adam and Adan holds
  /// 1 − β₁ᵗ of it.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let d = view.scalars[Number.d]
    let named = RateFactor("d", d)
    let gathered = 1 - power(inner.value("beta1"), view.step)
    let epsilon = inner.value("epsilon")
    let spread = { (place: Int) in
      RateMultiplier(elements: view.state(place).map { view.rate / ($0.squareRoot() + epsilon) }).multiplied(by: named)
    }
    switch family {
    case .adam, .adamw:
      return spread(Place.v).multiplied(by: RateFactor("momentum", gathered))
        .multiplied(by: RateFactor("bias correction", adamCorrection(afterStep: view.step)))
    case .adan: return spread(Place.v).multiplied(by: RateFactor("momentum", gathered))
    case .adagrad: return spread(Place.sum)
    case .lion:
      // The average holds λ·g.
      let completed = view.rate * view.rate * d * (1 - power(inner.value("beta2"), view.step))
      return RateMultiplier(elements: view.state(Place.m).map { completed / abs($0) })
        .multiplied(by: named)
    case .sgd, nil:
      return RateMultiplier(view.rate).multiplied(by: named)
        .multiplied(by: RateFactor("1/‖g₀‖", 1 / view.scalars[Number.firstNorm]))
        .multiplied(by: RateFactor("momentum", 1 - power(inner.value("momentum"), view.step)))
    }
  }
}
