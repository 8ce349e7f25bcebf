import DescentCore
import DescentOptimizers
import DescentTraining
import Testing

/// What holds for every rule on a model that keeps statistics and draws masks, with micro-batches and clipping.
@Suite struct RuleLawTrainingTests {
  static let specs =
    OptimizerSpec.names + [
      "lookahead(sam(adam), k: 2)", "mechanic(scheduleFree(adamw))", "lineSearch(sam(sgd))", "cautious(muon)",
      "lookahead(lbfgs, k: 2)",
    ]

  private func trainee(
    _ optimizer: String, model: String = usual, averaging: ParameterAveraging? = nil, threads: Int = 1
  ) throws -> ModelTrainee {
    let compiled = try model == Self.usual ? Self.compiled.get() : Self.compile(model)
    var source = try ModelSource(compiled, optimizer: OptimizerSpec(parsing: optimizer), threads: threads)
    source.accumulation = 2
    source.clipping = .norm(0.5)
    source.averaging = averaging
    return try source.makeTrainee(seed: 0, batchOrder: 0)
  }

  private static let usual = "mlp:8,norm=batch,dropout=0.2"
  private static let compiled = Result { try compile(usual) }

  private static func compile(_ model: String) throws -> CompiledModel {
    var specification = TrainingSpecification()
    specification.model = model
    specification.batch = "8"
    return try specification.setUp(threads: 1).source.model
  }

  private func run(_ trainee: ModelTrainee, _ steps: Int) throws -> [StepReport] {
    let rate = trainee.source.optimizer.defaultLearningRate
    return try (0..<steps).map { _ in try trainee.step(StepRequest(learningRate: rate)) }
  }

  private func kept(_ trainee: ModelTrainee) -> [Float] {
    Array(trainee.wholeState[trainee.source.model.layout.trainableCount...])
  }

  @Test(arguments: specs)
  func `a resume, a snapshot and a fork go on bit for bit, and a trial step changes nothing`(_ text: String) throws {
    let first = try trainee(text, averaging: .exponential(decay: 0.9))
    _ = try run(first, 3)
    let checkpoint = first.checkpoint()
    let snapshot = first.snapshot()
    let fork = try first.fork()
    _ = try first.lossAfterTrialStep(StepRequest(learningRate: first.source.optimizer.defaultLearningRate))
    #expect(first.checkpoint() == checkpoint)
    let reports = try run(first, 3)
    let end = first.checkpoint()

    let resumed = try trainee(text, averaging: .exponential(decay: 0.9))
    try resumed.restore(from: checkpoint)
    #expect(try run(resumed, 3) == reports)
    #expect(resumed.checkpoint() == end)
    #expect(resumed.evaluatedState == first.evaluatedState)
    #expect(try run(fork, 3) == reports)
    #expect(fork.checkpoint() == end)
    try first.restore(snapshot)
    #expect(first.checkpoint() == checkpoint)
    #expect(try run(first, 3) == reports)
    #expect(first.checkpoint() == end)
  }

  @Test(arguments: ["sam(sgd, rho: 0.3)", "lineSearch(sgd)", "backtracking(sgd)", "lbfgs", "sophia"])
  func `evaluating again leaves the running statistics as one pass does`(_ text: String) throws {
    let (plain, other) = try (trainee("sgd"), trainee(text))
    _ = try (run(plain, 1), run(other, 1))
    #expect(kept(other) == kept(plain))
  }

  @Test(arguments: ["mlp:8,norm=batch,dropout=0.2", "cnn:channels=3,norm=batch,dropout=0.3"])
  func `the step's objective has the step's masks and its loss`(_ model: String) throws {
    let plain = try trainee("sgd(momentum: 0.5)", model: model)
    let sharp = try trainee("sam(sgd(momentum: 0.5), rho: 0)", model: model)
    for _ in 0..<3 {
      let (a, b) = try (run(plain, 1)[0], run(sharp, 1)[0])
      #expect(a == b)
    }
    #expect(plain.wholeState == sharp.wholeState)
    // The coming step's loss, as a rule would ask for it, and as the step tells it.
    var point = plain.parameters
    let asked = try plain.stepObjective.loss(at: &point)
    let again = try plain.stepObjective.loss(at: &point)
    #expect(asked == again)
    #expect(try abs(run(plain, 1)[0].loss - asked) < 1e-6 * asked)
  }

  @Test(arguments: specs)
  func `the number of threads changes no rule's step`(_ text: String) throws {
    // One chunk and several: the optimizer's own part.
    let (one, two) = try (trainee(text), trainee(text, threads: 2))
    let (a, b) = try (run(one, 3), run(two, 3))
    #expect(a.map(\.loss) == b.map(\.loss))
    #expect(one.wholeState == two.wholeState)
  }
}
