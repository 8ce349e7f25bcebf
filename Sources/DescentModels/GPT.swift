public import DescentAutodiff

/// A decoder-only transformer over tokens: learnt positions, blocks of attention and a two-layer perceptron, each on a
/// normalised input and added to the residual stream.
///
/// - Source: Radford et al. 2019 ("Language models are unsupervised multitask learners", GPT-2): pre-normalisation, GELU
///   by its tanh approximation, σ = 0.02 for weights, divided by √(2·layers) for those that add to the residual stream.
public struct GPT: Model, Hashable {
  /// Different tokens; also the outputs at each position.
  public var vocabulary: Int
  public var layers: Int
  public var width: Int
  public var heads: Int
  /// After the embedding, on attention weights and on what each half of a block adds.
  public var dropout: Double
  /// Whether the output layer uses the embedding's vectors as its weights.
  public var tiesEmbedding: Bool

  public init(
    vocabulary: Int, layers: Int = 4, width: Int = 128, heads: Int = 4, dropout: Double = 0,
    tiesEmbedding: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.layers = layers
    self.width = width
    self.heads = heads
    self.dropout = dropout
    self.tiesEmbedding = tiesEmbedding
  }

  /// - Parameters:
  ///   - input: tokens `[rows, time]`.
  ///   - scope: where the weights come from.
  /// - Returns: `[rows, time, vocabulary]`: logits of the token that follows each position.
  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let tape = input.tape
    guard input.rank == 2 else {
      return tape.fail("gpt", "needs tokens [rows, time], not \(input.shape)", shape: input.shape + [vocabulary])
    }
    let normal = Initializer.normal(0.02)
    let added = Initializer.normal(0.02 / Double(2 * max(1, layers)).squareRoot())
    let embedding = Embedding(vocabulary, width: width, initializer: normal)
    var x = tape.scope("embedding") {
      embedding(input, in: scope["embedding"])
        + scope.parameter("position.weight", shape: [input.shape[1], width], initializer: normal)
    }
    x = Dropout(dropout)(x, in: scope)
    for index in 0..<layers {
      let name = "block\(index)"
      x = tape.scope(name) {
        let block = scope[name]
        let attention = CausalSelfAttention(
          heads: heads, dropout: dropout, initializer: normal, projectionInitializer: added)
        let attended = attention(LayerNorm()(x, in: block["norm1"]), in: block["attention"])
        let y = x + Dropout(dropout)(attended, in: block)
        let hidden = Dense(4 * width, initializer: normal)(LayerNorm()(y, in: block["norm2"]), in: block["expand"])
        let contracted = Dense(width, initializer: added)(hidden.gelu(.tanhApproximation), in: block["contract"])
        return y + Dropout(dropout)(contracted, in: block)
      }
    }
    x = LayerNorm()(x, in: scope["norm"])
    return tape.scope("output") {
      if tiesEmbedding {
        let table = embedding.table(in: scope["embedding"])
        return x.reshaped([x.count / width, width]).matmul(table.transposed())
          .reshaped([input.shape[0], input.shape[1], vocabulary])
      }
      return Dense(vocabulary, bias: false, initializer: normal)(x, in: scope["output"])
    }
  }
}
