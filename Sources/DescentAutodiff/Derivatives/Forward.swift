extension Tape {
  /// The change of each of `results` when `inputs` change along `directions` (Jacobian–vector products), by forward
  /// accumulation.
  ///
  /// Applied to a gradient it gives exact Hessian–vector products (Pearlmutter 1994).
  public func tangents(of results: [Tensor], inputs: [Tensor], directions: [Tensor]) -> [Tensor] {
    for (input, direction) in zip(inputs, directions) where input.shape != direction.shape {
      let message = "the input \(input.shape) and its direction \(direction.shape) differ in shape"
      return results.map { fail("tangent", message, shape: $0.shape) }
    }
    guard let last = results.map(\.id).max() else { return [] }
    let depends = dependents(of: inputs, upTo: last)
    let needed = ancestors(of: results)
    var tangents = [Tensor?](repeating: nil, count: Int(last) + 1)
    for (input, direction) in zip(inputs, directions) where input.id <= last {
      tangents[Int(input.id)] = direction
    }
    for id in 0...Int(last) where depends[id] && needed[id] && tangents[id] == nil {
      let node = graph.nodes[id]
      let operands = node.operands.map { Tensor(tape: self, id: $0, shape: graph[$0].shape) }
      let y = Tensor(tape: self, id: Int32(id), shape: node.shape)
      for (index, operand) in operands.enumerated() {
        guard let change = tangents[Int(operand.id)],
          let part = forward(node.primitive, at: index, operands: operands, result: y, tangent: change)
        else { continue }
        tangents[id] = tangents[id].map { $0 + part } ?? part
      }
    }
    return results.map { tangents[Int($0.id)] ?? constant(0, shape: $0.shape) }
  }

  /// Which nodes the results are made of.
  func ancestors(of results: [Tensor]) -> [Bool] {
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    for result in results { needed[Int(result.id)] = true }
    for id in graph.nodes.indices.reversed() where needed[id] {
      for operand in graph.nodes[id].operands { needed[Int(operand)] = true }
    }
    return needed
  }
}

/// What a change of operand `index` adds to the result; nil if nothing.
private func forward(
  _ primitive: Primitive, at index: Int, operands x: [Tensor], result y: Tensor, tangent t: Tensor
) -> Tensor? {
  switch primitive {
  case .source, .constant, .array, .oneHot, .mask:
    return nil
  case .elementwise(let operation):
    return derivative(of: operation, at: index, operands: x, result: y).applied(to: t)
  case .expand:
    return t.broadcast(to: y.shape)
  case .reshape:
    return t.reshaped(y.shape)
  case .transpose(let permutation):
    return t.transposed(permutation)
  case .slice(let start):
    return t.sliced(zip(start, y.shape).map { $0..<($0 + $1) })
  case .pad(let starts):
    return t.padded(to: y.shape, at: starts[index])
  case .sum(let dimensions):
    return t.sum(Array(dimensions))
  case .largest(let dimensions):
    return (t * shareOfLargest(x[0], y, dimensions)).sum(Array(dimensions))
  case .product(let transposeLeft, let transposeRight):
    return index == 0
      ? .product(t, transposed: transposeLeft, x[1], transposed: transposeRight)
      : .product(x[0], transposed: transposeLeft, t, transposed: transposeRight)
  case .softmax(let scale, _):
    return softmaxChange(y, t, scale: scale)
  case .crossEntropy:
    guard index == 0 else { return nil }
    let slope = x[0].softmax() - x[1].oneHot(classes: x[0].shape[1])
    return (slope * t).sum([1]).reshaped(y.shape)
  case .gather:
    return index == 0 ? .gather(t, by: x[1], shape: y.shape) : nil
  case .scatter:
    return index == 1 ? .scatter(t, rows: y.shape[0], by: x[0]) : nil
  case .convolution(let window, let part):
    return .convolution(window, part, index == 0 ? t : x[0], index == 0 ? x[1] : t, shape: y.shape)
  case .window(let window, let part):
    switch (part, index) {
    case (.maximum, _): return .window(window, .pick, [x[0], t], shape: y.shape)
    case (.pick, 1), (.place, 1): return .window(window, part, [x[0], t], shape: y.shape)
    case (.sum, _), (.spread, _): return .window(window, part, [t], shape: y.shape)
    case (.pick, _), (.place, _): return nil
    }
  }
}
