internal import DescentAutodiff
internal import DescentModels

/// A dense network whose layers each have a width, a start and a bias or none of their own.
struct ExampleNetwork: Model, Hashable {
  struct Layer: Sendable, Hashable {
    var width: Int
    /// Standard deviation of the first weights.
    var deviation: Double
    /// That of the first biases; nil: no bias.
    var bias: Double?
  }

  var layers: [Layer]
  /// Between the layers.
  var activation: Activation
  /// Multiplies the result.
  var outputScale = 1.0

  func callAsFunction(_ input: Tensor, in scope: Scope) -> Tensor {
    var x = input
    for (index, layer) in layers.enumerated() {
      if index > 0 { x = activation(x) }
      let dense = Dense(layer.width, bias: false, initializer: .normal(layer.deviation))
      x = dense(x, in: scope["layer\(index)"])
      guard let bias = layer.bias else { continue }
      x = x + scope["layer\(index)"].parameter("bias", shape: [layer.width], initializer: .normal(bias))
    }
    return outputScale == 1 ? x : outputScale * x
  }
}
