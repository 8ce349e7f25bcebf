import DescentAutodiff
import DescentCore
import DescentLinearAlgebra
import DescentModels
import DescentTestSupport
import Testing

/// One layer as PyTorch computed it (Scripts/fixtures/layers.py).
struct LayerCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Argument: Decodable, Sendable {
    var name: String
    var shape: [Int]
    var values: [Double]
    var direction: [Double]
    var gradient: [Double]
    var second: [Double]
  }
  struct Options: Decodable, Sendable {
    var stride: [Int]?
    var padding: [Int]?
    var window: [Int]?
    var countsPadding: Bool?
    var epsilon: Double?
    var momentum: Double?
    var mode: String?
    var heads: Int?
    var smoothing: Double?
    var approximation: String?
  }
  struct Statistics: Decodable, Sendable {
    var running_mean: [Double]
    var running_var: [Double]
  }
  var name: String
  var kind: String
  var options: Options
  var indices: Shaped<Int32>?
  var buffers: Statistics?
  var arguments: [Argument]
  var output: Shaped<Double>
  var cotangent: [Double]
  /// After an update with x, and after a further one with 2x + 1.
  var running: [Statistics]?

  var testDescription: String { name }

  static let all: [LayerCase] = {
    struct File: Decodable { var cases: [LayerCase] }
    return (try? fixture("layers", as: File.self).cases) ?? []
  }()

  private func window(_ size: [Int]) -> Window {
    var window = Window(size[0], size[1])
    let (stride, padding) = (options.stride ?? [1, 1], options.padding ?? [0, 0])
    (window.strideY, window.strideX) = (stride[0], stride[1])
    (window.top, window.bottom, window.left, window.right) = (padding[0], padding[0], padding[1], padding[1])
    return window
  }

  /// The layer's result; every argument is a parameter of the scope.
  func output(_ x: [String: Tensor], indices: Tensor, in scope: Scope) throws -> Tensor {
    func argument(_ name: String) throws -> Tensor { try #require(x[name], "\(name) of \(self.name)") }
    switch kind {
    case "convolution":
      let weight = try argument("weight")
      let result = try argument("x").convolved(with: weight, under: window(weight.shape))
      return x["bias"].map { result + $0 } ?? result
    case "maximum-pool": return try argument("x").maxPooled(window(try #require(options.window)))
    case "average-pool":
      return try argument("x").averagePooled(
        window(try #require(options.window)), countsPadding: options.countsPadding == true)
    case "batch-norm":
      return BatchNorm(momentum: try #require(options.momentum), epsilon: try #require(options.epsilon))(
        try argument("x"), in: scope)
    case "layer-norm":
      return LayerNorm(epsilon: try #require(options.epsilon), bias: x["bias"] != nil)(try argument("x"), in: scope)
    case "rms-norm": return RMSNorm(epsilon: try #require(options.epsilon))(try argument("x"), in: scope)
    case "embedding": return try argument("weight").gathered(indices)
    case "attention":
      let (q, k, v) = (try argument("q"), try argument("k"), try argument("v"))
      let scores = q.matmul(k.transposed()).causalSoftmax(scale: 1 / Double(q.shape[q.rank - 1]).squareRoot())
      return scores.matmul(v)
    case "causal-self-attention":
      return CausalSelfAttention(heads: try #require(options.heads))(try argument("x"), in: scope)
    case "cross-entropy":
      return try argument("x").crossEntropy(labels: indices, smoothing: try #require(options.smoothing)).mean()
    case "gelu": return try argument("x").gelu(options.approximation == "tanh" ? .tanhApproximation : .exact)
    default: throw UnknownKind(kind: kind)
    }
  }

  struct UnknownKind: Error { var kind: String }
}

@Suite struct LayerParityTests {
  @Test(arguments: LayerCase.all)
  func `a layer, its gradient and its second derivative are PyTorch's`(_ test: LayerCase) throws {
    let tape = Tape()
    let sources = Scope.Sources(tape)
    let mode: ModelMode = test.options.mode == "running" ? .evaluation : .training
    let scope = Scope(tape, sources: sources, mode: mode)
    var tensors: [String: Tensor] = [:]
    for argument in test.arguments {
      tensors[argument.name] = scope.parameter(argument.name, shape: argument.shape, initializer: .constant(0))
    }
    let labels = tape.buffer("labels")
    let indices = tape.labels(labels, shape: test.indices?.shape ?? [1])
    let output = try test.output(tensors, indices: indices, in: scope)
    let sum = (output * tape.constant(test.cotangent, shape: output.shape)).sum()
    let direction = tape.buffer("direction")
    let slices = scope.layout.trainable
    let directions = slices.map { tape.source(direction, offset: $0.offset, shape: $0.shape) }
    let gradients = tape.gradient(of: sum, by: scope.parameters)
    let seconds = tape.tangents(of: gradients, inputs: scope.parameters, directions: directions)
    let places = ["output", "gradient", "second", "kept"].map { tape.buffer($0) }
    var outputs = [ProgramOutput(output, to: places[0])]
    outputs += zip(gradients, slices).map { ProgramOutput($0, to: places[1], offset: $1.offset) }
    outputs += zip(seconds, slices).map { ProgramOutput($0, to: places[2], offset: $1.offset) }
    var offset = 0
    for update in scope.keptUpdates.compactMap(\.self) {
      outputs.append(ProgramOutput(update, to: places[3], offset: offset))
      offset += update.count
    }
    let program = try tape.compile(outputs)
    let arena = Arena(for: program, precision: .float64)
    let memory = NumberMemory(.float64)
    let values = test.arguments.flatMap(\.values)
    let kept = test.buffers.map { $0.running_mean + $0.running_var } ?? scope.keptStarts
    let blocks = [output.count, values.count, values.count, kept.count].map {
      memory.holding([Double](repeating: .nan, count: $0))
    }
    arena.bind(sources.parameters, to: memory.holding(values))
    arena.bind(sources.kept, to: memory.holding(kept))
    arena.bind(labels, to: memory.holding(test.indices?.values ?? [0]))
    arena.bind(direction, to: memory.holding(test.arguments.flatMap(\.direction)))
    for (place, block) in zip(places, blocks) { arena.bind(place, to: block) }
    arena.run(on: Machine())
    #expect(output.shape == test.output.shape)
    #expect(worstDifference(memory.read(blocks[0], output.count), test.output.values) < 1e-12)
    #expect(worstDifference(memory.read(blocks[1], values.count), test.arguments.flatMap(\.gradient)) < 1e-11)
    #expect(worstDifference(memory.read(blocks[2], values.count), test.arguments.flatMap(\.second)) < 1e-10)
    guard let running = test.running else { return }
    let first = memory.read(blocks[3], kept.count)
    #expect(worstDifference(first, running[0].running_mean + running[0].running_var) < 1e-12)
    let count = test.arguments[0].values.count
    let moved = values.enumerated().map { $0 < count ? 2 * $1 + 1 : $1 }
    arena.bind(sources.parameters, to: memory.holding(moved))
    arena.bind(sources.kept, to: memory.holding(first))
    arena.run(on: Machine())
    let second = memory.read(blocks[3], kept.count)
    #expect(worstDifference(second, running[1].running_mean + running[1].running_var) < 1e-12)
  }

  @Test func `the fixture holds every kind of layer`() {
    #expect(LayerCase.all.count >= 30)
    #expect(Set(LayerCase.all.map(\.kind)).count == 11)
  }
}
