import DescentCore
import DescentOptimizers
import Testing

/// Thresholds of adaptive rules where their P stands still: with an ε that outweighs every gradient the rule is linear,
/// and a motion on ½·h·p² falls just below the threshold told and grows just above it.
@Suite struct StabilityLawTests {
  static let specs = [
    "sgd(momentum: 0.9)", "sgdw(weightDecay: 0.3)", "qhm(momentum: 0.9, weightDecay: 0.2)", "qhm(momentum: 0.9, nu: 1)",
    "aggmo", "aggmo(velocities: 4, base: 0.3, weightDecay: 0.2)", "pid", "pid(dampening: 0.3, weightDecay: 0.5)",
    "asgd(lambda: 0)",
    "adam(epsilon: 1)", "adam(epsilon: 1, weightDecay: 0.3)", "adamw(epsilon: 1, weightDecay: 0.3)",
    "adam(epsilonInside: 1, amsgrad: true)", "adam(epsilon: 1, biasCorrection: false)",
    "adamc(epsilon: 1, beta2: 0.9, weightDecay: 0.3)", "adamax(epsilon: 1)", "nadam(epsilon: 1, style: optax)",
    "nadam(epsilon: 1, style: timm)", "nadam(epsilon: 1, momentumDecay: 1)",
    "nadamw(epsilon: 1, weightDecay: 0.3, style: timm)",
    "radam(epsilon: 1, beta2: 0.9, style: optax, weightDecay: 0.2)",
    "rmsprop(epsilon: 1, momentum: 0.8)", "rmsprop(epsilon: 1, momentum: 0.8, nesterov: true, weightDecay: 0.2)",
    "rmsprop(epsilon: 1, centered: true, momentum: 0.5, decoupled: true, weightDecay: 0.2)",
    "adagrad(epsilon: 1, weightDecay: 0.3)", "yogi(epsilon: 1, beta2: 0.9, initialAccumulator: 0)",
    "laprop(epsilon: 1, weightDecay: 0.3)",
    "adan(epsilon: 1)", "adan(epsilon: 1, weightDecay: 0.3)", "adan(epsilon: 1, style: optax, weightDecay: 0.3)",
    "adopt(epsilon: 1)", "adopt(epsilon: 1, weightDecay: 0.3, decoupled: false)",
    "ademamix(epsilon: 1, beta3: 0.99)", "ademamix(epsilon: 1, beta3: 0.999, alpha: 8)",
    "simplifiedAdEMAMix(epsilon: 1)", "simplifiedAdEMAMix(epsilon: 1, alpha: 3, weightDecay: 0.2)",
    "qhadam(epsilon: 1)", "qhadam(epsilon: 1, beta1: 0.9, nu1: 0.5)", "acprop(epsilon: 1)",
    "mars(epsilon: 1)", "novograd(epsilon: 1, beta1: 0.9)", "novograd(epsilon: 1, beta1: 0.9, averaging: true)",
    "stableAdamW(epsilon: 1, weightDecay: 0.3)", "adamp(epsilon: 1, delta: 0, weightDecay: 0.3)",
    "sophia(gamma: 1e-300, epsilon: 1, clip: inf)", "prodigy(epsilon: 1, d0: 1, growthRate: 1)",
    "soap(epsilon: 1, weightDecay: 0.3)", "scheduleFree(sgd)", "scheduleFree(sgd(weightDecay: 0.4), momentum: 0.5)",
    "scheduleFree(adamw(epsilon: 1, weightDecay: 0.2))", "sam(sgd, rho: 0)",
    "cautious(sgd)", "hypergradient(sgd(momentum: 0.5), rate: 1e-300)",
  ]

  /// The largest |p| of the last quarter over that of the second, in steps short enough to stay far below ε.
  private func growth(_ spec: OptimizerSpec, curvature: Double, rate: Double) throws -> Double {
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [1, 1])
    var optimizer = try Optimizer<Double>(spec, layout: layout)
    var p = [1e-150]
    var largest = [0.0, 0, 0, 0]
    let quarter = 200
    for step in 0..<(4 * quarter) {
      let g = curvature * p[0]
      try optimizer.step(
        parameters: &p, gradient: [g], request: StepRequest(learningRate: rate),
        context: StepContext(loss: 0.5 * g * p[0], objective: Bowl(curvature: curvature)))
      largest[step / quarter] = max(largest[step / quarter], abs(p[0]))
    }
    #expect(largest[3] < 1e-9)
    return largest[3] == 0 ? 0 : largest[3] / largest[1]
  }

  @Test(arguments: specs)
  func `the threshold is where the iteration turns unstable`(_ text: String) throws {
    let spec = try OptimizerSpec(parsing: text)
    let rate = 0.25
    let threshold = spec.stabilityThreshold(learningRate: rate)
    for (share, isStable) in [(0.5, true), (0.99, true), (1.01, false)] {
      let growth = try growth(spec, curvature: share * threshold, rate: rate)
      #expect((growth < 1) == isStable, "at \(share) of \(threshold) it grows by \(growth)")
    }
  }

  /// Rules that turn the gradient, or whose bounds bite.
  private static let others: Set<String> = ["shampoo", "soap", "adabound", "sophia"]

  @Test(arguments: OptimizerSpec.names)
  func `a threshold of P⁻¹·H comes with the P by which the effective rates differ`(_ name: String) throws {
    let spec = try OptimizerSpec(parsing: name)
    guard spec.stabilityThreshold(learningRate: 1).isFinite, !Self.others.contains(name) else { return }
    var layout = ParameterLayout()
    for i in 0..<6 { layout.addTrainable("t\(i)", shape: i < 3 ? [1] : [1, 1]) }
    var p = KernelTests.noise(6, seed: 3).map { Double($0) }
    var optimizer = try Optimizer<Double>(spec, layout: layout)
    try RuleLawTests.run(&optimizer, &p, steps: 0..<8)
    let request = StepRequest(learningRate: spec.defaultLearningRate)
    let rates = try optimizer.effectiveRates(request, parameters: p).map(\.quantiles.median)
    let diagonal = optimizer.preconditioner() ?? [Double](repeating: 1, count: 6)
    // What is left of η/P is the same for all.
    let gains = zip(rates, diagonal).map { $0 * $1 }
    let (least, most) = (gains.min() ?? 0, gains.max() ?? 0)
    #expect(most - least <= 0.02 * most, "\(gains)")
  }
}

/// ½·h·p².
private struct Bowl: StepObjective {
  var curvature: Double
  var offers: StepNeeds { [.evaluation, .hessianProduct] }
  func loss(at point: UnsafeMutablePointer<Double>) -> Double { 0.5 * curvature * point[0] * point[0] }
  func gradient(at point: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Double>) -> Double {
    gradient[0] = curvature * point[0]
    return loss(at: point)
  }
  func hessianProduct(
    at point: UnsafeMutablePointer<Double>, along direction: UnsafeMutablePointer<Double>,
    into product: UnsafeMutablePointer<Double>
  ) {
    product[0] = curvature * direction[0]
  }
}
