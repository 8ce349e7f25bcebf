import DescentAutodiff
import DescentLinearAlgebra
import DescentTestSupport
import Testing

/// A graph of random operations over two buffers, the second of which changes between runs, and whole numbers, with
/// several results.
private struct RandomGraph {
  static let pointCount = 1400
  static let repeatedCount = 700
  static let labels: [Int32] = (0..<48).map { $0 * 7 % 11 - 1 }
  let tape = Tape()
  let point: Tape.Buffer
  let repeated: Tape.Buffer
  let labelled: Tape.Buffer
  private(set) var results: [Tensor] = []
  private var random: TestRandom
  private var tensors: [Tensor] = []

  init(seed: UInt64) {
    random = TestRandom(seed)
    point = tape.buffer("point")
    repeated = tape.buffer("repeated")
    labelled = tape.buffer("labels")
    let widths = [[3, 4, 5, 8], [2, 7, 300], [1, 5, 600]].randomElement(using: &random) ?? []
    for (buffer, room) in [(point, Self.pointCount), (point, Self.pointCount), (repeated, Self.repeatedCount)] {
      let columns = widths.randomElement(using: &random) ?? 1
      let rows = Int.random(in: 1...max(1, min(6, room / columns)), using: &random)
      let offset = Int.random(in: 0...(room - rows * columns), using: &random)
      tensors.append(tape.source(buffer, offset: offset, shape: [rows, columns]))
      tensors.append(tape.source(buffer, offset: 1, shape: Bool.random(using: &random) ? [columns] : [rows, 1]))
    }
    let sources = tensors
    for _ in 0..<Int.random(in: 5...40, using: &random) {
      // A few of the larger operations between the small ones.
      if random.next() % 6 == 0 { addBlock() } else { addOperation() }
    }
    // Later tensors hold more of the graph; the same one may be a result twice.
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      results.append(tensors.suffix(12).randomElement(using: &random) ?? tensors[0])
    }
    if random.next() % 3 == 0 {
      let inputs = [sources[0], sources[4]]
      let gradients = tape.gradient(of: results[0].sin().mean(), by: inputs)
      results += gradients
      // A product with the Hessian, along a direction that repeats.
      if random.next() % 3 == 0 {
        let directions = inputs.map { tape.source(repeated, shape: [$0.count]).reshaped($0.shape) }
        if inputs.allSatisfy({ $0.count <= Self.repeatedCount }) {
          results += tape.tangents(of: gradients, inputs: inputs, directions: directions)
        }
      }
    }
  }

  /// A tensor of this shape that is another one's elements, sliced, reshaped and transposed.
  private mutating func view(_ shape: [Int]) -> Tensor {
    var permutation = Array(shape.indices)
    switch random.next() % 4 {
    case 0: permutation.shuffle(using: &random)
    case 1: permutation.swapAt(shape.count - 1, shape.count - 2)
    case 2: permutation.swapAt(shape.count - 2, shape.count - 3)
    default: break
    }
    var stored = permutation.map { shape[$0] }
    // Sometimes a block of a larger tensor.
    let along = Int.random(in: 0..<shape.count, using: &random)
    let start = Int.random(in: 0...1, using: &random)
    let end = start + stored[along]
    if start > 0 { stored[along] = end + Int.random(in: 0...1, using: &random) }
    let count = stored.reduce(1, *)
    var whole = tape.source(point, offset: Int.random(in: 0...(Self.pointCount - count), using: &random), shape: stored)
    for _ in 0..<6 {
      let a = pick()
      guard a.count >= count else { continue }
      let first = a.count == count ? 0 : Int.random(in: 0...(a.count - count), using: &random)
      whole = a.reshaped([a.count]).sliced([first..<(first + count)]).reshaped(stored)
      break
    }
    var block = stored.map { 0..<$0 }
    if start > 0 { block[along] = start..<end }
    var inverse = permutation
    for (i, p) in permutation.enumerated() { inverse[p] = i }
    return whole.sliced(block).transposed(inverse)
  }

  private mutating func sizes(_ count: Int, _ range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in Int.random(in: range, using: &random) }
  }

  private mutating func addBlock() {
    switch Int.random(in: 0..<8, using: &random) {
    case 0...2: addProduct()
    case 3: addConcatenation()
    case 4:
      let table = view([sizes(1, 3...10)[0], 1, sizes(1, 1...20)[0]])
      let indices = tape.labels(
        labelled, offset: sizes(1, 0...20)[0], shape: sizes(Int.random(in: 1...2, using: &random), 1...5))
      tensors.append(table.reshaped([table.shape[0], table.shape[2]]).gathered(indices))
    case 5:
      let size = sizes(5, 1...6)
      let channels = sizes(2, 1...3)
      let picture = view([1 + size[0] / 3, 1 + size[1], 1 + size[2], channels[0]])
      let kernel = view([min(size[3], 3), min(size[4], 3), channels[0], channels[1]])
      tensors.append(picture.convolved(with: kernel, stride: 1 + size[0] % 2, padding: 1).tanh())
    case 6:
      let size = sizes(4, 1...6)
      let picture = view([1 + size[0] / 3, 1 + size[1], 1 + size[2], 1 + size[3] / 2])
      let window = Window(2, 1 + size[1] % 2, stride: 1 + size[2] % 2, padding: size[0] % 2)
      tensors.append(Bool.random(using: &random) ? picture.maxPooled(window) : picture.averagePooled(window))
    default:
      let (batch, time) = (sizes(1, 1...3)[0], sizes(1, 1...9)[0])
      let weights = view([batch, time, time]).causalSoftmax(scale: 0.5)
      let state = tape.labels(labelled, offset: 4, shape: [4])
      let mask = Tensor.mask(state: state, layer: time, keep: 0.5, shape: weights.shape)
      tensors.append(Bool.random(using: &random) ? weights * mask : weights)
    }
  }

  /// A product of batches of matrices, moved about or put beside another as attention does.
  private mutating func addProduct() {
    let depth = Int.random(in: 1...3, using: &random)
    let batches = sizes(depth, 1...(depth == 3 ? 2 : 3))
    let (m, n, k) = (sizes(1, 1...9)[0], sizes(1, 1...9)[0], sizes(1, 1...7)[0])
    let product = view(batches + [m, k]).matmul(view(batches + [k, n]))
    let rank = product.rank
    switch Int.random(in: 0..<6, using: &random) {
    case 0: tensors.append(product.tanh())
    case 1: tensors.append(product.transposed())
    case 2:
      let moved = product.transposed(Array(0..<(rank - 3)) + [rank - 2, rank - 3, rank - 1])
      tensors.append(moved.reshaped([moved.count / (moved.shape[rank - 2] * n), moved.shape[rank - 2] * n]).tanh())
    case 3:
      let other = view(batches + [k, n])
      tensors.append(.concatenated([product, other], along: rank - 2))
    case 4:
      let other = view(batches + [m, k]).matmul(view(batches + [k, n])).transposed()
      tensors.append(
        .concatenated([product.transposed(), other, other], along: Int.random(in: 0..<rank, using: &random)))
    default: tensors.append(product)
    }
  }

  private mutating func addConcatenation() {
    let a = pick()
    guard a.rank > 0, a.count <= 1500 else { return }
    let dimension = Int.random(in: 0..<a.rank, using: &random)
    var block = a.shape.map { 0..<$0 }
    block[dimension] = 0..<Int.random(in: 1...max(1, a.shape[dimension]), using: &random)
    let parts = [a, a.sin(), a.sliced(block), a.sliced(block).exp()].shuffled(using: &random)
    tensors.append(.concatenated(Array(parts.prefix(Int.random(in: 2...3, using: &random))), along: dimension))
  }

  private mutating func pick() -> Tensor {
    (Bool.random(using: &random) ? tensors.suffix(6) : tensors[...]).randomElement(using: &random) ?? tensors[0]
  }

  /// Another tensor that broadcasts with `a` to a size worth computing; `a` itself if chance finds none.
  private mutating func partner(of a: Tensor) -> Tensor {
    for _ in 0..<8 {
      let b = pick()
      if let shape = broadcastShape([a.shape, b.shape]), shape.reduce(1, *) <= 5000 { return b }
    }
    return a
  }

  private mutating func addOperation() {
    let a = pick()
    let dimension = a.rank > 0 ? Int.random(in: 0..<a.rank, using: &random) : 0
    switch Int.random(in: 0..<24, using: &random) {
    case 0...4:
      let unary: [ElementwiseOperation] = [
        .negate, .exp, .tanh, .sigmoid, .relu, .positive, .abs, .sign, .square, .erf, .sin, .cos, .sqrt, .reciprocal,
      ]
      tensors.append(.elementwise(unary.randomElement(using: &random) ?? .sin, [a]))
    case 5...11:
      let binary: [ElementwiseOperation] = [.add, .subtract, .multiply, .divide, .maximum, .minimum, .greater]
      tensors.append(.elementwise(binary.randomElement(using: &random) ?? .add, [a, partner(of: a)]))
    case 12:
      let b = partner(of: a)
      let c = partner(of: a)
      if broadcastShape([a.shape, b.shape, c.shape]) != nil { tensors.append((a - 0.1).relu().select(b, else: c)) }
    case 13: tensors.append(a + a.tape.constant(0.25, shape: a.shape).reshaped([a.count]).reshaped(a.shape))
    case 14 where a.rank > 0: tensors.append(a.sum([dimension]))
    case 15 where a.rank > 0: tensors.append(a.largest([dimension]))
    case 16 where a.rank >= 2: tensors.append(a.transposed())
    case 17 where a.rank >= 2:
      let shapes = [[a.count], [1, a.count], a.shape.reversed(), a.shape.suffix(2) + [1], [1] + a.shape.suffix(2)]
      let shape = shapes.randomElement(using: &random) ?? [a.count]
      if shape.reduce(1, *) == a.count { tensors.append(a.reshaped(shape)) }
    case 22 where a.rank == 2 && a.count <= 2500:
      tensors.append(a.broadcast(to: [2] + a.shape) + partner(of: a.tape.constant(0, shape: [2] + a.shape)))
    case 18 where a.rank > 0 && a.shape[dimension] > 1:
      var ranges = a.shape.map { 0..<$0 }
      ranges[dimension] = Int.random(in: 0..<a.shape[dimension], using: &random)..<a.shape[dimension]
      tensors.append(a.sliced(ranges))
    case 19 where a.rank > 0 && a.count < 1000:
      var (target, start) = (a.shape, [Int](repeating: 0, count: a.rank))
      target[dimension] += 3
      start[dimension] = Int.random(in: 0...3, using: &random)
      tensors.append(a.padded(to: target, at: start))
    case 20 where a.rank == 2:
      let b = partner(of: a)
      if b.rank == 2, a.shape[1] == b.shape[0], a.shape[0] * b.shape[1] <= 5000 {
        tensors.append(a.matmul(b).tanh())
      } else if a.shape[0] <= 70 {
        tensors.append(a.matmul(a.transposed()).tanh())
      }
    case 21 where a.rank > 0: tensors.append(a.softmax())
    case 23:
      // Pairs that kernels have as one, whose first value may be read again.
      let first = Bool.random(using: &random) ? a + partner(of: a) : .elementwise(.positive, [a])
      let second = Bool.random(using: &random) ? first + partner(of: first) : first * partner(of: first)
      tensors += Bool.random(using: &random) ? [second] : [second, second - first]
    default: break
    }
  }
}

