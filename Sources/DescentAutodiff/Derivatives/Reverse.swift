extension Tape {
  /// ∂`result`/∂x for each of `inputs`, by reverse accumulation; `result` must be a scalar.
  ///
  /// The gradient is made of the same operations, so it can be differentiated again.
  public func gradient(of result: Tensor, by inputs: [Tensor]) -> [Tensor] {
    guard result.count == 1 else {
      let message = "the result has the shape \(result.shape), not a scalar's"
      return inputs.map { fail("gradient", message, shape: $0.shape) }
    }
    return pullback(of: result, cotangent: constant(1, shape: result.shape), to: inputs)
  }

  /// Σ `cotangent`·∂`result`/∂x for each of `inputs` (vector–Jacobian products).
  public func pullback(of result: Tensor, cotangent: Tensor, to inputs: [Tensor]) -> [Tensor] {
    let depends = dependents(of: inputs, upTo: result.id)
    var cotangents = [Tensor?](repeating: nil, count: Int(result.id) + 1)
    cotangents[Int(result.id)] = cotangent
    for id in stride(from: Int(result.id), through: 0, by: -1) where depends[id] {
      guard let change = cotangents[id] else { continue }
      let node = graph.nodes[id]
      let operands = node.operands.map { Tensor(tape: self, id: $0, shape: graph[$0].shape) }
      let y = Tensor(tape: self, id: Int32(id), shape: node.shape)
      for (index, operand) in operands.enumerated() where depends[Int(operand.id)] {
        guard let part = reverse(node.primitive, at: index, operands: operands, result: y, cotangent: change) else {
          continue
        }
        cotangents[Int(operand.id)] = cotangents[Int(operand.id)].map { $0 + part } ?? part
      }
    }
    return inputs.map { input in
      let found = input.id <= result.id ? cotangents[Int(input.id)] : nil
      return found ?? constant(0, shape: input.shape)
    }
  }

  /// Which nodes up to `last` depend on one of `inputs`.
  func dependents(of inputs: [Tensor], upTo last: Int32) -> [Bool] {
    var depends = [Bool](repeating: false, count: Int(last) + 1)
    for input in inputs where input.id <= last { depends[Int(input.id)] = true }
    for id in 0...Int(last) where !depends[id] {
      depends[id] = graph.nodes[id].operands.contains { depends[Int($0)] }
    }
    return depends
  }
}

/// The part of operand `index` in the reverse rule of a primitive; nil if it has none.
private func reverse(
  _ primitive: Primitive, at index: Int, operands x: [Tensor], result y: Tensor, cotangent g: Tensor
) -> Tensor? {
  switch primitive {
  case .source, .constant, .array, .oneHot, .mask:
    return nil
  case .elementwise(let operation):
    return derivative(of: operation, at: index, operands: x, result: y).applied(to: g)
  case .expand:
    return g.sum(x[0].shape.indices.filter { x[0].shape[$0] != y.shape[$0] })
  case .reshape:
    return g.reshaped(x[0].shape)
  case .transpose(let permutation):
    var inverse = permutation
    for (i, p) in permutation.enumerated() { inverse[p] = i }
    return g.transposed(inverse)
  case .slice(let start):
    return g.padded(to: x[0].shape, at: start)
  case .pad(let starts):
    return g.sliced(zip(starts[index], x[index].shape).map { $0..<($0 + $1) })
  case .sum:
    return g.broadcast(to: x[0].shape)
  case .largest(let dimensions):
    return (g * shareOfLargest(x[0], y, dimensions))
  case .product(let transposeLeft, let transposeRight):
    switch (index, transposeLeft, transposeRight) {
    case (0, false, _): return .product(g, transposed: false, x[1], transposed: !transposeRight)
    case (0, true, _): return .product(x[1], transposed: transposeRight, g, transposed: true)
    case (_, _, false): return .product(x[0], transposed: !transposeLeft, g, transposed: false)
    case (_, _, true): return .product(g, transposed: true, x[0], transposed: transposeLeft)
    }
  case .softmax(let scale, _):
    // The Jacobian is symmetric.
    return softmaxChange(y, g, scale: scale)
  case .crossEntropy:
    return index == 0 ? (x[0].softmax() - x[1].oneHot(classes: x[0].shape[1])) * g.reshaped([y.shape[0], 1]) : nil
  case .gather:
    return index == 0 ? .scatter(g, rows: x[0].shape[0], by: x[1]) : nil
  case .scatter:
    return index == 1 ? .gather(g, by: x[0], shape: x[1].shape) : nil
  case .convolution(let window, let part):
    return change(of: part, window, at: index, x, g, like: x[index].shape)
  case .window(let window, let part):
    switch (part, index) {
    case (.maximum, _): return .window(window, .place, [x[0], g], shape: x[0].shape)
    case (.pick, 1): return .window(window, .place, [x[0], g], shape: x[1].shape)
    case (.place, 1): return .window(window, .pick, [x[0], g], shape: x[1].shape)
    case (.sum, _): return .window(window, .spread, [g], shape: x[0].shape)
    case (.spread, _): return .window(window, .sum, [g], shape: x[0].shape)
    // Which element is the largest does not change with a small change of the picture.
    case (.pick, _), (.place, _): return nil
    }
  }
}

/// A softmax's result changes by this along `t`: scale·y·(t − Σ y·t).
func softmaxChange(_ y: Tensor, _ t: Tensor, scale: Double) -> Tensor {
  let change = y * (t - (y * t).sum([y.rank - 1]))
  return scale == 1 ? change : change * scale
}

// Each of the three maps is linear in both operands, and its transpose in one of them is another of the three.
private func change(
  of part: ConvolutionPart, _ window: Window, at index: Int, _ x: [Tensor], _ g: Tensor, like shape: [Int]
) -> Tensor {
  switch (part, index) {
  case (.result, 0): .convolution(window, .picture, g, x[1], shape: shape)
  case (.result, _): .convolution(window, .kernel, x[0], g, shape: shape)
  case (.picture, 0): .convolution(window, .result, g, x[1], shape: shape)
  case (.picture, _): .convolution(window, .kernel, g, x[0], shape: shape)
  case (.kernel, 0): .convolution(window, .picture, x[1], g, shape: shape)
  case (.kernel, _): .convolution(window, .result, x[0], g, shape: shape)
  }
}

/// 1 at the largest element of each group, shared equally at ties, 0 elsewhere.
func shareOfLargest(_ x: Tensor, _ largest: Tensor, _ dimensions: Range<Int>) -> Tensor {
  let ties = 1 - largest.isGreater(than: x)
  return ties / ties.sum(Array(dimensions))
}
