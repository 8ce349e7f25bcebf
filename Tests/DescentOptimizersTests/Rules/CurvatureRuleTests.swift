import DescentCore
import DescentOptimizers
import Testing

/// Rules that look at curvature or evaluate again.
@Suite struct CurvatureRuleTests {
  /// (1 − x)² + 100·(y − x²)².
  struct Rosenbrock: StepObjective {
    func loss(at p: UnsafeMutablePointer<Double>) -> Double {
      let (a, b) = (1 - p[0], p[1] - p[0] * p[0])
      return a * a + 100 * b * b
    }
    func gradient(at p: UnsafeMutablePointer<Double>, into g: UnsafeMutablePointer<Double>) -> Double {
      let b = p[1] - p[0] * p[0]
      g[0] = -2 * (1 - p[0]) - 400 * p[0] * b
      g[1] = 200 * b
      return loss(at: p)
    }
  }

  /// ½ Σ i·pᵢ², whose Hessian is diagonal.
  struct Diagonal: StepObjective {
    let count: Int
    var offers: StepNeeds { [.evaluation, .hessianProduct] }
    func loss(at p: UnsafeMutablePointer<Double>) -> Double {
      (0..<count).reduce(0) { $0 + 0.5 * Double($1 + 1) * p[$1] * p[$1] }
    }
    func gradient(at p: UnsafeMutablePointer<Double>, into g: UnsafeMutablePointer<Double>) -> Double {
      for i in 0..<count { g[i] = Double(i + 1) * p[i] }
      return loss(at: p)
    }
    func hessianProduct(
      at p: UnsafeMutablePointer<Double>, along v: UnsafeMutablePointer<Double>,
      into product: UnsafeMutablePointer<Double>
    ) { for i in 0..<count { product[i] = Double(i + 1) * v[i] } }
  }

  private func losses(
    _ text: String, _ objective: some StepObjective<Double>, from start: [Double], steps: Int, rate: Double
  ) throws -> (losses: [Double], end: [Double]) {
    var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: text), parameterCount: start.count)
    var p = start
    var g = start
    var losses: [Double] = []
    for _ in 0..<steps {
      let loss = try objective.gradient(at: &p, into: &g)
      losses.append(loss)
      try optimizer.step(
        parameters: &p, gradient: g, request: StepRequest(learningRate: rate),
        context: StepContext(loss: loss, objective: objective))
    }
    losses.append(try objective.loss(at: &p))
    return (losses, p)
  }

  @Test func `L-BFGS finds the end of Rosenbrock's valley`() throws {
    let (losses, end) = try losses("lbfgs", Rosenbrock(), from: [-1.2, 1], steps: 60, rate: 1)
    #expect((losses.last ?? 1) < 1e-12)
    for x in end { #expect(abs(x - 1) < 1e-5) }
    // Each step's search ends below its start.
    for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before) }
  }

  @Test func `backtracking never lets the loss rise`() throws {
    let (losses, _) = try losses("backtracking(sgd)", Rosenbrock(), from: [-1.2, 1], steps: 200, rate: 1)
    for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before) }
    #expect((losses.last ?? 1) < 0.5 * losses[0])
  }

  @Test func `Hutchinson's estimate of a diagonal Hessian is the diagonal`() throws {
    let start = (0..<80).map { 1 / Double($0 + 1) }
    let exact = try losses("sophia(exactBelow: 80, every: 3)", Diagonal(count: 80), from: start, steps: 9, rate: 0.01)
    let estimated = try losses(
      "sophia(exactBelow: 0, every: 3)", Diagonal(count: 80), from: start, steps: 9, rate: 0.01)
    for (a, b) in zip(exact.end, estimated.end) { #expect(abs(a - b) < 1e-14) }
    #expect(exact.losses[9] < exact.losses[0])
  }

  @Test func `Lookahead names what it cannot pull back`() {
    #expect(throws: (any Error).self) { _ = try OptimizerSpec(parsing: "lookahead(sgd, momentum: pullback)") }
    #expect(throws: Never.self) { _ = try OptimizerSpec(parsing: "lookahead(sgd(momentum: 0.9), momentum: pullback)") }
  }
}
