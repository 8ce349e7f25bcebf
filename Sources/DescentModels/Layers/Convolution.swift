public import DescentAutodiff

/// A 2-D convolution of pictures with a kernel `[size, size, channels, outputs]`, and a bias `[outputs]`.
public struct Convolution: Sendable, Hashable {
  /// Channels of the result.
  public var outputs: Int
  /// Rows and columns of the kernel.
  public var size: Int
  public var stride: Int
  /// Rows and columns of zeros around the picture.
  public var padding: Int
  public var hasBias: Bool
  /// How the kernel begins, with a fan-in of size²·channels; the bias begins at 0.
  public var initializer: Initializer

  /// - Parameters:
  ///   - outputs: channels of the result.
  ///   - size: rows and columns of the kernel.
  ///   - stride: rows and columns from one place to the next.
  ///   - padding: by default (size − 1)/2, which keeps the picture's size at stride 1 and an odd size.
  ///   - bias: whether one is added.
  ///   - initializer: how the kernel begins.
  public init(
    _ outputs: Int, size: Int = 3, stride: Int = 1, padding: Int? = nil, bias: Bool = true,
    initializer: Initializer = .he
  ) {
    self.outputs = outputs
    self.size = size
    self.stride = stride
    self.padding = padding ?? (size - 1) / 2
    hasBias = bias
    self.initializer = initializer
  }

  /// - Parameters:
  ///   - input: `[rows, height, width, channels]`.
  ///   - scope: where weight and bias come from.
  /// - Returns: `[rows, …, …, outputs]`.
  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    let channels = input.shape.last ?? 1
    let kernel = scope.parameter(
      "weight", shape: [size, size, channels, outputs], initializer: initializer, fanIn: size * size * channels,
      fanOut: size * size * outputs)
    let result = input.convolved(with: kernel, stride: stride, padding: padding)
    guard hasBias else { return result }
    return result + scope.parameter("bias", shape: [outputs], initializer: .constant(0))
  }
}
