/// What an instruction does, kept for people and for measuring.
package struct InstructionNote: Sendable {
  /// One operation, or the members of a chain in order.
  package var operations: [Primitive]
  /// Shapes of what is read from memory.
  package var operands: [[Int]]
  /// Shapes of what is written.
  package var results: [[Int]]

  package init(operations: [Primitive], operands: [[Int]], results: [[Int]]) {
    self.operations = operations
    self.operands = operands
    self.results = results
  }

  init(_ unit: Unit, fusion: Fusion, graph: Graph) {
    operations = unit.members.map { graph[$0].primitive }
    let node = graph[unit.members[0]]
    guard unit.members.count > 1 || unit.hasRows || node.primitive.isElementwise else {
      operands = node.operands.map { graph[$0].shape }
      results = [node.shape]
      return
    }
    results = unit.members.filter { fusion.isMaterialised[Int($0)] }.map { graph[$0].shape }
    var read: Set<Int32> = []
    operands = []
    for member in unit.members {
      for operand in fusion.operands(of: member) where !unit.members.contains(operand.node) {
        // A constant of any shape is read as one element.
        if read.insert(operand.node).inserted {
          operands.append(operand.spread == .scalar ? [] : graph[operand.node].shape)
        }
      }
    }
  }

  /// Zeros, or a constant, written everywhere.
  static func fill(_ value: Double, _ shape: [Int]) -> InstructionNote {
    InstructionNote(operations: [.constant(value)], operands: [], results: [shape])
  }

  /// Elements read and written, each once.
  package var elements: Int {
    func count(_ shapes: [[Int]]) -> Int { shapes.reduce(0) { $0 + $1.reduce(1, *) } }
    switch operations[0] {
    // Of the larger tensor only the block is touched.
    case .slice: return 2 * count(results)
    case .pad: return 2 * count(operands)
    default: return count(operands) + count(results)
    }
  }

  /// Multiplications of a product or convolution; 0 for other instructions.
  package var multiplyAdds: Int {
    guard operations.count == 1, operands.count == 2 else { return 0 }
    let (a, b, c) = (operands[0].reduce(1, *), operands[1].reduce(1, *), (results.first ?? []).reduce(1, *))
    switch operations[0] {
    case .product(let transposeLeft, _):
      let left = operands[0]
      return c * (transposeLeft ? left[left.count - 2] : left[left.count - 1])
    // Each is a sum over the window of products of a result's element and a kernel's.
    case .convolution(_, .result): return c * b / max(1, operands[1][3])
    case .convolution(_, .picture): return a * b / max(1, operands[1][3])
    case .convolution(_, .kernel): return b * c / max(1, operands[1][3])
    default: return 0
    }
  }

  /// The operation's name, or those of a chain's members.
  package var text: String {
    let names = operations.map(\.listed)
    let shapes = [operands, results].map { $0.map(shapeText).joined(separator: ", ") }.filter { !$0.isEmpty }
      .joined(separator: " → ")
    return names.count == 1 ? "\(names[0])  \(shapes)" : "chain  \(shapes)  (\(names.joined(separator: " ")))"
  }
}

private func shapeText(_ shape: [Int]) -> String {
  shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: "×")
}

extension Primitive {
  /// The name in listings, with what tells it from its like.
  fileprivate var listed: String {
    switch self {
    case .product(let transposeLeft, let transposeRight):
      "product" + (transposeLeft ? " of a transpose" : "") + (transposeRight ? " with a transpose" : "")
    case .convolution(_, let part): "convolution(\(part))"
    case .window(_, let part): "window(\(part))"
    case .softmax(_, true): "causal softmax"
    case .scatter: "scatter"
    case .reshape: "copy"
    case .constant: "fill"
    default: name
    }
  }
}
