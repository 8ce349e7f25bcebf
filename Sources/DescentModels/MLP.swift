public import DescentAutodiff

/// A multilayer perceptron: dense layers with an activation between them.
public struct MLP: Model, Hashable {
  /// Widths of the hidden layers.
  public var hidden: [Int]
  /// Width of the last layer.
  public var outputs: Int
  /// Between the layers; none after the last.
  public var activation: Activation
  /// How the weights begin; biases begin at 0.
  public var initializer: Initializer
  /// Whether each layer adds a bias.
  public var bias: Bool
  /// Before each activation.
  public var normalization: Normalization
  /// After each activation.
  public var dropout: Double

  public init(
    hidden: [Int], outputs: Int, activation: Activation = .relu, initializer: Initializer = .he, bias: Bool = true,
    normalization: Normalization = .none, dropout: Double = 0
  ) {
    self.hidden = hidden
    self.outputs = outputs
    self.activation = activation
    self.initializer = initializer
    self.bias = bias
    self.normalization = normalization
    self.dropout = dropout
  }

  public func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    var x = input.rank == 2 ? input : input.reshaped([input.shape.first ?? 1, input.shape.dropFirst().reduce(1, *)])
    for (index, width) in (hidden + [outputs]).enumerated() {
      let name = "layer\(index)"
      x = input.tape.scope(name) { Dense(width, bias: bias, initializer: initializer)(x, in: scope[name]) }
      guard index < hidden.count else { break }
      switch normalization {
      case .none: break
      case .batch: x = BatchNorm()(x, in: scope["norm\(index)"])
      case .layer: x = LayerNorm()(x, in: scope["norm\(index)"])
      }
      x = Dropout(dropout)(activation(x), in: scope)
    }
    return x
  }
}
