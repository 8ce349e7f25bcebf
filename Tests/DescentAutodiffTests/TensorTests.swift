import DescentAutodiff
import Testing

@Suite struct TensorTests {
  private func error(_ body: (Tape, Tensor, Tensor) -> Tensor) -> String {
    let tape = Tape()
    let buffer = tape.buffer("data")
    let a = tape.source(buffer, shape: [2, 3])
    let b = tape.source(buffer, shape: [4, 5])
    let result = body(tape, a, b)
    do {
      _ = try tape.compile([ProgramOutput(result, to: buffer)])
      return ""
    } catch { return "\(error)" }
  }

  @Test func `shape errors name the operation, the place and both shapes`() {
    let message = error { tape, a, b in tape.scope("block") { tape.scope("dense") { a.matmul(b) } } }
    #expect(message == "matmul in block.dense: [2, 3] and [4, 5] do not fit: 3 is not 4.")
    #expect(error { _, a, b in a + b }.contains("add: shapes [2, 3] and [4, 5] do not broadcast"))
    #expect(error { _, a, _ in a.reshaped([5]) }.contains("reshape"))
    #expect(error { _, a, _ in a.sliced([0..<3, 0..<1]) }.contains("slice"))
    #expect(error { _, a, _ in a.sum([2]) }.contains("sum"))
    #expect(error { _, a, b in a.crossEntropy(labels: b) }.contains("crossEntropy"))
    #expect(error { _, a, _ in a.broadcast(to: [3, 3]) }.contains("broadcast"))
    #expect(error { tape, a, _ in tape.gradient(of: a, by: [a])[0] }.contains("gradient"))
  }

  @Test func `labels are no numbers, whatever is done with them, and tapes do not mix`() {
    for use in [{ $0 + 1 }, { $0.sum() }, { $0.reshaped([2, 2]) }, { $0.sliced([0..<2]) }] as [(Tensor) -> Tensor] {
      let message = error { tape, _, _ in use(tape.labels(tape.buffer("labels"), shape: [4])) }
      #expect(message.contains("class labels are not numbers"))
    }
    let other = Tape()
    let foreign = other.source(other.buffer("elsewhere"), shape: [2, 3])
    #expect(error { _, a, _ in a * foreign }.contains("multiply: a tensor of another tape"))
    #expect(error { _, a, _ in a.matmul(foreign.transposed()) }.contains("matmul: a tensor of another tape"))
  }

  @Test func `the first error is the one that is told, and tracing goes on after it`() {
    let message = error { _, a, b in (a + b).exp().matmul(b).reshaped([77]) }
    #expect(message.hasPrefix("add"))
  }

  @Test func `labels cannot be calculated with`() {
    let message = error { tape, a, _ in a + tape.labels(tape.buffer("labels"), shape: [3]) }
    #expect(message.contains("labels"))
  }

  @Test func `cross-entropy is stable for huge logits and exact for tiny losses`() throws {
    let result = try Evaluation(precision: .float32)([1000, -1000, 0, 20, 0, 0], labels: [1, 0]) { x, y, _ in
      [x.reshaped([2, 3]).crossEntropy(labels: y)]
    }
    #expect(result[0][0] == 2000)
    // log(1 + 2e⁻²⁰) = 4.1223072e-9, far below the spacing of floats at 20
    #expect(abs(result[0][1] / 4.122307236e-9 - 1) < 1e-6)
  }

  @Test func `a label outside the classes gives a loss that is not a number`() throws {
    let result = try Evaluation()([1, 2], labels: [5]) { x, y, _ in [x.reshaped([1, 2]).crossEntropy(labels: y)] }
    #expect(result[0][0].isNaN)
  }

  @Test func `not-a-number and infinity pass through`() throws {
    let result = try Evaluation(precision: .float32)([.nan, .infinity, -.infinity, -1]) { x, _, _ in
      [x.relu(), x.exp(), x.tanh(), x.sigmoid(), x.maximum(x.tape.constant(0)), x.largest([0])]
    }
    #expect(result[0][0].isNaN && result[0][1] == .infinity && result[0][2] == 0 && result[0][3] == 0)
    #expect(result[1][0].isNaN && result[1][1] == .infinity && result[1][2] == 0)
    #expect(result[2][0].isNaN && result[2][1] == 1 && result[2][2] == -1)
    #expect(result[3][0].isNaN && result[3][1] == 1 && result[3][2] == 0)
    #expect(result[4][0].isNaN && result[5][0].isNaN)
  }

  @Test func `equal operations are made once and constants are folded`() {
    let tape = Tape()
    let x = tape.source(tape.buffer("x"), shape: [3])
    let a = (x + 1).exp()
    let before = tape.graph.nodes.count
    let b = (x + 1).exp()
    #expect(a.id == b.id && tape.graph.nodes.count == before)
    #expect((tape.constant(2) * 3 + 1).node.primitive == .constant(7))
    #expect((x * 1).id == x.id && (x + 0).id == x.id)
    // Not folded: 0·∞ is not 0.
    #expect((x * 0).id != tape.constant(0, shape: [3]).id)
  }
}
