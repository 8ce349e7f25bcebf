import DescentCore
import DescentOptimizers
import Testing

/// Where the vector is cut, and what stands around a rule, must not matter to it.
@Suite struct RuleSplitTests {
  /// The registry, and rules in rules.
  static let nested =
    OptimizerSpec.names.map { "lookahead(sam(\($0)), k: 2)" } + [
      "sam(lookahead(sgd(momentum: 0.9), k: 2, momentum: pullback), adaptive: true)", "mechanic(scheduleFree(adamw))",
      "mechanic(lookahead(adam(amsgrad: true), k: 3), style: authors)", "cautious(nadamw)",
      "hypergradient(cautious(adamw))", "lookahead(lookahead(adam, k: 2), k: 3)", "lineSearch(sam(sgd))",
      "backtracking(lbfgs(search: fixed))", "scheduleFree(radam, warmup: 3)", "lookahead(dAdaptation(adan), k: 2)",
      "lookahead(dog(averaging: true), k: 3)", "scheduleFree(adan)", "sam(muon(style: optax))",
      "shampoo(every: 4)", "shampoo(style: sequential, every: 3, maxPreconditionedSide: 6)", "soap(every: 3)",
      "soap(every: 4, maxPreconditionedSide: 6)", "sophia(every: 4, exactBelow: 0)", "lbfgs(history: 2, iterations: 3)",
      "lbfgs(style: optax, search: fixed, history: 3)", "aggmo(velocities: 5)", "muon(adaptive: true, matrices: all)",
      "rmsprop(momentum: 0.9, nesterov: true, centered: true, epsilonInside: 0.1)", "adafactor(beta1: 0.9)",
      "adafactor(style: optax, minimumSizeToFactor: 6)", "lars(style: optax)", "dAdaptation(sgd(momentum: 0.9))",
      "dAdaptation(adagrad)", "dAdaptation(lion)", "momo(estimateBound: true)", "asgd(t0: 3)",
      "nadam(momentumDecay: 0.1)", "radam(unrectified: skip)", "madgrad(momentum: 0)", "alig(momentum: 0.9)",
    ]

  private func groups(_ layout: ParameterLayout) -> [ParameterGroup] {
    // Of no consequence but for the cuts.
    [
      ParameterGroup(name: "first", ranges: [layout.trainable[0].range]),
      ParameterGroup(name: "last", ranges: layout.trainable.suffix(2).map(\.range)),
    ]
  }

  @Test(arguments: nested)
  func `rules in rules resume bit for bit, with groups too`(_ text: String) throws {
    let layout = RuleLawTests.layout
    let spec = try OptimizerSpec(parsing: text)
    for groups in [[], groups(layout)] {
      var p = KernelTests.noise(layout.trainableCount, seed: 1)
      var optimizer = try Optimizer<Float>(spec, layout: layout, groups: groups)
      try RuleLawTests.run(&optimizer, &p, steps: 0..<5)
      var resumed = try Optimizer<Float>(spec, layout: layout, groups: groups)
      try resumed.restore(optimizer.state)
      var q = p
      try RuleLawTests.run(&optimizer, &p, steps: 5..<11)
      try RuleLawTests.run(&resumed, &q, steps: 5..<11)
      #expect(p.map(\.bitPattern) == q.map(\.bitPattern))
      #expect(optimizer.state == resumed.state)
      #expect(Set(optimizer.state.map(\.name)).count == optimizer.state.count)
      var (seen, seenAgain) = (p, q)
      #expect(
        optimizer.writeEvaluationParameters(of: &p, to: &seen)
          == resumed.writeEvaluationParameters(of: &q, to: &seenAgain))
      #expect(seen == seenAgain)
    }
  }

  @Test(arguments: OptimizerSpec.names + ["lookahead(sgd(momentum: 0.9), momentum: pullback)", "sam(rmsprop)"])
  func `what a step asks of a setting is done or refused, and a refusal changes nothing`(_ text: String) throws {
    let layout = RuleLawTests.layout
    let spec = try OptimizerSpec(parsing: text)
    let ring = Ring<Double>(count: layout.trainableCount)
    for hyperparameter in Hyperparameter.allCases where hyperparameter != .learningRate {
      var p = KernelTests.noise(layout.trainableCount, seed: 1).map { Double($0) }
      var optimizer = try Optimizer<Double>(spec, layout: layout, groups: groups(layout))
      for (step, value) in [0.25, 0, 0.75, 1, .nan, 0.5].enumerated() {
        var g = p
        let loss = ring.gradient(at: &p, into: &g)
        var request = StepRequest(learningRate: spec.defaultLearningRate)
        if step % 2 == 0 {
          request.overrides[hyperparameter] = value
        } else {
          request.groupOverrides["last"] = [hyperparameter: value]
        }
        let (before, state) = (p, optimizer.state)
        let context = StepContext(loss: loss, objective: ring)
        do {
          try optimizer.step(parameters: &p, gradient: g, request: request, context: context)
        } catch {
          #expect(p == before)
          #expect(optimizer.state == state)
        }
        #expect(!p.contains { !$0.isFinite }, "\(hyperparameter) \(value)")
      }
    }
  }

  /// DoG measures each group by itself.
  static let names = OptimizerSpec.names.filter { $0 != "dog" }

  @Test(arguments: names)
  func `groups that ask for nothing change nothing`(_ name: String) throws {
    let layout = RuleLawTests.layout
    let spec = try OptimizerSpec(parsing: name)
    var p = KernelTests.noise(layout.trainableCount, seed: 1).map { Double($0) }
    var q = p
    var whole = try Optimizer<Double>(spec, layout: layout)
    var cut = try Optimizer<Double>(spec, layout: layout, groups: groups(layout))
    try RuleLawTests.run(&whole, &p, steps: 0..<8)
    try RuleLawTests.run(&cut, &q, steps: 0..<8)
    // Sums over the vector are added up in another order.
    for (a, b) in zip(p, q) { #expect(abs(a - b) <= 1e-9 * max(1e-3, abs(a))) }
    if case .slice = spec.rule.kind { #expect(p == q) }
  }

  @Test(arguments: names)
  func `a group's factor counts in the effective rate as in the step`(_ name: String) throws {
    // Two parameters alike, one with half the rate: their steps are as their effective rates. Some rules have no such
    // factor, some a bound besides that only one of the two meets.
    var layout = ParameterLayout()
    for name in ["a", "b"] { layout.addTrainable(name, shape: [1]) }
    let spec = try OptimizerSpec(parsing: name)
    guard !["cocob", "rprop", "ldog", "lbfgs", "adamg"].contains(name) else { return }
    var optimizer = try Optimizer<Double>(
      spec, layout: layout, groups: [ParameterGroup(name: "slow", ranges: [1..<2], learningRateFactor: 0.5)])
    let slope = Slope(gradient: [0.25, 0.25])
    var p = [100.0, 100]
    let request = StepRequest(learningRate: spec.defaultLearningRate)
    for _ in 0..<6 {
      let loss = slope.loss(at: &p)
      try optimizer.step(
        parameters: &p, gradient: slope.gradient, request: request, context: StepContext(loss: loss, objective: slope))
    }
    let told = try optimizer.effectiveRates(request, parameters: p).map(\.quantiles.median)
    let shown = p.map { 100 - $0 }
    #expect(abs(told[1] / told[0] / (shown[1] / shown[0]) - 1) < 0.02, "told \(told), shown \(shown)")
  }
}
