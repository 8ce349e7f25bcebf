public import DescentAutodiff

/// Batch normalisation: every channel (the last dimension) is brought to mean 0 and variance 1 over all other
/// dimensions, then scaled and shifted.
///
/// In ``ModelMode/BatchStatistics/batch`` mode it uses the mean and (biased) variance of the rows at hand, and keeps
/// running averages: r ← (1 − momentum)·r + momentum·new, with the unbiased variance, as PyTorch does. In `running` mode
/// it uses those.
///
/// - Source: Ioffe & Szegedy 2015 (arXiv:1502.03167), algorithms 1 and 2.
public struct BatchNorm: Sendable, Hashable {
  /// Weight of the new statistics in the running averages.
  public var momentum: Double
  /// Added to the variance.
  public var epsilon: Double

  public init(momentum: Double = 0.1, epsilon: Double = 1e-5) {
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    scope.noteBatchNormalization()
    guard input.rank >= 2 else {
      return scope.tape.fail("batchNorm", "needs [rows, …, channels], not \(input.shape)", shape: input.shape)
    }
    let channels = input.shape[input.rank - 1]
    let weight = scope.parameter("weight", shape: [channels], initializer: .constant(1))
    let bias = scope.parameter("bias", shape: [channels], initializer: .constant(0))
    let runningMean = scope.kept("running_mean", shape: [channels], start: 0)
    let runningVariance = scope.kept("running_var", shape: [channels], start: 1)
    guard scope.mode.batchStatistics == .batch else {
      return (input - runningMean) * ((runningVariance + epsilon).squareRoot().reciprocal() * weight) + bias
    }
    let others = Array(0..<(input.rank - 1))
    let count = Double(input.count / max(1, channels))
    let mean = input.mean(others)
    let centered = input - mean
    let variance = centered.squared().mean(others)
    let unbiased = variance * (count / max(1, count - 1))
    scope.keep("running_mean", as: (1 - momentum) * runningMean + momentum * mean.reshaped([channels]))
    scope.keep("running_var", as: (1 - momentum) * runningVariance + momentum * unbiased.reshaped([channels]))
    return centered * (variance + epsilon).squareRoot().reciprocal() * weight + bias
  }
}
