import DescentAutodiff
import DescentLinearAlgebra
import DescentTestSupport
import Testing

/// The planned program as people read it.
@Suite struct ListingTests {
  /// A function of tensors of these shapes, compiled.
  private func program(
    _ shapes: [[Int]], labels: [Int] = [], options: CompileOptions = CompileOptions(), repeatsLast: Bool = false,
    _ function: (_ x: [Tensor], _ y: Tensor) -> [Tensor]
  ) throws -> Program {
    let tape = Tape()
    let buffers = shapes.indices.map { tape.buffer("x\($0)") }
    let x = zip(buffers, shapes).map { tape.source($0, shape: $1) }
    let results = function(x, tape.labels(tape.buffer("labels"), shape: labels))
    return try tape.compile(
      results.map { ProgramOutput($0, to: tape.buffer("result")) },
      repeatedInputs: repeatsLast ? [buffers[shapes.count - 1]] : [],
      options: options)
  }

  @Test func `a small network's steps are named with what they read and write`() throws {
    let program = try program([[4, 3], [3, 5], [5], [5, 2]], labels: [4]) { x, y in
      let hidden = (x[0].matmul(x[1]) + x[2]).tanh()
      let loss = hidden.matmul(x[3]).crossEntropy(labels: y).mean()
      return [loss] + x[0].tape.gradient(of: loss, by: [x[1], x[2], x[3]])
    }
    #expect(
      program.listing.map(\.text) == [
        "product  4×3, 3×5 → 4×5",
        "chain  4×5, 5 → 4×5  (add tanh)",
        "product  4×5, 5×2 → 4×2",
        "crossEntropy  4×2, 4 → 4",
        "sum  4 → 1",
        "multiply  scalar, scalar → scalar",
        "softmax  4×2 → 4×2",
        "oneHot  4 → 4×2",
        "chain  4×2, 4×2, scalar → 4×2  (subtract multiply)",
        "product with a transpose  4×2, 5×2 → 4×5",
        "product of a transpose  4×5, 4×2 → 5×2",
        "chain  4×5, scalar, 4×5 → 4×5  (square subtract multiply)",
        "sum  4×5 → 1×5",
        "product of a transpose  4×3, 4×5 → 3×5",
      ])
    // Multiplications of a product; elements read and written, each once.
    #expect(program.listing.map(\.multiplyAdds) == [60, 0, 40, 0, 0, 0, 0, 0, 0, 40, 40, 0, 0, 60])
    #expect(program.listing.map(\.elements) == [47, 45, 38, 16, 5, 3, 16, 12, 25, 38, 38, 61, 25, 47])
    #expect(program.listing.allSatisfy { !$0.isRepeated })
  }

  @Test func `operations on pictures and tables have their names and their multiplications`() throws {
    let program = try program([[2, 6, 5, 3], [3, 2, 3, 4], [7, 9]], labels: [4]) { x, y in
      let pooled = x[0].convolved(with: x[1], stride: 2, padding: 1).maxPooled(Window(2, 2))
      let value = (pooled.averagePooled(Window(2, 1)) * .mask(state: y, layer: 0, keep: 0.5, shape: [2, 1, 2, 4])).sum()
      let looked = x[2].gathered(y).reshaped([4, 3, 3]).causalSoftmax().sum()
      return x[0].tape.gradient(of: value * looked, by: x)
    }
    let listing = program.listing
    func named(_ name: String) -> [Program.Instruction] { listing.filter { $0.text.hasPrefix(name + "  ") } }
    for (name, shapes, count) in [
      ("convolution(result)", "2×6×5×3, 3×2×3×4 → 2×3×3×4", 2 * 9 * 4 * 18),
      ("convolution(kernel)", "2×6×5×3, 2×3×3×4 → 3×2×3×4", 2 * 9 * 4 * 18),
      ("convolution(picture)", "2×3×3×4, 3×2×3×4 → 2×6×5×3", 2 * 9 * 4 * 18),
      ("window(maximum)", "2×3×3×4 → 2×2×2×4", 0), ("window(place)", "2×3×3×4, 2×2×2×4 → 2×3×3×4", 0),
      ("window(sum)", "2×2×2×4 → 2×1×2×4", 0), ("window(spread)", "2×1×2×4 → 2×2×2×4", 0),
      ("dropout", "4 → 2×1×2×4", 0), ("gather", "7×9, 4 → 4×9", 0), ("scatter", "4, 4×9 → 7×9", 0),
      ("causal softmax", "4×3×3 → 4×3×3", 0),
    ] {
      #expect(named(name).map(\.text) == ["\(name)  \(shapes)"])
      #expect(named(name).map(\.multiplyAdds) == [count], "\(name)")
    }
  }

  @Test func `copies count what they touch`() throws {
    let listing = try program([[4, 6], [2, 3]]) { x, _ in
      [
        x[0].sliced([1..<3, 2..<5]), .concatenated([x[1], x[1].exp()], along: 0), x[1].padded(to: [4, 6], at: [1, 1]),
        x[0].transposed(), x[1].reshaped([1, 2, 3]).broadcast(to: [5, 2, 3]), x[0], x[0].tape.constant(7, shape: [9]),
      ]
    }.listing
    #expect(
      listing.map(\.text) == [
        "slice  4×6 → 2×3", "exp  2×3 → 2×3", "pad  2×3 → 4×3", "pad  2×3 → 4×3", "fill  4×6", "pad  2×3 → 4×6",
        "transpose  4×6 → 6×4", "broadcast  1×2×3 → 5×2×3", "copy  4×6 → 4×6", "fill  9",
      ])
    #expect(listing.map(\.elements) == [12, 12, 12, 12, 24, 12, 48, 36, 48, 9])
  }

  @Test func `the second stage's instructions are marked`() throws {
    let program = try program([[5], [5]], repeatsLast: true) { x, _ in
      [x[0].tape.tangents(of: [x[0].exp().softmax()], inputs: [x[0]], directions: [x[1]])[0]]
    }
    #expect(program.hasSecondStage)
    #expect(program.listing.map(\.isRepeated) == [false, false, true, true])
    #expect(program.listing.prefix(2).map(\.text) == ["exp  5 → 5", "softmax  5 → 5"])
    #expect(program.listing.count == program.instructionCount)
  }

  @Test func `the second stage calculates one cheap operation of the first itself, and keeps longer ones`() throws {
    let short = try program([[50], [50]], repeatsLast: true) { x, _ in [(x[0] + 2) * x[1]] }
    #expect(short.listing.map(\.text) == ["chain  50, scalar, 50 → 50  (add multiply)"])
    #expect(short.listing.map(\.isRepeated) == [true] && short.keptCount == 0)
    let long = try program([[50], [50]], repeatsLast: true) { x, _ in [(x[0] + 2) * x[1] + (x[0] + 2).squared() * x[1]]
    }
    #expect(
      long.listing.map(\.text) == [
        "chain  50, scalar → 50  (add square)", "chain  50, scalar, 50, 50 → 50  (add multiply multiply add)",
      ])
    // Values begin at multiples of 64 bytes in either precision.
    #expect(long.listing.map(\.isRepeated) == [false, true] && long.keptCount == 64)
  }

  private static let square = 30 * 40

  /// A value `forward` of the first operand that a product stands between two uses of.
  private func usedTwice(
    _ forward: (Tensor, Tensor) -> Tensor, options: CompileOptions = CompileOptions()
  ) throws -> Program {
    try program([[30, 40], [40], [40, 40]], options: options) { x, _ in
      let value = forward(x[0], x[1])
      return [(value.tanh().matmul(x[2]) * value).matmul(x[2])]
    }
  }

  @Test func `a cheap value is calculated again where it is used again, not kept`() throws {
    let program = try usedTwice { $0 + $1 }
    #expect(
      program.listing.map(\.text) == [
        "chain  30×40, 40 → 30×40  (add tanh)", "product  30×40, 40×40 → 30×40",
        "chain  30×40, 40, 30×40 → 30×40  (add multiply)", "product  30×40, 40×40 → 30×40",
      ])
    // Two values instead of three live at a time.
    #expect(program.arenaCount == 2 * Self.square)
    #expect(try usedTwice({ $0 + $1 }, options: CompileOptions(fuses: false)).arenaCount == 3 * Self.square)
  }

  @Test func `a dear value, or one that is a result, is kept`() throws {
    for (forward, first) in [
      ({ x, _ in x.exp() }, "chain  30×40 → 30×40, 30×40  (exp tanh)"),
      // Cheap, but of a dear one that is not kept.
      ({ $0.exp() * $1 }, "chain  30×40, 40 → 30×40, 30×40  (exp multiply tanh)"),
    ] as [((Tensor, Tensor) -> Tensor, String)] {
      #expect(
        try usedTwice(forward).listing.map(\.text) == [
          first, "product  30×40, 40×40 → 30×40", "multiply  30×40, 30×40 → 30×40", "product  30×40, 40×40 → 30×40",
        ])
    }
    let kept = try self.program([[30, 40], [40], [40, 40]]) { x, _ in
      let value = x[0] + x[1]
      return [value, value.tanh().matmul(x[2]) * value]
    }
    #expect(
      kept.listing.map(\.text) == [
        "chain  30×40, 40 → 30×40, 30×40  (add tanh)", "product  30×40, 40×40 → 30×40",
        "multiply  30×40, 30×40 → 30×40",
      ])
  }
}
