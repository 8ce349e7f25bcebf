import DescentCore
import DescentOptimizers
import Testing

/// Rules that find their rate: what they publish, beside the references' own numbers and the steps taken.
@Suite struct FoundRateTests {
  /// A step on one tensor with the loss told.
  private func rates(
    _ text: String, steps: Int = 1, start: [Double] = [3, 4], rate: Double = 1, loss: (([Double]) -> Double)? = nil
  ) throws -> (optimizer: Optimizer<Double>, p: [Double], found: [Double?]) {
    var p = start
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: start.count)
    var found: [Double?] = []
    for _ in 0..<steps {
      var g = p
      let ring = Ring<Double>(count: p.count)
      _ = ring.gradient(at: &p, into: &g)
      let value = loss?(p) ?? ring.loss(at: &p)
      let sums = try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: rate),
        context: StepContext(loss: value, objective: ring))
      #expect(sums.foundRate == optimizer.foundRate)
      found.append(sums.foundRate)
    }
    return (optimizer, p, found)
  }

  @Test(arguments: [
    "prodigy", "dAdaptation(adam)", "dAdaptation(sgd)", "dog", "ldog", "dowg", "polyak", "alig", "momo", "momoAdam",
    "mechanic(sgd)", "hypergradient(sgd)", "lineSearch(sgd)", "lookahead(prodigy, k: 2)",
  ])
  func `the rate found is told after each step, and not before`(_ text: String) throws {
    #expect(Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: 2).foundRate == nil)
    for found in try rates(text, steps: 4, rate: 0.1).found {
      let rate = try #require(found)
      #expect(rate.isFinite && rate >= 0)
    }
  }

  @Test(arguments: ["sgd", "adam", "scheduleFree(adamw)", "cocob", "adamg"])
  func `a rule that finds no one rate says so`(_ text: String) throws {
    #expect(try rates(text).found == [nil])
  }

  @Test func `Polyak steps to the minimum that a linear model foretells, never beyond the bound`() throws {
    // At (3, 4) with loss 5 and gradient g: (5 − 1)/‖g‖².
    var p = [3.0, 4]
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: "polyak(minimum: 1)"), parameterCount: 2)
    let sums = try optimizer.step(
      parameters: &p, gradient: [2, 0], request: StepRequest(learningRate: 10), context: StepContext(loss: 5))
    #expect(sums.foundRate == 1)
    #expect(p == [1, 4])
    try optimizer.step(
      parameters: &p, gradient: [2, 0], request: StepRequest(learningRate: 0.25), context: StepContext(loss: 5))
    #expect(p == [0.5, 4])
    // Below the minimum there is no step.
    try optimizer.step(
      parameters: &p, gradient: [2, 0], request: StepRequest(learningRate: 1), context: StepContext(loss: 0.5))
    #expect(p == [0.5, 4])
    #expect {
      try optimizer.step(parameters: &p, gradient: [2, 0], request: StepRequest(learningRate: 1))
    } throws: { "\($0)".contains("the loss of each step") }
  }

  @Test func `a line search comes back from a step that is far too long, and lowers the loss in each step`() throws {
    let (optimizer, _, found) = try rates("lineSearch(sgd)", steps: 6, rate: 1e4)
    #expect(found.allSatisfy { ($0 ?? 0) > 0 && ($0 ?? 0) < 1e4 })
    var losses: [Double] = []
    _ = try rates("lineSearch(sgd)", steps: 6, rate: 1e4) { p in
      var q = p
      losses.append(Ring<Double>(count: p.count).loss(at: &q))
      return losses[losses.count - 1]
    }
    for (before, after) in zip(losses, losses.dropFirst()) { #expect(after < before) }
    #expect(optimizer.needs == [.loss, .evaluation])
  }

  /// Optax's recorded searches, whose bound is a setting there and the learning rate here.
  static let lineSearches: [(id: String, rate: Double, spec: String)] = [
    ("backtracking", 1.0, "lineSearch(sgd, slope: 1e-4, decrease: 0.8, increase: 1.5, initial: 1, trials: 20)"),
    ("backtracking-capped", 10, "lineSearch(sgd, slope: 0.1, decrease: 0.5, increase: 2, initial: 1, trials: 20)"),
  ]

  @Test func `a line search follows Optax's`() throws {
    let family = try #require(TrajectoryFamily.all["curvature"])
    for (id, rate, spec) in Self.lineSearches {
      var entry = try #require(family.cases.first { $0.id == id })
      entry.spec = spec
      for var run in entry.runs {
        run.learningRate = rate
        let found = try Trajectory<Double>(TrajectoryTests.Named(family: "curvature", entry: entry), run, until: 30)
        #expect(found.worst(from: run.path ?? [:], floor: 1e-3) <= 1e-10, "\(id), \(run.problem)")
      }
    }
  }

  @Test func `hypergradient adds what it learnt to the rate asked for`() throws {
    var p = [1.0]
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: "hypergradient(sgd, rate: 0.01)"), parameterCount: 1)
    try optimizer.step(parameters: &p, gradient: [2], request: StepRequest(learningRate: 0.1))
    #expect(abs(p[0] - 0.8) < 1e-15)
    // h = 0.01·2·3.
    try optimizer.step(parameters: &p, gradient: [3], request: StepRequest(learningRate: 0.2))
    #expect(abs((optimizer.foundRate ?? 0) - 0.26) < 1e-12)
    #expect(abs(p[0] - (0.8 - 0.26 * 3)) < 1e-12)
  }

  @Test func `Schedule-Free takes the inner rule's average of gradients for its own`() throws {
    #expect(throws: Never.self) { try OptimizerSpec(parsing: "scheduleFree(adam(beta1: 0))") }
    for (text, part) in [
      ("scheduleFree(adam(beta1: 0.5))", "give momentum: 0.5"), ("scheduleFree(sgd, style: paper)", "Adam family"),
      ("dAdaptation(rmsprop)", "it works around"), ("dAdaptation(sgd(momentum: 0.9, nesterov: true))", "no nesterov"),
      ("lineSearch(sgd, decrease: 0)", "above 0"),
    ] {
      #expect { try OptimizerSpec(parsing: text) } throws: { "\($0)".contains(part) }
    }
  }

  @Test func `what the rate means, and where it starts`() throws {
    for (text, meaning, rate) in [
      ("sgd", RateMeaning.stepSize, 0.05), ("scheduleFree(sgd)", .stepSize, 1),
      ("scheduleFree(adamw)", .stepSize, 0.0025),
      ("prodigy", .multiplier, 1), ("lookahead(prodigy)", .multiplier, 1), ("dog", .multiplier, 1),
      ("dAdaptation(lion)", .multiplier, 1), ("mechanic(adam)", .multiplier, 1), ("polyak", .bound, 1),
      ("momoAdam", .bound, 0.01),
    ] {
      let spec = try OptimizerSpec(parsing: text)
      #expect(spec.rateMeaning == meaning, "\(text)")
      #expect(spec.defaultLearningRate == rate, "\(text)")
    }
  }

  @Test func `L-DoG has a rate for each tensor, DoG one for each group`() throws {
    var layout = ParameterLayout()
    layout.addTrainable("a", shape: [2])
    layout.addTrainable("b", shape: [2])
    for (text, groups, differ) in [("dog", false, false), ("dog", true, true), ("ldog", false, true)] {
      var p = [1.0, 2, 3, 4]
      var optimizer = try Optimizer<Double>(
        OptimizerSpec(parsing: text), layout: layout,
        groups: groups ? [ParameterGroup(name: "a", ranges: [0..<2])] : [])
      for _ in 0..<3 {
        try optimizer.step(parameters: &p, gradient: [1, 1, 5, -5], request: StepRequest(learningRate: 1))
      }
      let rates = try optimizer.effectiveRates(StepRequest(learningRate: 1)).map(\.quantiles.median)
      #expect((rates[0] != rates[1]) == differ, "\(text)")
    }
  }

  @Test func `powers of eight numbers at once`() {
    for x: [Float] in [
      [0, 1e-30, 1e-12, 1e-3, 0.5, 1, 3, 1e20], [2e-38, 7e-9, 0.1, 0.70710, 0.70711, 1.41421, 1.41422, 1e38],
    ] {
      var result = [Float](repeating: 0, count: 8)
      for y: Float in [0.24, 0.5, 0.9] {
        FloatVector(loading: x).raised(to: y).store(to: &result)
        for (a, b) in zip(result, x) {
          let exact = DoubleVector(repeating: Double(b)).raised(to: Double(y))
          var value = 0.0
          exact.store(to: &value)
          #expect(abs(Double(a) - value) <= 6e-6 * value, "\(b)^\(y)")
        }
      }
    }
    var odd = [Float](repeating: 0, count: 8)
    FloatVector(loading: [.nan, .infinity, 0, 1, 1, 1, 1, 1]).raised(to: 0.24).store(to: &odd)
    #expect(odd[0].isNaN && odd[1] == .infinity && odd[2] == 0)
  }
}
