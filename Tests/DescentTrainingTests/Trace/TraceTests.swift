import DescentCore
import DescentOptimizers
import DescentTraining
import Testing

@Suite struct TraceTests {
  private func square(_ rate: Double, steps: Int) throws -> TraceResult {
    let problem = try TraceProblem(.square, start: [1])
    return try Trace.run(problem: problem, optimizer: OptimizerSpec(SGD()), rate: { _ in rate }, steps: steps)
  }

  @Test(arguments: [
    (0.001, TraceVerdict.Outcome.converges, false), (0.1, .converges, false), (0.9, .oscillates, false),
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
    #expect(try verdict("sgd(momentum: 0.9)", { _ in 1.2 })?.outcome == .converges)
    #expect(try verdict("sgd(momentum: 0.9)", { _ in 1.3 })?.outcome == .blowsUp)
    #expect(try verdict("sgd", { $0 == 1 ? 0.7 : 0.1 })?.sentence.hasPrefix("At its largest rate it blows up") == true)
    #expect(try verdict("adam", { _ in 0.1 }) == nil)
    #expect(try verdict("sgd", { _ in 0 }) == nil)
  }

  @Test func `a saddle falls without end and a function with changing curvature has no verdict`() throws {
    let saddle = try Trace.run(
      problem: TraceProblem(.saddle, start: [1, 0.1]), optimizer: OptimizerSpec(SGD()), rate: { _ in 0.1 }, steps: 20)
    #expect(saddle.verdict?.outcome == .blowsUp)
    #expect(saddle.verdict?.sentence.contains("negative") == true)
    #expect(saddle.losses[19] < saddle.losses[10])
    let valley = try Trace.run(
      problem: TraceProblem(.rosenbrock, start: [-1.2, 1]), optimizer: OptimizerSpec(Adam()), rate: { _ in 0.01 },
      steps: 5)
    #expect(valley.verdict == nil)
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

  @Test func `the rate of each step is asked for in order`() throws {
    let problem = try TraceProblem(.square, start: [1])
    let result = try Trace.run(
      problem: problem, optimizer: OptimizerSpec(SGD()), rate: { $0 == 0 ? 0.25 : 0 }, steps: 3)
    #expect(result.path == [[0.5], [0.5], [0.5]])
    let nothing = try Trace.run(problem: problem, optimizer: OptimizerSpec(SGD()), rate: { _ in 1 }, steps: 0)
    #expect(nothing.path.isEmpty && nothing.losses.isEmpty && !nothing.diverged)
  }
}
