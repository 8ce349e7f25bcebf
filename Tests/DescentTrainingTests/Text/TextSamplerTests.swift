import DescentCore
import DescentData
import DescentModels
import DescentOptimizers
import DescentTraining
import Testing

/// Drawing text, and what a language model's losses mean.
@Suite struct TextSamplerTests {
  /// A tiny model of "abcd" over and over, trained so well that it knows what follows.
  private struct Trained {
    let model: any Model
    let task: TrainingTask
    let trainee: ModelTrainee

    init(_ text: String = String(repeating: "abcd", count: 60), steps: Int = 60) throws {
      let data = Dataset(name: "abcd.txt", text: try TokenSequence(text), context: 6)
      task = try TrainingTask(data: data, split: DataSplit(of: data), loss: .crossEntropy)
      let spec = try ModelSpec(parsing: "gpt:layers=1,width=16,heads=2,context=6")
      model = try spec.model(for: .tokens(vocabulary: data.outputCount), outputs: data.outputCount).0
      let source = try ModelSource(
        CompiledModel(model, task: task, batchSize: 8), optimizer: OptimizerSpec(parsing: "adam"))
      var trainee = try source.makeTrainee(seed: 0, batchOrder: 0)
      for _ in 0..<steps { _ = try trainee.step(learningRate: 0.02) }
      self.trainee = trainee
    }

    func continuation(
      _ prompt: [Int32], _ count: Int, temperature: Double = 0.8, seed: UInt64 = 0, index: UInt64 = 0
    ) throws -> [Int32]? {
      try TextSampler(model, task: task).continuation(
        of: prompt, count: count, parameters: trainee.evaluatedState, temperature: temperature, seed: seed,
        index: index)
    }
  }

  @Test(arguments: [[1], [3, 0, 1], [0, 1, 2, 3, 0, 1], [2, 3, 0, 1, 2, 3, 0, 1]] as [[Int32]])
  func `a model that knows what follows writes it, within the context and beyond it`(prompt: [Int32]) throws {
    let written = try Trained().continuation(prompt, 25, temperature: 0.2)
    #expect(written == (0..<25).map { (1 + $0 + 1) % 4 })
  }

  @Test func `the same seed draws the same, another seed or index something else`() throws {
    let trained = try Trained(steps: 0)
    let first = try trained.continuation([0], 40, seed: 3)
    #expect(try trained.continuation([0], 40, seed: 3) == first)
    #expect(try trained.continuation([0], 40, seed: 4) != first)
    #expect(try trained.continuation([0], 40, seed: 3, index: 1) != first)
    // More of the same begins alike.
    #expect(try trained.continuation([0], 50, seed: 3)?.prefix(40).elementsEqual(first ?? []) == true)
  }

  @Test func `what is drawn follows softmax(outputs ÷ temperature)`() throws {
    // Without weights all outputs are alike, and so all characters equally likely.
    let trained = try Trained(steps: 0)
    let sampler = try TextSampler(trained.model, task: trained.task)
    let zeros = [Float](repeating: 0, count: trained.trainee.evaluatedState.count)
    var counts = [0, 0, 0, 0]
    for index in 0..<2000 {
      let token = sampler.continuation(
        of: [0], count: 1, parameters: zeros, temperature: 0.8, seed: 1, index: UInt64(index))
      counts[Int(try #require(token?.first))] += 1
    }
    // Four standard deviations of a count of 2000 draws at 1/4.
    for count in counts { #expect(abs(count - 500) < 78, "\(counts)") }
  }

  @Test func `outputs that are not finite draw nothing`() throws {
    let trained = try Trained(steps: 0)
    let sampler = try TextSampler(trained.model, task: trained.task)
    let ruined = [Float](repeating: .nan, count: trained.trainee.evaluatedState.count)
    #expect(sampler.continuation(of: [0], count: 3, parameters: ruined, temperature: 1, seed: 0) == nil)
  }

  @Test func `a report's sample goes on from the beginning of the validation part, with the average's parameters`()
    throws
  {
    let trained = try Trained()
    let sampler = try TextSampler(trained.model, task: trained.task)
    let sample = try #require(sampler.sample(of: trained.trainee, seed: 5))
    let start = Int(trained.task.split.validation[0]) * 6
    let text = try #require(trained.task.data.text)
    #expect(sample.prompt == text.vocabulary.text((start..<start + 3).map { text[$0] }))
    #expect(sample.text.count == 200)
    #expect(sampler.sample(of: trained.trainee, seed: 5) == sample)
    let digits = try TrainingTask(data: .digits(), split: DataSplit(of: .digits()), loss: .crossEntropy)
    #expect(throws: TaskError.self) { try TextSampler(trained.model, task: digits) }
  }

  @Test func `losses in nats become perplexity and bits, beside those of the frequencies alone`() throws {
    let task = try Trained(steps: 0).task
    let evaluations = Evaluations(
      validation: Evaluation(rows: 5, loss: 2, accuracy: 0), test: Evaluation(rows: 5, loss: 0, accuracy: 1))
    let figures = try #require(LanguageFigures(evaluations, task: task))
    #expect(figures.test?.perplexity == 1 && figures.test?.bitsPerCharacter == 0)
    let validation = try #require(figures.validation)
    #expect(abs(validation.perplexity - 7.38905609893065) < 1e-12)
    #expect(abs(validation.bitsPerCharacter - 2.885390081777927) < 1e-12)
    // Four characters equally often, up to the added one.
    #expect(abs((validation.unigramPerplexity ?? 0) - 4) < 1e-3)
    #expect(LanguageFigures(evaluations, task: task, hasTraining: false)?.test?.unigramPerplexity == nil)
    #expect(LanguageFigures(Evaluations(), task: task)?.test == nil)
    // Smoothing is for training only: what is measured is the cross-entropy all the same.
    for (loss, isOne) in [(Loss.crossEntropy(smoothing: 0.1), true), (.squared, false)] {
      let other = try TrainingTask(data: task.data, split: task.split, loss: loss)
      #expect((LanguageFigures(evaluations, task: other) != nil) == isOne)
    }
    let digits = try TrainingTask(data: .digits(), split: DataSplit(of: .digits()), loss: .crossEntropy)
    #expect(LanguageFigures(evaluations, task: digits) == nil)
  }
}
