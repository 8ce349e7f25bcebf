import DescentAutodiff
import DescentCore
import DescentLinearAlgebra
import DescentModels
import DescentTestSupport
import Testing

/// Attention, whose heads are slices and transposes of one product, compiled.
@Suite struct AttentionPlanTests {
  private static let shape = [2, 7, 12]

  /// The result, the gradient of its squares by input and weights, and perhaps one Hessian–vector product.
  private func compiled(_ options: CompileOptions, withProduct: Bool) throws -> (program: Program, values: [UInt64]) {
    let tape = Tape()
    let sources = Scope.Sources(tape)
    let scope = Scope(tape, sources: sources)
    let (inputs, results) = (tape.buffer("input"), tape.buffer("results"))
    let x = tape.source(inputs, shape: Self.shape)
    let y = CausalSelfAttention(heads: 3)(x, in: scope)
    let points = scope.parameters + [x]
    let gradients = tape.gradient(of: y.squared().sum(), by: points)
    let directions = points.map { $0 * 0.5 + 1 }
    let products = withProduct ? tape.tangents(of: gradients, inputs: points, directions: directions) : []
    var outputs: [ProgramOutput] = []
    var count = 0
    for tensor in [y] + gradients + products {
      outputs.append(ProgramOutput(tensor, to: results, offset: count))
      count += tensor.count
    }
    let program = try tape.compile(outputs, options: options)
    let arena = Arena(for: program, precision: .float32)
    let memory = NumberMemory(.float32)
    var random = TestRandom(5)
    arena.bind(inputs, to: memory.holding(random.values(x.count)))
    arena.bind(sources.parameters, to: memory.holding(random.values(scope.layout.trainableCount)))
    let block = memory.holding([Double](repeating: .nan, count: count))
    arena.bind(results, to: block)
    arena.run(on: Machine())
    return (program, memory.read(block, count).map(\.bitPattern))
  }

  private static let copies = ["copy", "slice", "transpose", "pad", "broadcast", "fill"]

  private func copies(in program: Program) -> [String] {
    program.listing.map(\.text).filter { text in Self.copies.contains { text.hasPrefix($0 + " ") } }
  }

  @Test func `heads are cut out, turned and put together without a single copy, to the same bits`() throws {
    let planned = try compiled(CompileOptions(), withProduct: false)
    let plain = try compiled(CompileOptions(fuses: false), withProduct: false)
    #expect(copies(in: planned.program) == [])
    #expect(copies(in: plain.program).count > 10)
    #expect(planned.values == plain.values)
    #expect(planned.values.allSatisfy { Double(bitPattern: $0).isFinite })
  }

  @Test func `a Hessian product copies only sums of products, to the same bits`() throws {
    let planned = try compiled(CompileOptions(), withProduct: true)
    let plain = try compiled(CompileOptions(fuses: false), withProduct: true)
    // Queries, keys, values and what their mixture turns into.
    #expect(copies(in: planned.program).count == 4)
    #expect(copies(in: planned.program).allSatisfy { $0.hasPrefix("transpose ") })
    #expect(planned.values == plain.values)
  }

  @Test(arguments: ["gpt", "gpt, tied"])
  func `nor does a whole transformer's training step copy anything`(name: String) throws {
    let planned = try #require(PlannedModel.all.first { $0.testDescription == name })
    let tape = Tape()
    let sources = Scope.Sources(tape)
    let scope = Scope(tape, sources: sources)
    let logits = planned.model(tape.labels(tape.buffer("input"), shape: planned.input), in: scope)
    let rows = logits.reshaped([logits.count / planned.classes, planned.classes])
    let loss = rows.crossEntropy(labels: tape.labels(tape.buffer("targets"), shape: [rows.shape[0]])).mean()
    let gradient = tape.buffer("gradient")
    let outputs = zip(tape.gradient(of: loss, by: scope.parameters), scope.layout.trainable).map {
      ProgramOutput($0, to: gradient, offset: $1.offset)
    }
    #expect(copies(in: try tape.compile(outputs)) == [])
  }
}
