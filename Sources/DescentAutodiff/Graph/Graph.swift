/// One operation with its operands, by their index in the graph.
package struct Node: Sendable, Hashable {
  package var primitive: Primitive
  package var operands: [Int32]
  package var shape: [Int]

  package var count: Int { shape.reduce(1, *) }
}

/// A computation as a flat array of nodes; operands always come before their uses.
///
/// Equal nodes are made once (common subexpressions), operations on constants are done at once.
package struct Graph: Sendable {
  package private(set) var nodes: [Node] = []
  /// Values of constant arrays.
  package private(set) var arrays: [[Double]] = []
  private var known: [Node: Int32] = [:]

  package init() {}

  package subscript(_ id: Int32) -> Node { nodes[Int(id)] }

  /// Keeps a constant array and returns its index.
  package mutating func addArray(_ values: [Double]) -> Int {
    arrays.append(values)
    return arrays.count - 1
  }

  /// The index of this operation: an equal one made before, what it simplifies to, or a new node.
  package mutating func insert(_ primitive: Primitive, _ operands: [Int32], shape: [Int]) -> Int32 {
    if let simpler = simplified(primitive, operands, shape: shape) { return simpler }
    let node = Node(primitive: primitive, operands: operands, shape: shape)
    if let id = known[node] { return id }
    let id = Int32(nodes.count)
    nodes.append(node)
    known[node] = id
    return id
  }

  private func areApart(_ starts: [[Int]], _ parts: [Int32]) -> Bool {
    let blocks = zip(starts, parts).map { start, id in zip(start, self[id].shape).map { $0..<($0 + $1) } }
    return blocks.indices.allSatisfy { i in
      blocks[..<i].allSatisfy { other in !zip(blocks[i], other).allSatisfy { $0.overlaps($1) } }
    }
  }

  private func constant(_ id: Int32) -> Double? {
    if case .constant(let value) = self[id].primitive { value } else { nil }
  }

  // Only what keeps every value as it is, for operands that are not finite too: x + 0 and x · 1, but not x · 0.
  private mutating func simplified(_ primitive: Primitive, _ operands: [Int32], shape: [Int]) -> Int32? {
    switch primitive {
    case .elementwise(let operation):
      let values = operands.map(constant)
      let known = values.compactMap(\.self)
      if known.count == operands.count { return insert(.constant(operation.value(of: known)), [], shape: shape) }
      switch operation {
      case .multiply where values[1] == 1: return operands[0]
      case .multiply where values[0] == 1: return operands[1]
      case .divide where values[1] == 1: return operands[0]
      case .multiply where values[1] == -1: return insert(.elementwise(.negate), [operands[0]], shape: shape)
      case .multiply where values[0] == -1: return insert(.elementwise(.negate), [operands[1]], shape: shape)
      case .add where values[1] == 0: return operands[0]
      case .add where values[0] == 0: return operands[1]
      case .add:
        // Pads that do not overlap are one pad with several operands.
        if case .pad(let a) = self[operands[0]].primitive, case .pad(let b) = self[operands[1]].primitive {
          let parts = self[operands[0]].operands + self[operands[1]].operands
          if areApart(a + b, parts) { return insert(.pad(starts: a + b), parts, shape: shape) }
        }
      case .subtract where values[1] == 0: return operands[0]
      case .negate:
        let inner = self[operands[0]]
        if inner.primitive == .elementwise(.negate) { return inner.operands[0] }
      default: break
      }
      return nil
    case .expand, .reshape, .transpose, .slice:
      if let value = constant(operands[0]) { return insert(.constant(value), [], shape: shape) }
      let inner = self[operands[0]]
      if case .transpose = primitive {
      } else if inner.shape == shape {
        return operands[0]
      }
      if primitive == .reshape, inner.primitive == .reshape {
        return insert(.reshape, inner.operands, shape: shape)
      }
      if case .transpose(let permutation) = primitive {
        if permutation == Array(permutation.indices) { return operands[0] }
        if case .transpose(let first) = inner.primitive {
          return insert(.transpose(permutation: permutation.map { first[$0] }), inner.operands, shape: shape)
        }
      }
      return nil
    case .sum(let dimensions):
      let inner = self[operands[0]]
      let repeats = inner.shape[dimensions].reduce(1, *)
      if let value = constant(operands[0]) { return insert(.constant(value * Double(repeats)), [], shape: shape) }
      return inner.shape == shape ? operands[0] : nil
    case .largest:
      if let value = constant(operands[0]) { return insert(.constant(value), [], shape: shape) }
      return self[operands[0]].shape == shape ? operands[0] : nil
    case .pad:
      return operands.count == 1 && self[operands[0]].shape == shape ? operands[0] : nil
    case .source, .constant, .array, .product, .softmax, .crossEntropy, .oneHot, .gather, .scatter, .mask, .convolution,
      .window:
      return nil
    }
  }
}
