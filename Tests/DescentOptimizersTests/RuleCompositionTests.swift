import DescentCore
import DescentOptimizers
import Testing

/// What reaches the rule inside another, or a group, and what a rule does not do silently.
@Suite struct RuleCompositionTests {
  private func message(_ text: String) -> String {
    do {
      _ = try OptimizerSpec(parsing: text)
      return ""
    } catch { return "\(error)" }
  }

  @Test func `the momentum inside Lookahead can be driven, though Lookahead has a choice of that name`() throws {
    let spec = try OptimizerSpec(parsing: "lookahead(sgd(momentum: 0.9), k: 100)")
    #expect(spec.settingValues["momentum"] == 0.9)
    var (p, q) = ([0.0], [0.0])
    var wrapped = Optimizer<Double>(spec, parameterCount: 1)
    var plain = Optimizer<Double>(OptimizerSpec(SGD(momentum: 0.9)), parameterCount: 1)
    for momentum in [0.9, 0.5, 0.2] {
      let request = StepRequest(learningRate: 1, overrides: [.momentum: momentum])
      try wrapped.step(parameters: &p, gradient: [1], request: request)
      try plain.step(parameters: &q, gradient: [1], request: request)
    }
    #expect(p == q)
  }

  @Test func `groups that cover the whole vector have a preconditioner`() throws {
    let groups = [
      ParameterGroup(name: "a", ranges: [0..<1], overrides: [.weightDecay: 0]),
      ParameterGroup(name: "b", ranges: [1..<3], overrides: [.weightDecay: 0.1]),
    ]
    var covered = try Optimizer<Double>(OptimizerSpec(parsing: "adamw"), parameterCount: 3, groups: groups)
    var plain = Optimizer<Double>(try OptimizerSpec(parsing: "adamw"), parameterCount: 3)
    var (p, q) = ([1.0, 2, 3], [1.0, 2, 3])
    let request = StepRequest(learningRate: 0.1)
    try covered.step(parameters: &p, gradient: [1, 0.1, 10], request: request)
    try plain.step(parameters: &q, gradient: [1, 0.1, 10], request: request)
    #expect(covered.preconditioner() != nil)
    #expect(covered.preconditioner() == plain.preconditioner())
  }

  @Test(arguments: [
    "adamw", "lion", "laprop", "acprop", "came", "shampoo", "sophia", "stableAdamW", "adamp", "grams", "mars",
  ])
  func `cautious decays the whole tensor, whatever the mask`(_ name: String) throws {
    func step(decay: Double) throws -> [Double] {
      var layout = ParameterLayout()
      layout.addTrainable("w", shape: [2, 3])
      var p = [1.0, -2, 3, -1, 2, -3]
      let slope = Slope(gradient: [1.0, 1, -1, -1, 1, -1])
      var optimizer = try Optimizer<Double>(
        OptimizerSpec(parsing: "cautious(\(name)(weightDecay: \(decay)))"), layout: layout)
      try optimizer.step(
        parameters: &p, gradient: slope.gradient, request: StepRequest(learningRate: 0.01),
        context: StepContext(loss: 1, objective: slope))
      return p
    }
    let (with, without) = try (step(decay: 10), step(decay: 0))
    for (i, w) in [1.0, -2, 3, -1, 2, -3].enumerated() { #expect(abs(with[i] - without[i] + 0.1 * w) < 1e-9) }
  }

  @Test(arguments: [
    ("dAdaptation(adam(amsgrad: true))", "no amsgrad"), ("dAdaptation(adam(epsilonInside: 0.1))", "no epsilonInside"),
    ("dAdaptation(adagrad(rateDecay: 0.1))", "no rateDecay"), ("dAdaptation(adan(style: optax))", "style: authors"),
    ("dAdaptation(adan(proximal: false))", "no proximal: false"),
    ("backtracking(sgd, trials: 100000)", "at most 10000"),
  ])
  func `a setting that would go unheeded is refused`(_ text: String, _ part: String) {
    #expect(message(text).contains(part), "\(message(text))")
  }

  @Test(arguments: [
    ("muon(scale: orig)", "scale is one of original, matchRMS, and \"orig\" is not"),
    ("muon(scale: orignal)", "scale is one of original, matchRMS; did you mean \"original\"?"),
    ("lookahead(momentum: 0.9)", "momentum is one of keep, pullback, reset"),
  ])
  func `a choice that is none of them is told once what there is`(_ text: String, _ part: String) {
    #expect(message(text).contains(part), "\(message(text))")
  }

  @Test(arguments: ["dog(initialRate: 0.1)", "ldog(initialRate: 0.1)"])
  func `DoG's own first rate is no step where the rate is 0`(_ text: String) throws {
    var p = [1.0, 2]
    var optimizer = try Optimizer<Double>(
      OptimizerSpec(parsing: text), parameterCount: 2,
      groups: [ParameterGroup(name: "still", ranges: [1..<2], learningRateFactor: 0)])
    for _ in 0..<3 { try optimizer.step(parameters: &p, gradient: [1, 1], request: StepRequest(learningRate: 1)) }
    #expect(p[0] != 1)
    #expect(p[1] == 2)
  }

  @Test func `L-BFGS evaluates nothing where the rate is 0`() throws {
    final class Counting: StepObjective {
      var evaluations = 0
      func loss(at point: UnsafeMutablePointer<Double>) -> Double { point[0] * point[0] }
      func gradient(at point: UnsafeMutablePointer<Double>, into gradient: UnsafeMutablePointer<Double>) -> Double {
        evaluations += 1
        gradient[0] = 2 * point[0]
        return loss(at: point)
      }
    }
    let objective = Counting()
    var p = [1.0]
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: "lbfgs"), parameterCount: 1)
    for rate in [0, 1, 0] as [Double] {
      let before = objective.evaluations
      let g = [2 * p[0]]
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: rate),
        context: StepContext(loss: p[0] * p[0], objective: objective))
      #expect((objective.evaluations == before) == (rate == 0))
    }
  }

  @Test func `cube roots up to the largest Float are finite`() {
    for x in [1e-37, 1, 8, 1.2e38, 1.8e38, 3e38] as [Float] {
      var root = [Float](repeating: 0, count: 8)
      FloatVector(repeating: x).cubeRoot().store(to: &root)
      let exact = Float(Double(x).squareRoot().isNaN ? 0 : exactCubeRoot(Double(x)))
      #expect(abs(root[0] - exact) <= 1e-6 * exact, "\(x): \(root[0])")
    }
  }

  /// By Newton's method.
  private func exactCubeRoot(_ x: Double) -> Double {
    var r = x.squareRoot().squareRoot()
    for _ in 0..<200 { r -= (r - x / (r * r)) / 3 }
    return r
  }

  @Test func `a centred RMSprop takes a gradient that never changes`() throws {
    var p: [Float] = [1, 1, 1]
    var optimizer = Optimizer<Float>(try OptimizerSpec(parsing: "rmsprop(centered: true)"), parameterCount: 3)
    for _ in 0..<6000 {
      try optimizer.step(parameters: &p, gradient: [0.1, 0.3, -0.7], request: StepRequest(learningRate: 1e-9))
    }
    #expect(!p.contains { $0.isNaN })
  }
}