/// What the results are, in both precisions, for the second of two contents of the repeated buffer.
private func values(
  of graph: RandomGraph, _ options: CompileOptions, inStages: Bool, _ point: [Double], _ repeated: [[Double]]
) throws -> [[UInt64]] {
  let buffers = graph.results.indices.map { graph.tape.buffer("result\($0)") }
  let program = try graph.tape.compile(
    zip(graph.results, buffers).map { ProgramOutput($0, to: $1) }, repeatedInputs: inStages ? [graph.repeated] : [],
    options: options)
  let machine = Machine()
  return [Precision.float32, .float64].flatMap { precision in
    let arena = Arena(for: program, precision: precision)
    let memory = NumberMemory(precision)
    arena.bind(graph.point, to: memory.holding(point))
    arena.bind(graph.labelled, to: memory.holding(RandomGraph.labels))
    let outputs = graph.results.map { memory.holding([Double](repeating: -77, count: $0.count)) }
    for (buffer, output) in zip(buffers, outputs) { arena.bind(buffer, to: output) }
    if inStages {
      arena.bind(graph.repeated, to: memory.holding(repeated[0]))
      arena.run(on: machine)
    }
    arena.bind(graph.repeated, to: memory.holding(repeated[1]))
    arena.run(inStages ? .second : .all, on: machine)
    // NaNs are all alike; everything else, zeros too, must agree in every bit.
    return zip(graph.results, outputs).map { result, output in
      memory.read(output, result.count).map { $0.isNaN ? .max : $0.bitPattern }
    }
  }
}

@Suite struct RandomGraphTests {
  @Test(arguments: [0, 1])
  func `random graphs give the same bits however they are compiled`(half: UInt64) throws {
    var random = TestRandom(99)
    let point = random.values(RandomGraph.pointCount)
    let repeated = (0..<2).map { _ in random.values(RandomGraph.repeatedCount) }
    let plain = CompileOptions(fuses: false, reusesMemory: false)
    for seed in (150 * half)..<(150 * half + 150) {
      let graph = RandomGraph(seed: seed)
      let expected = try values(of: graph, plain, inStages: false, point, repeated)
      var ways = [(CompileOptions(), inStages: !seed.isMultiple(of: 4))]
      if seed.isMultiple(of: 5) { ways.append((CompileOptions(fuses: false), inStages: true)) }
      if seed.isMultiple(of: 7) { ways.append((CompileOptions(reusesMemory: false), inStages: true)) }
      for (options, inStages) in ways {
        let found = try values(of: graph, options, inStages: inStages, point, repeated)
        #expect(found == expected, "seed \(seed), \(options), in stages: \(inStages)")
      }
    }
  }
}
