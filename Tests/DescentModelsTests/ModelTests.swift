import DescentAutodiff
import DescentCore
import DescentModels
import Testing

@Suite struct ModelTests {
  private func traced(_ model: some Model, input: [Int]) -> (Tensor, Scope) {
    let tape = Tape()
    let sources = Scope.Sources(tape)
    let x = tape.source(tape.buffer("input"), shape: input)
    let scope = Scope(tape, sources: sources)
    return (model(x, in: scope), scope)
  }

  @Test func `an MLP has the layers, names and sizes of its widths`() {
    let (output, scope) = traced(MLP(hidden: [128, 128], outputs: 10), input: [32, 64])
    #expect(output.shape == [32, 10])
    #expect(
      scope.layout.trainable.map(\.name) == [
        "layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias",
      ])
    #expect(scope.layout.trainableCount == 26122)
    #expect(scope.starts[0].fanIn == 64 && scope.starts[0].fanOut == 128)
  }

  @Test func `pictures are flattened`() {
    #expect(traced(MLP(hidden: [], outputs: 3), input: [5, 4, 4]).1.layout.trainable[0].shape == [16, 3])
  }

  @Test func `the same name is the same parameter, another shape under it an error`() {
    struct Tied: Model {
      func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
        let a = scope.parameter("w", shape: [3, 3], initializer: .he)
        let b = scope.parameter("w", shape: [3, 3], initializer: .he)
        return input.matmul(a).matmul(b)
      }
    }
    #expect(traced(Tied(), input: [2, 3]).1.layout.trainableCount == 9)
    struct Clash: Model {
      func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
        input.matmul(scope.parameter("w", shape: [3, 3], initializer: .he))
          + scope.parameter("w", shape: [3], initializer: .he)
      }
    }
    let (output, _) = traced(Clash(), input: [2, 3])
    #expect(throws: ShapeError.self) { try output.tape.compile([ProgramOutput(output, to: output.tape.buffer("out"))]) }
  }

  @Test func `widths name all layers where both ends fit, hidden ones where none does`() throws {
    #expect(try ModelSpec(parsing: "mlp:64-128-128-10").model(features: 64, outputs: 10).hidden == [128, 128])
    #expect(try ModelSpec(parsing: "mlp:128-128").model(features: 64, outputs: 10).hidden == [128, 128])
    #expect(try ModelSpec(parsing: "mlp:64-10").model(features: 64, outputs: 10).hidden == [])
    #expect(try ModelSpec(parsing: "mlp:20").model(features: 64, outputs: 10).hidden == [20])
    let error = #expect(throws: ModelError.self) {
      try ModelSpec(parsing: "mlp:64-128-10").model(features: 784, outputs: 10)
    }
    #expect(error?.description.contains("mlp:784-128-10") == true)
  }

  @Test(arguments: ["mlp", "mlp:", "mlp:a", "mlp:3--4", "mlp:0", "mlp:-3", "cnm", ""])
  func `a text that is no model is refused`(text: String) {
    #expect(throws: ModelError.self) { try ModelSpec(parsing: text) }
  }
}
