import DescentCore
import DescentOptimizers
import DescentTraining
import Foundation
import Testing

@Suite struct TraceTests {
  private func square(_ rate: Double, steps: Int) throws -> TraceResult {
    let problem = try TraceProblem(.square, start: [1])
    return try Trace.run(problem: problem, optimizer: OptimizerSpec(SGD()), rate: { _ in rate }, steps: steps)
  }

  @Test(arguments: [
    (0.001, TraceVerdict.Outcome.crawls, false), (0.1, .converges, false), (0.9, .oscillates, false),
    (1.0, .bounces, false), (1.1, .blowsUp, true),
  ])
  func `on x² every step multiplies by 1 − 2η`(
    _ rate: Double, _ outcome: TraceVerdict.Outcome, _ diverged: Bool
  ) throws {
    let result = try square(rate, steps: 40)
    #expect(result.path.count == 40)
    #expect(result.losses.count == 40)
    #expect(result.startLoss == 1)
    var expected = 1.0
    for (point, loss) in zip(result.path, result.losses) {
      expected *= 1 - 2 * rate
      #expect(abs(point[0] / expected - 1) < 1e-12)
      #expect(abs(loss / (expected * expected) - 1) < 1e-12)
    }
    #expect(result.verdict?.outcome == outcome)
    #expect(result.diverged == diverged)
  }

  @Test func `verdicts give the reason in numbers`() throws {
    #expect(try square(0.9, steps: 1).verdict?.sentence.contains("η·λ = 1.8") == true)
    #expect(try square(0.9, steps: 1).verdict?.sentence.contains("|1 − η·λ| = 0.8") == true)
    #expect(try square(1.1, steps: 1).verdict?.sentence.hasPrefix("It blows up: η·λ = 2.2 is above 2") == true)
    let problem = try TraceProblem(hessian: [[2, 1], [1, 2]], start: [1, 0])
    func verdict(_ optimizer: String, _ rate: @escaping (Int) -> Double) throws -> TraceVerdict? {
      try Trace.run(problem: problem, optimizer: OptimizerSpec(parsing: optimizer), rate: rate, steps: 3).verdict
    }
    // λ = 3; heavy ball with 0.9 holds to 3.8/η.
    #expect(try verdict("sgd(momentum: 0.9)", { _ in 1.2 })?.outcome == .oscillates)
    #expect(try verdict("sgd(momentum: 0.9)", { _ in 1.3 })?.outcome == .blowsUp)
    #expect(try verdict("sgd", { $0 == 1 ? 0.7 : 0.1 })?.sentence.hasPrefix("At its largest rate it blows up") == true)
    #expect(try verdict("adam", { _ in 0.1 })?.outcome == .underWay)
    #expect(try verdict("sgd", { _ in 0 }) == nil)
  }

  @Test func `a saddle falls without end and a few steps along a valley are under way`() throws {
    let saddle = try Trace.run(
      problem: TraceProblem(.saddle, start: [1, 0.1]), optimizer: OptimizerSpec(SGD()), rate: { _ in 0.1 }, steps: 20)
    #expect(saddle.verdict?.outcome == .blowsUp)
    #expect(saddle.verdict?.sentence.contains("negative") == true)
    #expect(saddle.losses[19] < saddle.losses[10])
    let valley = try Trace.run(
      problem: TraceProblem(.rosenbrock, start: [-1.2, 1]), optimizer: OptimizerSpec(Adam()), rate: { _ in 0.01 },
      steps: 5)
    #expect(valley.verdict?.outcome == .underWay)
  }

  @Test(arguments: ["sgd", "sgd(momentum: 0.9)", "adam", "adamw", "rmsprop(epsilon: 0)", "adagrad"])
  func `overflow is a value and the run goes on`(_ optimizer: String) throws {
    let problem = try TraceProblem(.rosenbrock, start: [-1.2, 1])
    let spec = try OptimizerSpec(parsing: optimizer)
    let result = try Trace.run(problem: problem, optimizer: spec, rate: { _ in 1e200 }, steps: 30)
    #expect(result.path.count == 30)
    #expect(result.diverged)
    #expect(result.losses.contains { !$0.isFinite })
  }

  @Test func `effective rates are recorded when asked for`() throws {
    let problem = TraceProblem(.bowl)
    func rates(_ optimizer: String) throws -> [EffectiveRate] {
      try Trace.run(
        problem: problem, optimizer: OptimizerSpec(parsing: optimizer), rate: { _ in 0.01 }, steps: 12,
        recordsEffectiveRates: true
      ).effectiveRates
    }
    for (step, rate) in try rates("sgd(momentum: 0.9)").enumerated() {
      #expect(rate.requested == 0.01)
      // (1 − μᵗ)/(1 − μ) gradients have gathered after t steps.
      #expect(abs(rate.quantiles.median / (0.1 * (1 - pow(0.9, Double(step + 1)))) - 1) < 1e-12)
    }
    let adam = try rates("adam")
    #expect(adam.count == 12)
    // g = (−2, 4): η/(|g| + ε) in the first step.
    #expect(abs(adam[0].quantiles.minimum - 0.01 / 4) < 1e-9)
    #expect(abs(adam[0].quantiles.maximum - 0.01 / 2) < 1e-9)
    let silent = try Trace.run(
      problem: problem, optimizer: OptimizerSpec(Adam()), rate: { _ in 0.01 }, steps: 3)
    #expect(silent.effectiveRates.isEmpty)
  }

  @Test func `the shape reaches rules for matrices`() throws {
    let hessian: [[Double]] = [[3, 1, 0, 0], [1, 2, 0, 0], [0, 0, 5, 1], [0, 0, 1, 1]]
    func path(_ shape: [Int]?) throws -> [[Double]] {
      try Trace.run(
        problem: TraceProblem(hessian: hessian, start: [1, -2, 0.5, 3], shape: shape),
        optimizer: OptimizerSpec(parsing: "shampoo"), rate: { _ in 0.1 }, steps: 5
      ).path
    }
    #expect(try path([2, 2]) != path(nil))
    #expect(try path([2, 2]) != path([4, 1]))
  }

  @Test func `the rate of each step is asked for in order`() throws {
    let problem = try TraceProblem(.square, start: [1])
    let result = try Trace.run(
      problem: problem, optimizer: OptimizerSpec(SGD()), rate: { $0 == 0 ? 0.25 : 0 }, steps: 3)
    #expect(result.path == [[0.5], [0.5], [0.5]])
    let nothing = try Trace.run(problem: problem, optimizer: OptimizerSpec(SGD()), rate: { _ in 1 }, steps: 0)
    #expect(nothing.path.isEmpty && nothing.losses.isEmpty && !nothing.diverged)
  }
}
