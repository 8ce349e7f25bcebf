public import DescentCore
internal import DescentRandom

/// A random direction whose parts are as long as the weights they belong to, so that slices of networks whose weights
/// differ in scale can be compared.
///
/// The weights of every output unit (a column of a dense layer's matrix, a filter of a convolution, a column of an
/// embedding) are one part; biases and the scales of normalisation layers, which are tensors of one dimension, stay as
/// they are.
///
/// - Parameters:
///   - layout: the tensors of the vector, with outputs as their last dimension.
///   - point: the weights, at least the layout's trainable part.
///   - seed: chooses the direction.
///   - index: which of several directions for a seed.
/// - Returns: as many elements as the layout's trainable part.
/// - Throws: ``CurvatureError`` if the point is shorter than that.
/// - Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets" (arXiv:1712.09913), section 4.
public func filterNormalizedDirection<Scalar: BinaryFloatingPoint & Sendable>(
  _ layout: ParameterLayout, at point: [Scalar], seed: UInt64 = 0, index: Int = 0
) throws -> [Scalar] {
  guard point.count >= layout.trainableCount else {
    throw CurvatureError(
      .unfit, "The layout has \(layout.trainableCount) trainable parameters, the point \(point.count).")
  }
  var random = RandomSequence(seed: seed, stream: .probing, index: UInt64(3 + index))
  var direction = [Scalar](repeating: 0, count: layout.trainableCount)
  for slice in layout.trainable where slice.shape.count > 1 {
    for i in slice.range { direction[i] = Scalar(random.normal()) }
    let outputs = max(1, slice.shape[slice.shape.count - 1])
    var squares = [(weight: Double, direction: Double)](repeating: (0, 0), count: outputs)
    for (place, i) in slice.range.enumerated() {
      squares[place % outputs].weight += Double(point[i]) * Double(point[i])
      squares[place % outputs].direction += Double(direction[i]) * Double(direction[i])
    }
    let factors = squares.map { $0.direction > 0 ? ($0.weight / $0.direction).squareRoot() : 0 }
    for (place, i) in slice.range.enumerated() { direction[i] *= Scalar(factors[place % outputs]) }
  }
  return direction
}
