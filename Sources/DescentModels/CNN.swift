public import DescentAutodiff

/// A convolutional network for pictures: blocks of convolution, activation and 2×2 maximum pooling, then a dense layer.
public struct CNN: Model, Hashable {
  /// Channels of each block's convolution.
  public var channels: [Int]
  /// Width of the last layer.
  public var outputs: Int
  /// Rows and columns of the kernels.
  public var kernelSize: Int
  public var activation: Activation
  public var initializer: Initializer
  /// Whether each convolution is followed by batch normalisation (and then has no bias).
  public var normalizes: Bool
  /// Before the last layer.
  public var dropout: Double

  public init(
    channels: [Int] = [16, 32], outputs: Int, kernelSize: Int = 3, activation: Activation = .relu,
    initializer: Initializer = .he, normalizes: Bool = false, dropout: Double = 0
  ) {
    self.channels = channels
    self.outputs = outputs
    self.kernelSize = kernelSize
    self.activation = activation
    self.initializer = initializer
    self.normalizes = normalizes
    self.dropout = dropout
  }

  /// - Parameters:
  ///   - input: `[rows, height, width]` or `[rows, height, width, channels]`.
  ///   - scope: where parameters come from.
  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let tape = input.tape
    var x = input.rank == 3 ? input.reshaped(input.shape + [1]) : input
    for (index, count) in channels.enumerated() {
      let name = "block\(index)"
      x = tape.scope(name) {
        self.block(x, channels: count, in: scope[name])
      }
    }
    let flat = x.reshaped([x.shape.first ?? 1, x.shape.dropFirst().reduce(1, *)])
    return tape.scope("output") {
      Dense(outputs, initializer: initializer)(Dropout(dropout)(flat, in: scope), in: scope["output"])
    }
  }

  private func block(_ x: Tensor, channels: Int, in scope: Scope) -> Tensor {
    let window = Window(2, 2, stride: 2)
    let y = Convolution(channels, size: kernelSize, bias: false, initializer: initializer)(x, in: scope["convolution"])
    if normalizes { return activation(BatchNorm()(y, in: scope["norm"])).maxPooled(window) }
    let bias = scope["convolution"].parameter("bias", shape: [channels], initializer: .constant(0))
    // What never falls as its input rises can be done after pooling: the same values for a quarter of the work.
    return activation.isMonotone ? activation(y.maxPooled(window) + bias) : activation(y + bias).maxPooled(window)
  }
}
