import DescentCore
import DescentCurvature
import DescentOptimizers
import DescentSchedules
import DescentTraining
import Testing

/// The record of an example trained at a constant rate.
private func run(
  _ name: String, _ optimizer: String = "sgd", rate: Double, steps: Int, every: Int = 10, seed: UInt64 = 0
) throws -> (record: EdgeRecord, losses: [Double], products: [Int]) {
  let example = try EdgeExample(named: name)
  var trainee = try example.makeSource(optimizer: OptimizerSpec(parsing: optimizer)).makeTrainee(
    seed: seed, batchOrder: seed)
  let objective = try example.makeObjective()
  var tracker = EdgeTracker<Float>(.every(every))
  var losses: [Double] = []
  for step in 0..<steps {
    if tracker.isDue(step: step) {
      try tracker.measure(
        objective, at: trainee.parameters, step: step, learningRate: rate, rule: trainee.liveOptimizer)
    }
    losses.append(try trainee.step(learningRate: rate).loss)
    tracker.observe(loss: losses[step])
  }
  return (tracker.record, losses, tracker.record.measurements.map(\.products))
}

private func median(_ values: some Sequence<Double>) -> Double {
  let sorted = values.sorted()
  return sorted[sorted.count / 2]
}

@Suite struct EdgeExampleTests {
  @Test(arguments: [(0.4, 3000, UInt64(0)), (0.4, 3000, 1), (0.4, 3000, 3), (0.2, 7000, 1)])
  func `Chebyshev regression rises to the edge and stays`(_ rate: Double, _ steps: Int, _ seed: UInt64) throws {
    let (record, losses, products) = try run("chebyshev", rate: rate, steps: steps, seed: seed)
    let summary = record.summary
    #expect((0.97...1.07).contains(try #require(summary.meanRatio)))
    #expect(try #require(summary.p5Ratio) >= 0.82)
    #expect(try #require(summary.maxRatio) <= 1.45)
    #expect(losses[steps - 1] < losses[0])
    #expect(try #require(summary.fractionRising) > 0.005)
    #expect(record.verdict == .atEdge)
    #expect(record.events.first?.kind == .crossing)
    #expect(products[0] <= 18)
    #expect(median(products.dropFirst().map(Double.init)) <= 5)
  }

  @Test func `at a small rate there is no edge`() throws {
    let (record, losses, _) = try run("chebyshev", rate: 0.05, steps: 1000, every: 50)
    #expect(record.verdict == .below)
    #expect(record.summary.crossingStep == nil && record.summary.fractionRising == 0)
    #expect(losses[999] < losses[0])
  }

  @Test(arguments: [
    ("adam", 1e-2, 4000, 0.97...1.03), ("rmsprop(beta2: 0.99)", 3e-3, 4000, 0.98...1.05),
  ])
  func `preconditioned sharpness goes to an adaptive rule's own threshold`(
    _ optimizer: String, _ rate: Double, _ steps: Int, _ expected: ClosedRange<Double>
  ) throws {
    let record = try run("chebyshev", optimizer, rate: rate, steps: steps).record
    #expect(expected.contains(median(record.measurements.suffix(record.measurements.count / 2).map(\.ratio))))
    #expect(record.measurements.first?.step == 10)
  }

  @Test func `the classifier hovers just above its line`() throws {
    let (record, losses, products) = try run("classifier", rate: 0.4, steps: 800, every: 20)
    #expect(try (100...500).contains(#require(record.summary.crossingStep)))
    #expect((1.0...1.1).contains(try #require(record.summary.medianRatio)))
    #expect(record.verdict == .atEdge && losses[799] < 0.1 * losses[0])
    #expect(products[0] <= 18)
  }

  @Test func `mini-batches keep full-batch sharpness below the line and Batch Sharpness nearer to it`() throws {
    let example = try EdgeExample(named: "stochastic")
    var trainee = try example.makeSource().makeTrainee(seed: 0, batchOrder: 0)
    for _ in 0..<4000 { _ = try trainee.step(learningRate: 0.4) }
    let batches = try example.makeBatches()
    var meter = SharpnessMeter<Float>()
    let full = try meter.measure(batches, at: trainee.parameters).sharpness / 5
    let batch = try BatchSharpness.measure(batches, at: trainee.parameters, tolerance: 0.02).mean.value / 5
    #expect((0.4...0.8).contains(full))
    #expect((0.6...1.0).contains(batch) && batch > full)
  }

