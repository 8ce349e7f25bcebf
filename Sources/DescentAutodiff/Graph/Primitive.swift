/// An operation on elements; operands have the shape of the result.
package enum ElementwiseOperation: UInt8, Sendable, Hashable, CaseIterable {
  case negate, exp, log, tanh, sigmoid, relu, positive, sqrt, reciprocal, abs, sign, square, erf, sin, cos
  /// The Gaussian error linear unit by its tanh approximation, and its derivative.
  case geluTanh, geluTanhSlope
  case add, subtract, multiply, divide, maximum, minimum, greater, power
  case select

  /// How many operands it takes.
  package var arity: Int {
    switch self {
    case .negate, .exp, .log, .tanh, .sigmoid, .relu, .positive, .sqrt, .reciprocal, .abs, .sign, .square, .erf, .sin,
      .cos, .geluTanh, .geluTanhSlope:
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
  /// Zeros, with each operand at its start; operands do not overlap.
  case pad(starts: [[Int]])
  /// Sum over neighbouring dimensions, which stay with size 1.
  case sum(dimensions: Range<Int>)
  /// Maximum over neighbouring dimensions, which stay with size 1.
  case largest(dimensions: Range<Int>)
  /// op(A)·op(B) over the last two dimensions; leading dimensions are equal batches.
  case product(transposeLeft: Bool, transposeRight: Bool)
  /// Softmax of `scale` times the last dimension; if causal, row i of the last two dimensions (a square) sees the
  /// columns up to i only, and the others are 0.
  case softmax(scale: Double, isCausal: Bool)
  /// −log softmax(logits)[label] for each row of logits `[rows, classes]`.
  case crossEntropy
  /// A row of zeros with a one at the label, for each label.
  case oneHot
  /// Rows of a table `[rows, columns]` by their numbers, operands in this order.
  case gather
  /// The transpose of gathering: rows added up by their numbers into a table; operands are numbers and rows.
  case scatter
  /// 1/keep with probability `keep`, else 0, for each element; the operand is the generator's state, `layer` tells
  /// masks with the same state apart.
  case mask(keep: Double, layer: Int)
  /// One of the three bilinear maps of a convolution, made from the other two operands.
  case convolution(Window, ConvolutionPart)
  /// What is done under a window of a picture, channel by channel.
  case window(Window, WindowPart)
}

/// The three bilinear maps of a convolution: each is what the other two's derivatives are made of.
package enum ConvolutionPart: Sendable, Hashable {
  /// From picture and kernel.
  case result
  /// The transpose in the picture, from result and kernel.
  case picture
  /// The transpose in the kernel, from picture and result.
  case kernel
}

/// What pooling does under a window.
package enum WindowPart: Sendable, Hashable {
  /// The largest element of the picture.
  case maximum
  /// Of a second picture, the element where the first has its largest.
  case pick
  /// The transpose of `pick`: elements of a result to where the first picture has its largest.
  case place
  /// The sum of the elements.
  case sum
  /// The transpose of `sum`.
  case spread
}

extension Primitive {
  /// Whether it may have an operand of whole numbers.
  var readsLabels: Bool {
    switch self {
    case .crossEntropy, .oneHot, .gather, .scatter, .mask: true
    default: false
    }
  }

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
    case .gather, .scatter: "gather"
    case .mask: "dropout"
    case .convolution: "convolution"
    case .window: "pool"
    }
  }
}
