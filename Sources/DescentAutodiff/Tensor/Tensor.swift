/// A value in a traced computation: a shape and a place in the graph, no memory of its own.
///
/// Row-major. Shapes that differ are broadcast as in NumPy: aligned at the last dimension, sizes 1 repeated.
public struct Tensor {
  /// The tape this tensor belongs to.
  public let tape: Tape
  package let id: Int32
  /// Sizes of the dimensions; empty for a scalar.
  public let shape: [Int]

  package init(tape: Tape, id: Int32, shape: [Int]) {
    self.tape = tape
    self.id = id
    self.shape = shape
  }

  /// Number of dimensions.
  public var rank: Int { shape.count }
  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }

  package var node: Node { tape.graph[id] }
  package var isLabel: Bool { if case .source(_, _, true) = node.primitive { true } else { false } }
}

extension Tensor {
  package static func elementwise(_ operation: ElementwiseOperation, _ operands: [Tensor]) -> Tensor {
    let tape = operands[0].tape
    guard let shape = broadcastShape(operands.map(\.shape)) else {
      let shapes = operands.map { "\($0.shape)" }.joined(separator: " and ")
      return tape.fail("\(operation)", "shapes \(shapes) do not broadcast", shape: operands[0].shape)
    }
    return tape.record(.elementwise(operation), operands.map { $0.broadcast(to: shape) }, shape: shape)
  }
}

/// The common shape by NumPy's rule, or nil.
package func broadcastShape(_ shapes: [[Int]]) -> [Int]? {
  let rank = shapes.map(\.count).max() ?? 0
  var result = [Int](repeating: 1, count: rank)
  for shape in shapes {
    for (i, size) in shape.enumerated() {
      let at = rank - shape.count + i
      if result[at] == 1 { result[at] = size } else if size != 1, size != result[at] { return nil }
    }
  }
  return result
}
