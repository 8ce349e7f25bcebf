public import DescentAutodiff

/// Layer normalisation: the last dimension is brought to mean 0 and variance 1, then scaled and shifted.
///
/// - Source: Ba, Kiros & Hinton 2016 (arXiv:1607.06450).
public struct LayerNorm: Sendable, Hashable {
  /// Added to the variance.
  public var epsilon: Double
  public var hasBias: Bool

  public init(epsilon: Double = 1e-5, bias: Bool = true) {
    self.epsilon = epsilon
    hasBias = bias
  }

  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let width = input.shape.last ?? 1
    let weight = scope.parameter("weight", shape: [width], initializer: .constant(1))
    let centered = input - input.mean([input.rank - 1])
    let variance = centered.squared().mean([input.rank - 1])
    let result = centered * (variance + epsilon).squareRoot().reciprocal() * weight
    return hasBias ? result + scope.parameter("bias", shape: [width], initializer: .constant(0)) : result
  }
}

/// Root-mean-square normalisation: the last dimension divided by √(mean of squares + ε), then scaled.
///
/// - Source: Zhang & Sennrich 2019 (arXiv:1910.07467).
public struct RMSNorm: Sendable, Hashable {
  /// Added to the mean of squares.
  public var epsilon: Double

  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let weight = scope.parameter("weight", shape: [input.shape.last ?? 1], initializer: .constant(1))
    let meanSquare = input.squared().mean([input.rank - 1])
    return input * (meanSquare + epsilon).squareRoot().reciprocal() * weight
  }
}
