public import DescentAutodiff

/// A learnt vector for each of a number of tokens.
public struct Embedding: Sendable, Hashable {
  /// Different tokens.
  public var tokens: Int
  /// Length of each vector.
  public var width: Int
  public var initializer: Initializer

  public init(_ tokens: Int, width: Int, initializer: Initializer = .normal(0.02)) {
    self.tokens = tokens
    self.width = width
    self.initializer = initializer
  }

  /// - Parameters:
  ///   - indices: whole numbers `[…]` below `tokens`.
  ///   - scope: where the table comes from.
  /// - Returns: `[…, width]`.
  public func callAsFunction(_ indices: Tensor, in scope: Scope) -> Tensor {
    table(in: scope).gathered(indices)
  }

  /// The vectors `[tokens, width]`; also the weight of an output layer that is tied to them.
  public func table(in scope: Scope) -> Tensor {
    scope.parameter("weight", shape: [tokens, width], initializer: initializer)
  }
}
