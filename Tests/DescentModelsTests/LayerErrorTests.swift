import DescentAutodiff
import DescentCore
import DescentModels
import Testing

/// A model with settings or an input that do not fit, and all that is told about it.
struct MisfitModel: CustomTestStringConvertible, Sendable {
  var message: String
  var model: any Model
  var input: [Int]
  var readsTokens = false
  /// Of the result.
  var shape: [Int]
  /// Trainable parameters that are asked for all the same.
  var parameters: [String]

  var testDescription: String { message }

  /// A layer alone as a model, in a scope of its own.
  struct Alone: Model {
    var layer: @Sendable (Tensor, Scope) -> Tensor
    func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
      input.tape.scope("alone") { layer(input, scope["alone"]) }
    }
  }

  private static let dropout = "a probability to keep of 0.0 must be above 0 and at most 1."
  private static let blockNames = [
    "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias", "expand.weight", "expand.bias", "contract.weight",
    "contract.bias",
  ].map { "block0.\($0)" }
  private static let endNames = ["norm.weight", "norm.bias", "output.weight"]

  static let all: [MisfitModel] = [
    MisfitModel(
      message: "gpt: needs tokens [rows, time], not [5].", model: GPT(vocabulary: 7), input: [5], readsTokens: true,
      shape: [5, 7], parameters: []),
    MisfitModel(
      message: "gpt: needs tokens [rows, time], not [2, 3, 4].", model: GPT(vocabulary: 7), input: [2, 3, 4],
      readsTokens: true, shape: [2, 3, 4, 7], parameters: []),
    MisfitModel(
      message: "gather in embedding: needs a table [rows, columns] and whole numbers, not [7, 8] and [2, 3].",
      model: GPT(vocabulary: 7, layers: 0, width: 8), input: [2, 3], shape: [2, 3, 7],
      parameters: ["embedding.weight", "position.weight"] + endNames),
    MisfitModel(
      message:
        "attention in block0: needs [rows, time, width] with a width that 3 heads divide, not [2, 5, 16].",
      model: GPT(vocabulary: 7, layers: 1, width: 16, heads: 3), input: [2, 5], readsTokens: true, shape: [2, 5, 7],
      parameters: ["embedding.weight", "position.weight"] + blockNames + endNames),
    MisfitModel(
      message: "attention in alone: needs [rows, time, width] with a width that 0 heads divide, not [2, 5, 16].",
      model: Alone { CausalSelfAttention(heads: 0)($0, in: $1) }, input: [2, 5, 16], shape: [2, 5, 16], parameters: []),
    MisfitModel(
      message: "attention in alone: needs [rows, time, width] with a width that 2 heads divide, not [5, 16].",
      model: Alone { CausalSelfAttention(heads: 2)($0, in: $1) }, input: [5, 16], shape: [5, 16], parameters: []),
    MisfitModel(
      message: "dropout in alone: \(dropout)",
      model: Alone { CausalSelfAttention(heads: 2, dropout: 1)($0, in: $1) }, input: [1, 5, 4], shape: [1, 5, 4],
      parameters: ["alone.qkv.weight", "alone.projection.weight"]),
    MisfitModel(
      message: "dropout: \(dropout)", model: MLP(hidden: [3], outputs: 2, dropout: 1), input: [4, 5], shape: [4, 2],
      parameters: ["layer0.weight", "layer0.bias", "layer1.weight", "layer1.bias"]),
    MisfitModel(
      message: "dropout in output: a probability to keep of 1.5 must be above 0 and at most 1.",
      model: CNN(channels: [2], outputs: 3, dropout: -0.5), input: [4, 5, 5], shape: [4, 3],
      parameters: ["block0.convolution.weight", "block0.convolution.bias", "output.weight", "output.bias"]),
    MisfitModel(
      message: "pool in block1: a window of 2×2 does not fit into pictures [4, 1, 1, 3] with their padding.",
      model: CNN(channels: [2, 3], outputs: 3), input: [4, 3, 3], shape: [4, 3],
      parameters: [
        "block0.convolution.weight", "block0.convolution.bias", "block1.convolution.weight", "block1.convolution.bias",
        "output.weight", "output.bias",
      ]),
    MisfitModel(
      message: "convolution in block0: needs pictures [rows, height, width, channels] and a kernel [height, width, "
        + "channels, outputs], not [4, 9] and [3, 3, 9, 2].", model: CNN(channels: [2], outputs: 3), input: [4, 9],
      shape: [4, 3],
      parameters: ["block0.convolution.weight", "block0.convolution.bias", "output.weight", "output.bias"]),
    MisfitModel(
      message: "batchNorm in alone: needs [rows, …, channels], not [].", model: Alone { BatchNorm()($0, in: $1) },
      input: [], shape: [], parameters: []),
    MisfitModel(
      message: "sum in alone: dimensions [-1] are not all among those of [].",
      model: Alone { LayerNorm()($0, in: $1) }, input: [], shape: [1], parameters: ["alone.weight", "alone.bias"]),
    MisfitModel(
      message: "matmul in alone: [] and [1, 3] must both have two dimensions or more.",
      model: Alone { Dense(3)($0, in: $1) }, input: [], shape: [3], parameters: ["alone.weight", "alone.bias"]),
    MisfitModel(
      message: "gather in alone: needs a table [rows, columns] and whole numbers, not [4, 3] and [5].",
      model: Alone { Embedding(4, width: 3)($0, in: $1) }, input: [5], shape: [5, 3], parameters: ["alone.weight"]),
  ]
}

@Suite struct LayerErrorTests {
  @Test(arguments: MisfitModel.all)
  func `what does not fit is told with its place, and the rest of the model is traced`(_ misfit: MisfitModel) throws {
    let tape = Tape()
    let scope = Scope(tape, sources: Scope.Sources(tape))
    let input = tape.buffer("input")
    let x =
      misfit.readsTokens ? tape.labels(input, shape: misfit.input) : tape.source(input, shape: misfit.input)
    let output = misfit.model(x, in: scope)
    #expect(tape.error?.description == misfit.message)
    #expect(output.shape == misfit.shape)
    #expect(scope.layout.trainable.map(\.name) == misfit.parameters)
    // So is the gradient of a loss.
    let gradients = tape.gradient(of: output.squared().sum(), by: scope.parameters)
    #expect(gradients.map(\.shape) == scope.layout.trainable.map(\.shape))
    let error = #expect(throws: ShapeError.self) { try tape.compile([ProgramOutput(output, to: input)]) }
    #expect(error?.description == misfit.message)
  }

  @Test func `models and losses take a scalar for one row`() throws {
    for model in [MLP(hidden: [3], outputs: 2), CNN(channels: [], outputs: 2)] as [any Model] {
      let tape = Tape()
      let scope = Scope(tape, sources: Scope.Sources(tape))
      let input = tape.source(tape.buffer("input"), shape: [])
      #expect(model(input, in: scope).shape == [1, 2] && tape.error == nil)
      _ = Loss.squared(input, input, targetsAreClasses: false)
      #expect(tape.error?.description == "sum: dimensions [1] are not all among those of [].")
    }
  }

  @Test func `dropout of rate 0, or in evaluation, draws no mask whatever its rate`() {
    for (rate, mode) in [(0.0, ModelMode.training), (7, .evaluation)] {
      let tape = Tape()
      let scope = Scope(tape, sources: Scope.Sources(tape), mode: mode)
      let x = tape.source(tape.buffer("input"), shape: [4])
      #expect(Dropout(rate)(x, in: scope).id == x.id && !scope.drawsMasks && tape.error == nil)
    }
  }
}
