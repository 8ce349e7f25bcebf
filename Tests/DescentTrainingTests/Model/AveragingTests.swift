import DescentCore
import DescentOptimizers
import DescentTraining
import Testing

/// The average a trainee keeps of its parameters.
@Suite struct AveragingTests {
  private func source(
    _ averaging: ParameterAveraging?, model: String = "mlp:16", optimizer: String = "adam"
  ) throws -> ModelSource {
    var specification = TrainingSpecification()
    specification.data = "moons"
    specification.model = model
    specification.optimizer = optimizer
    var source = try specification.setUp().source
    source.averaging = averaging
    return source
  }

  private func advance(_ trainee: inout ModelTrainee, _ count: Int) throws {
    for _ in 0..<count { _ = try trainee.step(learningRate: 0.02) }
  }

  private func close(_ a: [Float]?, _ b: [Double]) -> Bool {
    guard let a, a.count == b.count else { return false }
    return zip(a, b).allSatisfy { abs(Double($0) - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test func `the exponential average follows its formula from the first step on`() throws {
    var trainee = try source(.exponential(decay: 0.9)).makeTrainee(seed: 0, batchOrder: 0)
    var plain = try source(nil).makeTrainee(seed: 0, batchOrder: 0)
    #expect(!trainee.hasAverage && trainee.averagedParameters == nil)
    var expected: [Double] = []
    for step in 0..<30 {
      try advance(&trainee, 1)
      try advance(&plain, 1)
      #expect(trainee.parameters == plain.parameters, "an average changes nothing in training")
      let p = trainee.parameters.map { Double($0) }
      expected = step == 0 ? p : zip(expected, p).map { 0.9 * $0 + 0.1 * $1 }
      #expect(close(trainee.averagedParameters, expected))
      if step == 0 { #expect(trainee.averagedParameters == trainee.parameters) }
    }
    #expect(plain.averagedParameters == nil)
  }

  @Test func `the mean is that of the parameters from its first step on`() throws {
    var trainee = try source(.mean(start: 5)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&trainee, 5)
    #expect(!trainee.hasAverage)
    var sum = [Double](repeating: 0, count: trainee.parameters.count)
    for taken in 1...20 {
      try advance(&trainee, 1)
      sum = zip(sum, trainee.parameters).map { $0 + Double($1) }
      #expect(close(trainee.averagedParameters, sum.map { $0 / Double(taken) }))
    }
  }

  @Test(arguments: ["mlp:16", "mlp:16,norm=batch"])
  func `evaluation measures the average, raw evaluation the parameters`(model: String) throws {
    var trainee = try source(.mean(start: 10), model: model).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&trainee, 10)
    #expect(try trainee.evaluate(on: .test) == trainee.evaluateRaw(on: .test))
    try advance(&trainee, 15)
    let (averaged, raw) = try (trainee.evaluate(on: .test), trainee.evaluateRaw(on: .test))
    #expect(averaged != raw)
    // Another trainee whose parameters are the average; statistics of normalisation are those at hand.
    let other = try source(nil, model: model).makeTrainee(seed: 9, batchOrder: 0)
    other.wholeState = trainee.wholeState
    #expect(try other.evaluate(on: .test) == raw)
    other.parameters = try #require(trainee.averagedParameters)
    #expect(try other.evaluate(on: .test) == averaged)
  }

  @Test(arguments: [ParameterAveraging.exponential(decay: 0.95), .mean(start: 20), .mean(start: 50)])
  func `checkpoints, snapshots and forks continue the average bit for bit`(_ averaging: ParameterAveraging) throws {
    let source = try source(averaging)
    var trainee = try source.makeTrainee(seed: 1, batchOrder: 2)
    try advance(&trainee, 37)
    let (checkpoint, snapshot) = (trainee.checkpoint(), trainee.snapshot())
    var fork = try trainee.fork()
    var restored = try source.makeTrainee(seed: 1, batchOrder: 2)
    try restored.restore(from: checkpoint)
    #expect(restored.averagedParameters == trainee.averagedParameters)
    try advance(&trainee, 30)
    let expected = try #require(trainee.averagedParameters)
    try advance(&fork, 30)
    #expect(fork.averagedParameters == expected)
    try advance(&restored, 30)
    #expect(restored.averagedParameters == expected)
    try trainee.restore(snapshot)
    try advance(&trainee, 30)
    #expect(trainee.averagedParameters == expected)
  }

  @Test func `a checkpoint holds the average by its parameters' names, once it has begun`() throws {
    var trainee = try source(.mean(start: 3)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&trainee, 3)
    #expect(trainee.checkpoint().tensors.allSatisfy { !$0.name.hasPrefix("average.") })
    try advance(&trainee, 2)
    let checkpoint = trainee.checkpoint()
    let layout = trainee.source.model.layout
    let names = checkpoint.tensors.map(\.name).filter { $0.hasPrefix("average.") }
    #expect(names == layout.trainable.map { "average." + $0.name } + ["average.start"])
    let whole = try trainee.source.model.averagedParameters(in: checkpoint)
    #expect(whole.map { Array($0.prefix(layout.trainableCount)) } == trainee.averagedParameters)
    var broken = checkpoint
    broken.tensors.removeAll { $0.name == names[0] }
    let error = #expect(throws: TaskError.self) { try trainee.restore(from: broken) }
    #expect(error?.description.contains("holds no \(names[0])") == true)
    let plain = try source(nil).makeTrainee(seed: 0, batchOrder: 0)
    try plain.restore(from: checkpoint)
    #expect(!plain.hasAverage)
  }

  @Test func `with another length a mean under way goes on, and one that is not begins when it is time`() throws {
    var trainee = try source(.mean(start: 20)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&trainee, 30)
    let underWay = trainee.checkpoint()
    func resumed(_ checkpoint: Checkpoint, start: Int, _ steps: Int) throws -> ModelTrainee {
      var other = try source(.mean(start: start)).makeTrainee(seed: 0, batchOrder: 0)
      try other.restore(from: checkpoint)
      try advance(&other, steps)
      return other
    }
    // The new beginning has passed: the mean goes on from where it began.
    let longer = try resumed(underWay, start: 25, 10)
    try advance(&trainee, 10)
    #expect(longer.averagedParameters == trainee.averagedParameters)
    // It is still to come: the mean begins anew there.
    let anew = try resumed(underWay, start: 35, 0)
    #expect(!anew.hasAverage)
    let later = try resumed(underWay, start: 35, 10)
    var fresh = try source(.mean(start: 35)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&fresh, 40)
    #expect(later.averagedParameters == fresh.averagedParameters)
    // There was none, and it should have begun: it begins at once.
    var early = try source(.mean(start: 90)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&early, 30)
    let shorter = try resumed(early.checkpoint(), start: 10, 1)
    #expect(shorter.averagedParameters == shorter.parameters)
    #expect(try resumed(early.checkpoint(), start: 10, 0).hasAverage == false)
  }

  @Test func `a trial step leaves the average alone`() throws {
    var trainee = try source(.exponential(decay: 0.5)).makeTrainee(seed: 0, batchOrder: 0)
    try advance(&trainee, 5)
    let average = trainee.averagedParameters
    _ = try trainee.lossAfterTrialStep(StepRequest(learningRate: 0.1))
    #expect(trainee.averagedParameters == average)
  }
}
