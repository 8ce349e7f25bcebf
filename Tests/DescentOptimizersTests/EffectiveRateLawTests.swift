import DescentCore
import DescentOptimizers
import Testing

/// The definition of the effective rate, for every rule: −Δp/g while the gradient stands still.
@Suite struct EffectiveRateLawTests {
  /// Rules whose multiplier, by what their docstrings say, is no such quotient: a mean over a matrix or over steps, a
  /// place that is computed anew from sums over the whole past, a length whose gradient is not kept, or an estimate that
  /// was another in the steps the momentum remembers.
  private static let others: Set<String> = [
    "muon", "shampoo", "soap", "lookahead", "cocob", "mechanic", "madgrad", "mirrorMADGRAD", "signSGD", "lbfgs",
    "prodigy", "dAdaptation", "scheduleFree", "cautious",
  ]
  /// Those whose divisor is that of the next step, or was another in the steps that the momentum remembers.
  private static let loose: [String: Double] = [
    "adadelta": 0.5, "acprop": 0.1, "adamg": 1, "lars": 0.03, "adamp": 0.01, "fromage": 0.03, "yogi": 1e-4,
  ]

  private static let more = [
    "asgd(lambda: 0)", "mars(base: lion)", "dAdaptation(lion, growthRate: 1)", "dAdaptation(sgd, growthRate: 1)",
    "sgd(momentum: 0.8, dampening: 0.5)", "adam(biasCorrection: false)", "adam(amsgrad: true, epsilonInside: 0.01)",
    "rmsprop(centered: true, epsilonInside: 1)", "adagrad(rateDecay: 0.1)",
    "nadam(style: optax)", "nadam(style: timm)", "radam(unrectified: skip)", "adan(style: optax)",
    "simplifiedAdEMAMix(alpha: 3)", "novograd(averaging: true)", "lamb(clip: true)",
    "adafactor(relativeStep: false)", "adafactor(style: optax)", "adafactor(style: torch)",
    "alig(momentum: 0.9)", "momo(biasCorrection: true)", "sophia(style: optax)", "cautious(adam)",
    "lineSearch(sgd(momentum: 0.9))", "hypergradient(adam)", "backtracking(adam)",
    "sam(signum)", "qhadam(nu2: 0.5)", "aggmo(velocities: 5)",
  ]

  static let specs: [String] =
    OptimizerSpec.names.filter { !others.contains($0) && $0 != "asgd" }.map { name in
      let decay = (try? OptimizerSpec(parsing: name))?.settingValues["weightDecay"] ?? 0
      return decay > 0 ? "\(name)(weightDecay: 0)" : name
    } + more

  @Test(arguments: specs, [1, 2, 12])
  func `what is told is what a gradient that stands still meets`(_ text: String, _ steps: Int) throws {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [2, 2])
    layout.addTrainable("b", shape: [1])
    let g = [0.5, -2, 0.25, 1, -0.125]
    // Far above 0, so that the loss bounds no step.
    let slope = Slope(gradient: g, level: 1e6)
    var p = [1.0, 2, -3, 4, 5]
    var before = p
    let spec = try OptimizerSpec(parsing: text)
    var optimizer = try Optimizer<Double>(spec, layout: layout)
    let request = StepRequest(learningRate: spec.defaultLearningRate)
    for _ in 0..<steps {
      before = p
      let loss = slope.loss(at: &p)
      try optimizer.step(
        parameters: &p, gradient: g, request: request, context: StepContext(loss: loss, objective: slope))
    }
    let told = try optimizer.effectiveRates(request, parameters: p)
    let shown = p.indices.map { (before[$0] - p[$0]) / g[$0] }
    let w = EffectiveRate.Quantiles(of: Array(shown[0..<4]))
    let tolerance = Self.loose[spec.name] ?? 1e-6
    // The first step of those whose divisor is the next step's.
    if steps == 1, tolerance == 0.1 { return }
    for (a, b) in [
      (told[0].quantiles.minimum, w.minimum), (told[0].quantiles.median, w.median),
      (told[0].quantiles.maximum, w.maximum), (told[1].quantiles.median, shown[4]),
    ] {
      // What a step moves is rounded at the parameter.
      #expect(abs(a - b) <= tolerance * abs(b) + 1e-12, "\(a) told, \(b) shown")
    }
  }
}
