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
    func spelt(_ text: String, _ features: Int) throws -> String {
      try ModelSpec(parsing: text).model(for: .numbers(shape: [features]), outputs: 10).specification
    }
    #expect(try spelt("mlp:64-128-128-10", 64) == "mlp:64-128-128-10")
    #expect(try spelt("mlp:128-128", 64) == "mlp:64-128-128-10")
    #expect(try spelt("mlp:64-10", 64) == "mlp:64-10")
    #expect(try spelt("mlp:20", 64) == "mlp:64-20-10")
    let error = #expect(throws: ModelError.self) { try spelt("mlp:64-128-10", 784) }
    #expect(error?.description.contains("mlp:784-128-10") == true)
  }

  @Test(arguments: [
    ("cnn", "cnn:channels=16-32,kernel=3"),
    ("cnn:norm=batch,channels=8,dropout=0.25", "cnn:channels=8,kernel=3,norm=batch,dropout=0.25"),
    ("mlp:20,norm=layer,dropout=0.5", "mlp:784-20-10,norm=layer,dropout=0.5"),
  ])
  func `a model of pictures is spelt out and reads back`(text: String, spelt: String) throws {
    let input = ModelInput.numbers(shape: [28, 28])
    #expect(try ModelSpec(parsing: text).model(for: input, outputs: 10).specification == spelt)
    #expect(try ModelSpec(parsing: spelt).model(for: input, outputs: 10).specification == spelt)
  }

  @Test func `a transformer is for text and the others are not`() throws {
    let spelt = "gpt:layers=2,width=128,heads=4,context=64,tie=yes"
    let input = ModelInput.tokens(vocabulary: 65)
    #expect(try ModelSpec(parsing: "gpt:layers=2,tie=yes").model(for: input, outputs: 65).specification == spelt)
    #expect(throws: ModelError.self) { try ModelSpec(parsing: "cnn").model(for: input, outputs: 65) }
    #expect(throws: ModelError.self) {
      try ModelSpec(parsing: "gpt").model(for: .numbers(shape: [28, 28]), outputs: 10)
    }
    #expect(throws: ModelError.self) { try ModelSpec(parsing: "cnn").model(for: .numbers(shape: [64]), outputs: 10) }
  }

  @Test(arguments: [
    "mlp", "mlp:", "mlp:a", "mlp:3--4", "mlp:0", "mlp:-3", "cnm", "", "cnn:channel=3", "cnn:kernel=0", "gpt:heads=3",
    "gpt:layers=2,layers=3", "cnn:norm=layer", "mlp:8,dropout=1",
  ])
  func `a text that is no model is refused`(text: String) {
    #expect(throws: ModelError.self) { try ModelSpec(parsing: text) }
  }

  @Test func `losses read back, with a smoothing from 0 to below 1`() throws {
    for text in ["cross-entropy", "squared", "cross-entropy(smoothing: 0.1)"] {
      #expect(try Loss(parsing: text).description == text)
    }
    #expect(try Loss(parsing: "cross-entropy(smoothing: 0.1)").measured == .crossEntropy)
    for text in ["cross-entropy(smoothing: 1)", "cross-entropy(smoothing: -0.1)", "squared(smoothing: 0.1)", "hinge"] {
      #expect(throws: (any Error).self) { try Loss(parsing: text) }
    }
  }
}
