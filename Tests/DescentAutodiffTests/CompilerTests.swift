import CDescentKernels
import DescentAutodiff
import DescentLinearAlgebra
import DescentTestSupport
import Testing

private func networkLossAndGradient(_ x: Tensor, _ labels: Tensor) -> [Tensor] {
  let w = x.sliced([0..<48]).reshaped([6, 8])
  let bias = x.sliced([48..<56])
  let v = x.sliced([56..<88]).reshaped([8, 4])
  let data = x.tape.constant((0..<60).map { Double(($0 * 31) % 17) / 9 - 0.9 }, shape: [10, 6])
  let hidden = (data.matmul(w) + bias).gelu(.tanhApproximation)
  let scaled = hidden / (hidden.squared().mean([1]) + 1e-5).squareRoot()
  let loss = scaled.matmul(v).crossEntropy(labels: labels).mean()
  return [loss, x.tape.gradient(of: loss, by: [x])[0]]
}

private let testLabels: [Int32] = (0..<10).map { $0 * 7 % 4 }

@Suite struct CompilerTests {
  @Test(arguments: [Precision.float32, .float64])
  func `fusing and sharing memory leave every bit as it is`(precision: Precision) throws {
    var random = TestRandom(3)
    let point = random.values(88)
    var results: [[[Double]]] = []
    for fuses in [false, true] {
      for reuses in [false, true] {
        let evaluate = Evaluation(options: CompileOptions(fuses: fuses, reusesMemory: reuses), precision: precision)
        results.append(try evaluate(point, labels: testLabels) { x, y, _ in networkLossAndGradient(x, y) })
      }
    }
    #expect(results[0][0][0].isFinite)
    for other in results.dropFirst() { #expect(other == results[0]) }
  }

  @Test(arguments: (20...23).flatMap { cases(seed: $0) })
  func `fusing leaves every primitive's gradient as it is`(_ test: DifferentiableCase) throws {
    var random = TestRandom(5)
    let point = random.values(test.count, in: test.range)
    func gradient(_ options: CompileOptions) throws -> [[Double]] {
      try Evaluation(options: options)(point, labels: test.labels) { x, y, _ in
        let value = test.function(x, y).sum()
        return [value] + x.tape.gradient(of: value, by: [x])
      }
    }
    let plain = try gradient(CompileOptions(fuses: false, reusesMemory: false))
    #expect(try gradient(CompileOptions()) == plain)
  }

  @Test func `fusing saves instructions and sharing saves memory`() throws {
    func program(_ options: CompileOptions) throws -> Program {
      let tape = Tape()
      let x = tape.source(tape.buffer("x"), shape: [88])
      let y = tape.labels(tape.buffer("labels"), shape: [10])
      let out = tape.buffer("out")
      return try tape.compile([ProgramOutput(networkLossAndGradient(x, y)[1], to: out)], options: options)
    }
    let plain = try program(CompileOptions(fuses: false, reusesMemory: false))
    let planned = try program(CompileOptions())
    #expect(planned.instructionCount * 2 < plain.instructionCount)
    #expect(planned.arenaCount * 3 < plain.arenaCount)
  }

  @Test func `every instruction set and thread count gives close results, threads the very same`() throws {
    var random = TestRandom(4)
    let point = random.values(300 * 40 + 40 * 50)
    func result(_ machine: Machine) throws -> [[Double]] {
      try Evaluation(precision: .float32, machine: machine)(point) { x, _, _ in
        let a = x.sliced([0..<12000]).reshaped([300, 40])
        let b = x.sliced([12000..<14000]).reshaped([40, 50])
        let y = a.matmul(b).tanh()
        return [y, x.tape.gradient(of: y.squared().mean(), by: [x])[0]]
      }
    }
    let portable = try result(Machine(path: DK_PORTABLE))
    for path in [DK_AVX2, DK_AVX512] where dk_supports(path) == 1 {
      let other = try result(Machine(path: path))
      #expect(worstDifference(other[0], portable[0]) < 1e-5)
      #expect(worstDifference(other[1], portable[1]) < 1e-5)
    }
    #expect(try result(Machine(threads: 2)) == result(Machine(threads: 1)))
    #expect(try result(Machine(threads: 3)) == result(Machine(threads: 1)))
  }

  @Test func `a second stage repeats with new inputs on the first stage's values`() throws {
    let tape = Tape()
    let point = tape.buffer("point")
    let direction = tape.buffer("direction")
    let product = tape.buffer("product")
    let x = tape.source(point, shape: [3])
    let v = tape.source(direction, shape: [3])
    let gradient = tape.gradient(of: (x.exp() * x.sum()).sum(), by: [x])[0]
    let result = tape.tangents(of: [gradient], inputs: [x], directions: [v])[0]
    let program = try tape.compile([ProgramOutput(result, to: product)], repeatedInputs: [direction])
    #expect(program.hasSecondStage)
    let memory = NumberMemory(.float64)
    let arena = Arena(for: program, precision: .float64)
    arena.bind(point, to: memory.holding([0.1, 0.2, 0.3]))
    let machine = Machine()
    arena.bind(direction, to: memory.holding([0.0, 0, 0]))
    let out = memory.holding([0.0, 0, 0])
    arena.bind(product, to: out)
    arena.run(.first, on: machine)
    let e = [1.1051709180756477, 1.2214027581601699, 1.3498588075760032]
    for column in 0..<3 {
      var unit = [0.0, 0, 0]
      unit[column] = 1
      arena.bind(direction, to: memory.holding(unit))
      arena.run(.second, on: machine)
      // H = diag(e·(s + …)) with L = s·Σeˣ: ∂²L/∂i∂j = eᵢ + eⱼ + δ·s·eᵢ, s = 0.6
      let expected = (0..<3).map { e[$0] + e[column] + ($0 == column ? 0.6 * e[$0] : 0) }
      #expect(worstDifference(memory.read(out, 3), expected) < 1e-14)
    }
  }

  @Test(arguments: [true, false])
  func `one operation may broadcast over rows of several lengths`(fuses: Bool) throws {
    let evaluate = Evaluation(options: CompileOptions(fuses: fuses))
    let results = try evaluate((1...9).map(Double.init)) { x, _, _ in
      let plane = x.sliced([0..<4]).reshaped([1, 2, 2])
      let row = x.sliced([4..<6])
      let column = x.sliced([6..<8]).reshaped([2, 1])
      let block = x.sliced([7..<9]).reshaped([2, 1, 1])
      return [100 * plane + 10 * row + block, plane.broadcast(to: [2, 2, 2]) * column, (row + column) / plane - block]
    }
    let expected: [[Double]] = [
      [158, 268, 358, 468, 159, 269, 359, 469], [7, 14, 24, 32, 7, 14, 24, 32],
      [4, -1.5, -11.0 / 3, -4.5, 3, -2.5, -14.0 / 3, -5.5],
    ]
    for (result, values) in zip(results, expected) { #expect(worstDifference(result, values) < 1e-14) }
  }

  @Test func `tensors without elements run through every kind of instruction`() throws {
    let results = try Evaluation()([1, 2, 3], labels: []) { x, y, _ in
      let none = x.reshaped([1, 3]).sliced([0..<0, 0..<3])
      let weights = x.reshaped([3, 1]).broadcast(to: [3, 2])
      return [
        (none * x + 1).tanh(), none.matmul(weights), none.sum([0]), none.transposed().softmax(), none.mean(),
        none.crossEntropy(labels: y).sum(), none.padded(to: [1, 3], at: [0, 0]),
      ]
    }
    #expect(results == [[], [], [0, 0, 0], [], [0], [0], [0, 0, 0]])
  }

  @Test func `results that are inputs, constants or repeated are copied`() throws {
    let results = try Evaluation()([1, 2, 3, 4]) { x, _, _ in
      let y = x.exp()
      return [x, x.reshaped([2, 2]), x.tape.constant(7, shape: [3]), y, y, y.reshaped([2, 2]).transposed()]
    }
    #expect(results[0] == [1, 2, 3, 4])
    #expect(results[1] == [1, 2, 3, 4])
    #expect(results[2] == [7, 7, 7])
    #expect(results[3] == results[4])
    #expect(results[5] == [results[3][0], results[3][2], results[3][1], results[3][3]])
  }
}