  @Test func `after a cut of the rate sharpness climbs to the new line, and a slow rise does not blow up`() throws {
    let example = try EdgeExample(named: "rate-change")
    let rates = try Schedule(parsing: example.schedule).resolved(
      peak: example.learningRate, horizon: Horizon(steps: example.steps))
    var trainee = try example.makeSource().makeTrainee(seed: 0, batchOrder: 0)
    let objective = try example.makeObjective()
    var tracker = EdgeTracker<Float>(.every(50))
    var first = Double.nan
    var last = Double.nan
    for step in 0..<10_000 {
      let rate = rates.rate(at: step)
      if tracker.isDue(step: step) {
        try tracker.measure(
          objective, at: trainee.parameters, step: step, learningRate: rate, rule: trainee.liveOptimizer)
      }
      last = try trainee.step(learningRate: rate).loss
      if step == 0 { first = last }
    }
    func ratio(at step: Int) -> Double { tracker.record.measurements.first { $0.step == step }?.ratio ?? .nan }
    #expect((0.9...1.3).contains(ratio(at: 3950)))
    #expect((0.4...0.65).contains(ratio(at: 4000)))
    #expect((0.9...1.2).contains(ratio(at: 7950)))
    #expect(tracker.record.measurements.filter { $0.step > 8000 }.allSatisfy { $0.ratio < 1.45 })
    #expect(last < first)
  }

  /// f′ = f·(1 − ηλ + η²f²/n) and λ′ = λ + (ηf²/n)·(ηλ − 4), exactly.
  @Test(arguments: [1.0, 2.1, 3.0, 3.9])
  func `the catapult follows its recursion`(_ multiple: Double) throws {
    let example = try EdgeExample(named: "catapult")
    let objective = try example.makeObjective(Double.self)
    let compiled = try CompiledModel(example.model, task: example.task, batchSize: 1)
    var point = compiled.initialParameters(seed: 0)
    let n = Double(point.count / 2)
    func f(_ p: [Double]) -> Double { zip(p[..<1000], p[1000...]).reduce(0) { $0 + $1.0 * $1.1 } / n.squareRoot() }
    func lambda(_ p: [Double]) -> Double { p.reduce(0) { $0 + $1 * $1 } / n }
    let rate = multiple / lambda(point)
    var optimizer = try Optimizer<Double>(OptimizerSpec(parsing: "sgd"), parameterCount: point.count, groups: [])
    var gradient = point
    var largest = 0.0
    var (size, curvature) = (f(point), lambda(point))
    let first = 0.5 * size * size
    for _ in 0..<40 {
      let (before, sharpness) = (f(point), lambda(point))
      let loss = try objective.gradient(at: point, into: &gradient)
      #expect(abs(loss - 0.5 * before * before) <= 1e-12 * max(1, loss))
      largest = max(largest, loss)
      try optimizer.step(parameters: &point, gradient: gradient, request: StepRequest(learningRate: rate))
      // One step from the state at hand, which rounding has not spread.
      size = before * (1 - rate * sharpness + rate * rate * before * before / n)
      curvature = sharpness + rate * before * before / n * (rate * sharpness - 4)
      #expect(abs(f(point) - size) <= 1e-12 * max(1, abs(size)))
      #expect(abs(lambda(point) - curvature) <= 1e-12 * curvature)
    }
    if multiple > 2 {
      #expect(largest > 1.5 * first)
      #expect(rate * lambda(point) < 2)
    } else {
      #expect(largest <= first * (1 + 1e-12))
    }
  }

  @Test func `every example can be made, by its name`() throws {
    for name in EdgeExample.names {
      let example = try EdgeExample(named: name)
      #expect(example.name == name && example.summary.hasSuffix("."))
      _ = try Schedule(parsing: example.schedule)
      _ = try example.makeSource()
    }
    #expect(throws: TaskError.self) { try EdgeExample(named: "chebychev") }
    #expect(try EdgeExample.chebyshev().makeObjective().parameterCount == 300)
    #expect(try EdgeExample.classifier().makeObjective().parameterCount == 6922)
  }
}
