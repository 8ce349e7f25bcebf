import DescentCore
import DescentOptimizers
import Testing

/// Multipliers against steps that are really taken: with a gradient that stands still, −Δp/g is the definition itself.
@Suite struct EffectiveRateTests {
  /// Multipliers as told after `steps` steps with the gradient `g`, and as the last step shows them.
  private func rates(_ text: String, steps: Int) throws -> (told: [EffectiveRate], shown: [Double]) {
    let g = [0.5, -2, 0.25, 1, -0.125]
    var p = [1.0, 2, -3, 4, 5]
    var before = p
    var layout = ParameterLayout()
    layout.addTrainable("w", shape: [2, 2])
    layout.addTrainable("b", shape: [1])
    var optimizer = try Optimizer<Double>(OptimizerSpec(parsing: text), layout: layout)
    let request = StepRequest(learningRate: 0.01)
    for _ in 0..<steps {
      before = p
      try optimizer.step(parameters: &p, gradient: g, request: request)
    }
    return (try optimizer.effectiveRates(request, parameters: p), p.indices.map { (before[$0] - p[$0]) / g[$0] })
  }

  @Test(
    arguments: [
      "sgd", "sgd(momentum: 0.9)", "sgd(momentum: 0.9, nesterov: true)", "sgd(momentum: 0.8, dampening: 0.5)", "adam",
      "adam(biasCorrection: false)", "adamw(weightDecay: 0)", "adamax", "lion", "lamb", "rmsprop", "adagrad",
    ], [1, 2, 12])
  func `what is told is what a gradient that stands still meets`(_ text: String, _ steps: Int) throws {
    let (told, shown) = try rates(text, steps: steps)
    #expect(told.map(\.tensor) == ["w", "b"])
    let w = EffectiveRate.Quantiles(of: Array(shown[0..<4]))
    for (a, b) in [
      (told[0].quantiles.minimum, w.minimum), (told[0].quantiles.median, w.median),
      (told[0].quantiles.maximum, w.maximum), (told[1].quantiles.median, shown[4]),
    ] { #expect(abs(a - b) < 1e-9 * abs(b), "\(a) told, \(b) shown") }
  }

  @Test func `factors are named`() throws {
    let momentum = try rates("sgd(momentum: 0.9)", steps: 2).told[0].factors
    #expect(momentum == [RateFactor("momentum", 1 + 0.9)])
    let wrapped = try rates("lookahead(sgd, k: 2, alpha: 0.25)", steps: 3).told[0]
    #expect(wrapped.factors == [RateFactor("lookahead", 0.25)])
    #expect(wrapped.quantiles.median == 0.0025)
    #expect(try rates("lamb", steps: 1).told[0].factors.map(\.name) == ["bias correction", "trust ratio"])
  }

  @Test func `a group's factor counts`() throws {
    var p = [1.0, 1]
    var optimizer = try Optimizer<Double>(
      OptimizerSpec(SGD()), parameterCount: 2,
      groups: [ParameterGroup(name: "slow", ranges: [1..<2], learningRateFactor: 0.1)])
    try optimizer.step(parameters: &p, gradient: [1, 1], request: StepRequest(learningRate: 1))
    let rates = try optimizer.effectiveRates(StepRequest(learningRate: 1, groupFactors: ["slow": 0.5]))
    #expect(rates.map(\.quantiles.median) == [1, 0.05])
  }
}
