import DescentCore
import DescentOptimizers
import DescentTraining
import Testing

/// Rules that ask more of a trainee than a gradient, on a small model of the digits.
@Suite struct RuleKindsTrainingTests {
  private func source(_ optimizer: String, accumulate: Int = 1, batch: Int = 16) throws -> ModelSource {
    var specification = TrainingSpecification()
    specification.optimizer = optimizer
    specification.batch = String(batch)
    specification.accumulate = accumulate
    specification.model = "mlp:8"
    return try specification.setUp(threads: 1).source
  }

  @Test(arguments: OptimizerSpec.names)
  func `every optimizer of the registry brings the loss down`(_ name: String) throws {
    // These divide by what is next to nothing where a pixel was blank until now.
    let text = ["acprop": "acprop(epsilon: 0.01)", "kate": "kate(epsilon: 0.01)"][name] ?? name
    var trainee = try source(text).makeTrainee(seed: 0, batchOrder: 0)
    let rate = try OptimizerSpec(parsing: name).defaultLearningRate
    let before = try trainee.evaluate(on: .train).loss
    for _ in 0..<60 { _ = try trainee.step(learningRate: rate) }
    #expect(try trainee.evaluate(on: .train).loss < before)
    #expect(try !trainee.effectiveRates(StepRequest(learningRate: rate)).isEmpty)
  }

  @Test func `SAM without a neighbourhood is what it wraps, and with one is not`() throws {
    func parameters(_ text: String, accumulate: Int) throws -> [Float] {
      let trainee = try source(text, accumulate: accumulate).makeTrainee(seed: 1, batchOrder: 2)
      for _ in 0..<5 { _ = try trainee.step(StepRequest(learningRate: 0.05)) }
      return trainee.parameters
    }
    for accumulate in [1, 3] {
      let plain = try parameters("sgd(momentum: 0.9)", accumulate: accumulate)
      #expect(try parameters("sam(sgd(momentum: 0.9), rho: 0)", accumulate: accumulate) == plain)
      #expect(try parameters("sam(sgd(momentum: 0.9), rho: 0.1)", accumulate: accumulate) != plain)
    }
  }

  @Test func `a batch in several parts has the gradient of the whole where SAM looks`() throws {
    let whole = try source("sam(sgd)", batch: 48).makeTrainee(seed: 1, batchOrder: 2)
    let parts = try source("sam(sgd)", accumulate: 3, batch: 16).makeTrainee(seed: 1, batchOrder: 2)
    for _ in 0..<3 {
      _ = try whole.step(StepRequest(learningRate: 0.05))
      _ = try parts.step(StepRequest(learningRate: 0.05))
    }
    for (a, b) in zip(whole.parameters, parts.parameters) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func `Schedule-Free evaluates, keeps and resumes what it means to be used`() throws {
    let source = try source("scheduleFree(sgd)")
    let trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
    #expect(!trainee.hasAverage)
    for _ in 0..<40 { _ = try trainee.step(StepRequest(learningRate: 0.5)) }
    #expect(trainee.hasAverage)
    let averaged = try #require(trainee.averagedParameters)
    #expect(averaged != trainee.parameters)
    let (used, raw) = try (trainee.evaluate(on: .validation), trainee.evaluateRaw(on: .validation))
    #expect(used != raw)

    let checkpoint = trainee.checkpoint()
    let kept = try #require(try source.model.averagedParameters(in: checkpoint))
    #expect(Array(kept.prefix(averaged.count)) == averaged)
    let resumed = try source.makeTrainee(seed: 0, batchOrder: 0)
    try resumed.restore(from: checkpoint)
    #expect(try resumed.evaluate(on: .validation) == used)
    for t in [trainee, resumed] { for _ in 0..<5 { _ = try t.step(StepRequest(learningRate: 0.5)) } }
    #expect(trainee.parameters == resumed.parameters)
    #expect(trainee.averagedParameters == resumed.averagedParameters)

    // A fork takes no average for granted that only the optimizer has.
    let fork = try trainee.fork()
    #expect(fork.averagedParameters == trainee.averagedParameters)
  }

  @Test func `a trial step of SAM changes nothing`() throws {
    let trainee = try source("sam(adam)").makeTrainee(seed: 0, batchOrder: 0)
    _ = try trainee.step(StepRequest(learningRate: 0.01))
    let before = trainee.checkpoint()
    let loss = try trainee.lossAfterTrialStep(StepRequest(learningRate: 0.01))
    #expect(loss.isFinite)
    #expect(trainee.checkpoint() == before)
  }

  @Test(arguments: [1, 2])
  func `a Hessian product is the change of the gradient`(_ accumulate: Int) throws {
    var specification = TrainingSpecification()
    specification.optimizer = "sgd"
    specification.batch = "16"
    specification.accumulate = accumulate
    specification.model = "mlp:8"
    specification.activation = "tanh"
    let trainee = try specification.setUp(threads: 1).source.makeTrainee(seed: 0, batchOrder: 0)
    let objective = trainee.stepObjective
    #expect(objective.offers == [.evaluation, .hessianProduct])
    let start = trainee.parameters
    let count = start.count
    func aligned(_ values: [Float]) -> UnsafeMutablePointer<Float> {
      let raw = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
      let base = raw.bindMemory(to: Float.self, capacity: count)
      base.initialize(from: values, count: count)
      return base
    }
    let direction = start.indices.map { Float($0 * 37 % 11) / 11 - 0.5 }
    let h: Float = 1e-2
    let (p, d, product, plus, minus) = (
      aligned(start), aligned(direction), aligned(start), aligned(start), aligned(start)
    )
    defer { for memory in [p, d, product, plus, minus] { memory.deallocate() } }
    try objective.hessianProduct(at: p, along: d, into: product)
    for i in 0..<count { p[i] = start[i] + h * direction[i] }
    _ = try objective.gradient(at: p, into: plus)
    for i in 0..<count { p[i] = start[i] - h * direction[i] }
    let loss = try objective.gradient(at: p, into: minus)
    #expect(try abs(objective.loss(at: p) - loss) < 1e-6)
    var (error, size) = (0.0, 0.0)
    for i in 0..<count {
      let difference = Double(plus[i] - minus[i]) / Double(2 * h)
      error += (difference - Double(product[i])) * (difference - Double(product[i]))
      size += difference * difference
    }
    #expect(error.squareRoot() < 0.02 * size.squareRoot())
    #expect(trainee.parameters == start)
  }
}
