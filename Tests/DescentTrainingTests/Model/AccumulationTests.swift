import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Foundation
import Testing

/// Steps made of several batches.
@Suite struct AccumulationTests {
  private func source(
    batch: String, accumulate: Int, model: String = "mlp:16", optimizer: String = "adam", threads: Int = 1
  ) throws -> ModelSource {
    var specification = TrainingSpecification()
    specification.model = model
    specification.optimizer = optimizer
    specification.batch = batch
    specification.accumulate = accumulate
    return try specification.setUp(threads: threads).source
  }

  private func reports(_ trainee: inout ModelTrainee, _ count: Int) throws -> [StepReport] {
    try (0..<count).map { _ in try trainee.step(learningRate: 0.01) }
  }

  @Test(arguments: [2, 3, 8])
  func `micro-batches give what one batch of all their rows gives, to rounding`(parts: Int) throws {
    var whole = try source(batch: "48", accumulate: 1).makeTrainee(seed: 1, batchOrder: 2)
    var divided = try source(batch: String(48 / parts), accumulate: parts).makeTrainee(seed: 1, batchOrder: 2)
    #expect(divided.stepsPerEpoch == 26 && whole.stepsPerEpoch == 26)
    let expected = try reports(&whole, 60)
    for (step, (a, b)) in zip(try reports(&divided, 60), expected).enumerated() {
      #expect(abs(a.loss - b.loss) <= 2e-5 * b.loss, "step \(step)")
      #expect(abs((a.gradientNorm ?? 0) / (b.gradientNorm ?? 1) - 1) <= 2e-4, "step \(step)")
    }
    let worst = zip(divided.parameters, whole.parameters).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 2e-4)
  }

  @Test func `a checkpoint, a snapshot and a fork continue bit for bit`() throws {
    let source = try source(batch: "16", accumulate: 3, model: "mlp:16,dropout=0.2")
    var trainee = try source.makeTrainee(seed: 4, batchOrder: 5)
    _ = try reports(&trainee, 37)
    let (checkpoint, snapshot) = (trainee.checkpoint(), trainee.snapshot())
    var fork = try trainee.fork()
    let rest = try reports(&trainee, 40)
    #expect(try reports(&fork, 40) == rest)
    var other = try source.makeTrainee(seed: 4, batchOrder: 5)
    try other.restore(from: checkpoint)
    #expect(try reports(&other, 40) == rest)
    try trainee.restore(snapshot)
    #expect(try reports(&trainee, 40) == rest)
    #expect(parameterHash(trainee.parameters) == parameterHash(other.parameters))
  }

  @Test func `the number of threads does not change what is accumulated beyond rounding`() throws {
    var one = try source(batch: "16", accumulate: 4).makeTrainee(seed: 0, batchOrder: 0)
    var two = try source(batch: "16", accumulate: 4, threads: 2).makeTrainee(seed: 0, batchOrder: 0)
    for (a, b) in zip(try reports(&one, 20), try reports(&two, 20)) { #expect(abs(a.loss - b.loss) <= 1e-5) }
  }

  @Test func `every micro-batch has dropout masks of its own`() throws {
    // The same rows four times: with the same masks too, all four gradients would be the same.
    let data = Dataset(
      name: "same", featureShape: [4], features: .floats([Float](repeating: 0.5, count: 32)),
      targets: .classes([Int32](repeating: 1, count: 8), names: ["a", "b"]))
    func norms(_ accumulation: Int) throws -> [Double] {
      let task = try TrainingTask(data: data, split: .all(of: data), loss: .crossEntropy)
      let (model, _) = try ModelSpec(parsing: "mlp:32,dropout=0.5").model(for: .numbers(shape: [4]), outputs: 2)
      var source = try ModelSource(
        CompiledModel(model, task: task, batchSize: 1), optimizer: OptimizerSpec(parsing: "sgd"))
      source.accumulation = accumulation
      var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
      return try (0..<8 / accumulation).map { _ in try trainee.step(learningRate: 0).loss }
    }
    let single = try norms(1)
    #expect(Set(single).count > 4)
    for (step, loss) in try norms(4).enumerated() {
      let mean = single[(4 * step)..<(4 * step + 4)].reduce(0, +) / 4
      #expect(abs(loss - mean) <= 1e-12, "the masks of batch k of step s are those of the batch number 4s + k")
    }
  }

  @Test func `statistics of normalisation move with every micro-batch`() throws {
    func kept(_ accumulation: Int, steps: Int) throws -> ArraySlice<Float> {
      var trainee = try source(batch: "16", accumulate: accumulation, model: "mlp:8,norm=batch", optimizer: "sgd")
        .makeTrainee(seed: 0, batchOrder: 0)
      for _ in 0..<steps { _ = try trainee.step(learningRate: 0) }
      return trainee.wholeState[trainee.source.model.layout.trainableCount...]
    }
    // At rate 0 two steps of one batch see what one step of two batches sees.
    #expect(try kept(2, steps: 3) == kept(1, steps: 6))
    #expect(try kept(2, steps: 3) != kept(1, steps: 3))
  }

  @Test func `a trial step measures all its batches and changes nothing`() throws {
    for model in ["mlp:16", "mlp:16,norm=batch,dropout=0.1"] {
      let source = try source(batch: "16", accumulate: 3, model: model, optimizer: "sgd(momentum: 0.9)")
      var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
      var undisturbed = try source.makeTrainee(seed: 0, batchOrder: 0)
      _ = try reports(&trainee, 3)
      _ = try reports(&undisturbed, 3)
      let state = trainee.wholeState
      let still = try trainee.lossAfterTrialStep(StepRequest(learningRate: 0))
      let moved = try trainee.lossAfterTrialStep(StepRequest(learningRate: 0.05))
      #expect(trainee.wholeState == state)
      #expect(moved < still)
      let next = try trainee.step(learningRate: 0.01)
      #expect(abs(next.loss - still) <= 1e-6)
      #expect(try undisturbed.step(learningRate: 0.01) == next)
    }
  }

  @Test(arguments: [
    ("32", 40, "Steps of 40 batches of 32 rows take more than the 1259 training rows; give a batch of 31 at most."),
    ("32", 5000, "accumulate 1259 batches of 1 row at most."),
    ("32", 0, "A step cannot accumulate 0 batches; it takes 1 or more."),
    ("32", Int.max, "more than the 1259 training rows"),
    ("full", 2, "With full batches there are no further ones to accumulate; give --batch a number."),
  ])
  func `more batches than there are rows for are refused`(batch: String, accumulate: Int, says: String) throws {
    let error = #expect(throws: TaskError.self) { try source(batch: batch, accumulate: accumulate) }
    #expect(error?.description.contains(says) == true, "\(String(describing: error))")
    #expect(error?.isInData == false)
  }
}
