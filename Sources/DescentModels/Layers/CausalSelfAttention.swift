public import DescentAutodiff

/// Multi-head self-attention in which each position sees itself and the earlier ones.
///
/// softmax(QKᵀ/√(width/heads))·V in every head, with Q, K and V from one product and a projection at the end.
///
/// - Source: Vaswani et al. 2017 (arXiv:1706.03762), section 3.2.
public struct CausalSelfAttention: Sendable, Hashable {
  /// Heads; they divide the width.
  public var heads: Int
  /// Of attention weights.
  public var dropout: Double
  public var initializer: Initializer
  /// Of the projection at the end, which adds to the residual stream.
  public var projectionInitializer: Initializer

  public init(
    heads: Int, dropout: Double = 0, initializer: Initializer = .normal(0.02),
    projectionInitializer: Initializer? = nil
  ) {
    self.heads = heads
    self.dropout = dropout
    self.initializer = initializer
    self.projectionInitializer = projectionInitializer ?? initializer
  }

  /// - Parameters:
  ///   - input: `[rows, time, width]`.
  ///   - scope: where the weights come from.
  /// - Returns: `[rows, time, width]`.
  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    guard input.rank == 3, heads > 0, input.shape[2] % heads == 0 else {
      return scope.tape.fail(
        "attention", "needs [rows, time, width] with a width that \(heads) heads divide, not \(input.shape)",
        shape: input.shape)
    }
    let (rows, time, width) = (input.shape[0], input.shape[1], input.shape[2])
    let size = width / heads
    let all = Dense(3 * width, bias: false, initializer: initializer)(input, in: scope["qkv"])
      .reshaped([rows, time, 3, heads, size])
    let parts = (0..<3).map { part in
      all.sliced([0..<rows, 0..<time, part..<(part + 1), 0..<heads, 0..<size])
        .reshaped([rows, time, heads, size]).transposed([0, 2, 1, 3])
    }
    let scores = parts[0].matmul(parts[1].transposed())
    let weights = scores.causalSoftmax(scale: 1 / Double(size).squareRoot())
    let mixed = Dropout(dropout)(weights, in: scope).matmul(parts[2])
    return Dense(width, bias: false, initializer: projectionInitializer)(
      mixed.transposed([0, 2, 1, 3]).reshaped([rows, time, width]), in: scope["projection"])
  }
}
