import DescentAutodiff
import DescentCore
import DescentLinearAlgebra
import DescentModels
import DescentTestSupport
import Testing

/// A model with what it reads and how many rows it is traced for.
struct PlannedModel: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var model: any Model
  var input: [Int]
  var tokens: Int?
  var classes: Int

  static let all: [PlannedModel] = [
    PlannedModel(
      testDescription: "gpt", model: GPT(vocabulary: 11, layers: 2, width: 16, heads: 2, dropout: 0.25), input: [3, 8],
      tokens: 11, classes: 11),
    PlannedModel(
      testDescription: "gpt, tied", model: GPT(vocabulary: 7, layers: 1, width: 48, heads: 4, tiesEmbedding: true),
      input: [2, 17], tokens: 7, classes: 7),
    PlannedModel(
      testDescription: "cnn, normalised",
      model: CNN(channels: [4, 6], outputs: 5, normalizes: true, dropout: 0.5), input: [6, 9, 8], tokens: nil,
      classes: 5),
    PlannedModel(
      testDescription: "mlp, normalised by rows",
      model: MLP(hidden: [20, 300], outputs: 4, activation: .gelu, normalization: .layer), input: [19, 30], tokens: nil,
      classes: 4),
  ]
}

/// Loss, gradient and one Hessian–vector product of a model at its initial parameters.
private func results(
  _ planned: PlannedModel, _ options: CompileOptions, _ precision: Precision, threads: Int = 1
) throws -> [[UInt64]] {
  let tape = Tape()
  let sources = Scope.Sources(tape)
  let (inputBuffer, targetBuffer) = (tape.buffer("input"), tape.buffer("targets"))
  let scope = Scope(tape, sources: sources)
  let x =
    planned.tokens == nil
    ? tape.source(inputBuffer, shape: planned.input) : tape.labels(inputBuffer, shape: planned.input)
  let logits = planned.model(x, in: scope)
  let outputs = logits.reshaped([logits.count / planned.classes, planned.classes])
  let loss = outputs.crossEntropy(labels: tape.labels(targetBuffer, shape: [outputs.shape[0]])).mean()
  let gradients = tape.gradient(of: loss, by: scope.parameters)
  let direction = tape.buffer("direction")
  let slices = scope.layout.trainable
  let directions = slices.map { tape.source(direction, offset: $0.offset, shape: $0.shape) }
  let products = tape.tangents(of: gradients, inputs: scope.parameters, directions: directions)
  let places = ["loss", "gradient", "product", "kept after"].map { tape.buffer($0) }
  var all = [ProgramOutput(loss, to: places[0])]
  all += zip(gradients, slices).map { ProgramOutput($0, to: places[1], offset: $1.offset) }
  all += zip(products, slices).map { ProgramOutput($0, to: places[2], offset: $1.offset) }
  let layout = scope.layout
  all += zip(scope.keptUpdates, layout.buffers).compactMap { update, slice in
    update.map { ProgramOutput($0, to: places[3], offset: slice.offset - layout.trainableCount) }
  }
  let program = try tape.compile(all, repeatedInputs: [direction], options: options)
  let arena = Arena(for: program, precision: precision)
  let memory = NumberMemory(precision)
  let start = ParameterStart.values(of: scope.layout, starts: scope.starts, seed: 3)
  arena.bind(sources.parameters, to: memory.holding(start))
  arena.bind(sources.kept, to: memory.holding(scope.keptStarts))
  arena.bind(sources.random, to: memory.holding([1, 2, 3, 4].map { Int32($0) }))
  if let tokens = planned.tokens {
    arena.bind(inputBuffer, to: memory.holding((0..<x.count).map { Int32($0 * 5 % tokens) }))
  } else {
    arena.bind(inputBuffer, to: memory.holding((0..<x.count).map { Double($0 * 7 % 11) / 11 - 0.3 }))
  }
  arena.bind(targetBuffer, to: memory.holding((0..<outputs.shape[0]).map { Int32($0 * 3 % planned.classes) }))
  arena.bind(direction, to: memory.holding(start.indices.map { Double($0 * 3 % 7) / 7 - 0.4 }))
  let counts = [1, start.count, start.count, scope.keptStarts.count]
  let blocks = counts.map { memory.holding([Double](repeating: -7, count: $0)) }
  for (place, block) in zip(places, blocks) { arena.bind(place, to: block) }
  arena.run(on: Machine(threads: threads))
  return zip(blocks, counts).map { block, count in memory.read(block, count).map(\.bitPattern) }
}

@Suite struct PlanTests {
  @Test(arguments: PlannedModel.all)
  func `fusing, recomputing and reusing memory change no bit of a model's derivatives`(_ model: PlannedModel) throws {
    for precision in [Precision.float32, .float64] {
      let plain = try results(model, CompileOptions(fuses: false, reusesMemory: false), precision)
      #expect(plain[1].contains { $0 != 0 } && plain[2].contains { $0 != 0 })
      #expect(try results(model, CompileOptions(), precision) == plain, "\(precision)")
      #expect(try results(model, CompileOptions(fuses: false), precision) == plain, "\(precision), unfused")
      #expect(try results(model, CompileOptions(reusesMemory: false), precision) == plain, "\(precision), no reuse")
    }
  }

  @Test(arguments: PlannedModel.all)
  func `the number of threads changes no bit either`(_ model: PlannedModel) throws {
    #expect(try results(model, CompileOptions(), .float32, threads: 2) == results(model, CompileOptions(), .float32))
  }
}
