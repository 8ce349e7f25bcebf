/// An operation on elements; operands have the shape of the result.
package enum ElementwiseOperation: UInt8, Sendable, Hashable, CaseIterable {
  case negate, exp, log, tanh, sigmoid, relu, positive, sqrt, reciprocal, abs, sign, square, erf, sin, cos
  case add, subtract, multiply, divide, maximum, minimum, greater, power
  case select

  /// How many operands it takes.
  package var arity: Int {
    switch self {
    case .negate, .exp, .log, .tanh, .sigmoid, .relu, .positive, .sqrt, .reciprocal, .abs, .sign, .square, .erf, .sin,
      .cos:
      1
    case .add, .subtract, .multiply, .divide, .maximum, .minimum, .greater, .power: 2
    case .select: 3
    }
  }
}

/// The closed set of operations a graph is made of.
///
/// Every switch over it is exhaustive, so that the compiler refuses a primitive without a shape, a reverse rule, a
/// forward rule and an instruction. Everything else is composed of these.
package enum Primitive: Sendable, Hashable {
  /// Elements of an external buffer, from `offset` on; `isLabel` marks 32-bit integers, which have no derivative.
  case source(buffer: Int, offset: Int, isLabel: Bool)
  /// One value for every element.
  case constant(Double)
  /// A constant array, by its index in the graph.
  case array(Int)
  case elementwise(ElementwiseOperation)
  /// Dimensions of size 1 repeated to the size of the result.
  case expand
  case reshape
  /// Result dimension i is operand dimension `permutation[i]`.
  case transpose(permutation: [Int])
  /// The block that begins at `start` and has the size of the result.
  case slice(start: [Int])
  /// Zeros, with the operand at `start`.
  case pad(start: [Int])
  /// Sum over neighbouring dimensions, which stay with size 1.
  case sum(dimensions: Range<Int>)
  /// Maximum over neighbouring dimensions, which stay with size 1.
  case largest(dimensions: Range<Int>)
  /// op(A)·op(B) over the last two dimensions; leading dimensions are equal batches.
  case product(transposeLeft: Bool, transposeRight: Bool)
  /// Softmax over the last dimension.
  case softmax
  /// −log softmax(logits)[label] for each row of logits `[rows, classes]`.
  case crossEntropy
  /// A row of zeros with a one at the label, for each label.
  case oneHot
}

extension Primitive {
  /// The name used in error messages.
  package var name: String {
    switch self {
    case .source: "source"
    case .constant, .array: "constant"
    case .elementwise(let operation): "\(operation)"
    case .expand: "broadcast"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .slice: "slice"
    case .pad: "pad"
    case .sum: "sum"
    case .largest: "maximum"
    case .product: "matmul"
    case .softmax: "softmax"
    case .crossEntropy: "crossEntropy"
    case .oneHot: "oneHot"
    }
  }
}
