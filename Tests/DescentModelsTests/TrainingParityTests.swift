import DescentAutodiff
import DescentCore
import DescentLinearAlgebra
import DescentModels
import DescentOptimizers
import DescentTestSupport
import Testing

/// A small model trained by PyTorch in float64 (Scripts/fixtures/cnn_gpt_training.py).
struct TrainingCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Settings: Decodable, Sendable {
    var channels: [Int]?
    var outputs: Int?
    var normalizes: Bool?
    var vocabulary: Int?
    var layers: Int?
    var width: Int?
    var heads: Int?
    var tiesEmbedding: Bool?
  }
  struct Parameter: Decodable, Sendable {
    var name: String
    var shape: [Int]
    var start: [Double]
    var direction: [Double]
    var product: [Double]
  }
  struct Training: Decodable, Sendable {
    var optimizer: String
    var rate: Double
    var losses: [Double]
    var final: [[Double]]
    var buffers: [String: [Double]]
  }
  var name: String
  var model: Settings
  var inputs: Shaped<Double>
  var labels: Shaped<Int32>
  var loss: Double
  var parameters: [Parameter]
  var trainings: [Training]

  var testDescription: String { name }

  static let all: [TrainingCase] = {
    struct File: Decodable { var cases: [TrainingCase] }
    return ["cnn-training", "gpt-training"].flatMap { (try? fixture($0, as: File.self).cases) ?? [] }
  }()

  func made() throws -> (model: any Model, classes: Int, isText: Bool) {
    if let vocabulary = model.vocabulary {
      let gpt = GPT(
        vocabulary: vocabulary, layers: try #require(model.layers), width: try #require(model.width),
        heads: try #require(model.heads), tiesEmbedding: model.tiesEmbedding == true)
      return (gpt, vocabulary, true)
    }
    let outputs = try #require(model.outputs)
    let cnn = CNN(
      channels: try #require(model.channels), outputs: outputs, normalizes: model.normalizes == true)
    return (cnn, outputs, false)
  }
}

@Suite struct TrainingParityTests {
  @Test(arguments: TrainingCase.all)
  func `whole trainings and a Hessian product in float64 are PyTorch's`(_ test: TrainingCase) throws {
    let (model, classes, isText) = try test.made()
    let tape = Tape()
    let sources = Scope.Sources(tape)
    let scope = Scope(tape, sources: sources)
    let (inputBuffer, labelBuffer, direction) = (tape.buffer("input"), tape.buffer("labels"), tape.buffer("direction"))
    let x =
      isText
      ? tape.labels(inputBuffer, shape: test.inputs.shape) : tape.source(inputBuffer, shape: test.inputs.shape)
    let labels = tape.labels(labelBuffer, shape: [test.labels.values.count])
    let loss = model(x, in: scope).reshaped([labels.count, classes]).crossEntropy(labels: labels).mean()
    let layout = scope.layout
    #expect(layout.trainable.map(\.name) == test.parameters.map(\.name))
    #expect(layout.trainable.map(\.shape) == test.parameters.map(\.shape))
    let gradients = tape.gradient(of: loss, by: scope.parameters)
    let directions = layout.trainable.map { tape.source(direction, offset: $0.offset, shape: $0.shape) }
    let products = tape.tangents(of: gradients, inputs: scope.parameters, directions: directions)
    let places = ["loss", "gradient", "product", "kept after"].map { tape.buffer($0) }
    var outputs = [ProgramOutput(loss, to: places[0])]
    outputs += zip(gradients, layout.trainable).map { ProgramOutput($0, to: places[1], offset: $1.offset) }
    outputs += zip(scope.keptUpdates, layout.buffers).compactMap { update, slice in
      update.map { ProgramOutput($0, to: places[3], offset: slice.offset - layout.trainableCount) }
    }
    let training = try tape.compile(outputs)
    let curvature = try tape.compile(
      zip(products, layout.trainable).map { ProgramOutput($0, to: places[2], offset: $1.offset) })

    let start = test.parameters.flatMap(\.start)
    let count = layout.trainableCount
    let memory = NumberMemory(.float64)
    let input = isText ? memory.holding(test.inputs.values.map { Int32($0) }) : memory.holding(test.inputs.values)
    let targets = memory.holding(test.labels.values)
    let directionBlock = memory.holding(test.parameters.flatMap(\.direction))
    let blocks = [1, count, count, layout.bufferCount].map { memory.holding([Double](repeating: 0, count: $0)) }
    func arena(_ program: Program, _ parameters: UnsafeMutableRawPointer, kept: UnsafeMutableRawPointer) -> Arena {
      let arena = Arena(for: program, precision: .float64)
      arena.bind(sources.parameters, to: parameters)
      arena.bind(sources.kept, to: kept)
      arena.bind(inputBuffer, to: input)
      arena.bind(labelBuffer, to: targets)
      arena.bind(direction, to: directionBlock)
      for (place, block) in zip(places, blocks) { arena.bind(place, to: block) }
      return arena
    }
    arena(curvature, memory.holding(start), kept: memory.holding(scope.keptStarts)).run(on: Machine())
    #expect(worstDifference(memory.read(blocks[2], count), test.parameters.flatMap(\.product)) < 1e-10)

    for run in test.trainings {
      let (parameters, kept) = (memory.holding(start), memory.holding(scope.keptStarts))
      let arena = arena(training, parameters, kept: kept)
      var optimizer = Optimizer<Double>(try OptimizerSpec(parsing: run.optimizer), parameterCount: count)
      var losses: [Double] = []
      for _ in run.losses {
        arena.run(on: Machine())
        losses += memory.read(blocks[0], 1)
        kept.copyMemory(from: blocks[3], byteCount: layout.bufferCount * 8)
        try optimizer.step(
          parameters: parameters.assumingMemoryBound(to: Double.self),
          gradient: blocks[1].assumingMemoryBound(to: Double.self), request: StepRequest(learningRate: run.rate))
      }
      #expect(worstDifference(losses, run.losses) < 1e-9, "\(run.optimizer)")
      #expect(worstDifference(memory.read(parameters, count), run.final.flatMap(\.self)) < 1e-8, "\(run.optimizer)")
      let statistics = memory.read(kept, layout.bufferCount)
      for slice in layout.buffers {
        let own = slice.range.map { statistics[$0 - count] }
        #expect(worstDifference(own, try #require(run.buffers[slice.name])) < 1e-9, "\(slice.name)")
      }
    }
  }

  @Test func `the fixtures hold both models in two forms each, with two optimizers`() {
    #expect(TrainingCase.all.map(\.name) == ["plain", "batch-norm", "untied", "tied"])
    #expect(TrainingCase.all.allSatisfy { $0.trainings.count == 2 && $0.trainings[0].losses.count == 20 })
  }
}
