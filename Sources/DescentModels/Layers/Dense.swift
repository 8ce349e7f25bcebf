public import DescentAutodiff

/// y = x·W + b, with W `[in, out]` and b `[out]`.
public struct Dense: Sendable, Hashable {
  /// Width of the result.
  public var outputs: Int
  /// Whether b is there.
  public var hasBias: Bool
  /// How W begins; b begins at 0.
  public var initializer: Initializer

  public init(_ outputs: Int, bias: Bool = true, initializer: Initializer = .he) {
    self.outputs = outputs
    hasBias = bias
    self.initializer = initializer
  }

  /// - Parameters:
  ///   - input: `[…, in]`.
  ///   - scope: where weight and bias come from.
  /// - Returns: `[…, out]`.
  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let inputs = input.shape.last ?? 1
    let weight = scope.parameter("weight", shape: [inputs, outputs], initializer: initializer)
    let product = input.matmul(weight)
    guard hasBias else { return product }
    return product + scope.parameter("bias", shape: [outputs], initializer: .constant(0))
  }
}
