// Transposes, slices, reshapes and joins that cost nothing, because a product reads or writes through strides.
extension Fusion {
  /// The memory that holds a value, seen through transposes, slices and reshapes.
  private func view(of id: Int32) -> View {
    let node = graph[id]
    switch node.primitive {
    case .transpose(let permutation): return view(of: node.operands[0]).transposed(permutation)
    case .slice(let start): return view(of: node.operands[0]).block(at: start, size: node.shape)
    case .reshape:
      return view(of: node.operands[0]).reshaped(to: node.shape) ?? View(all: stripped(id), shape: node.shape)
    default: return View(all: id, shape: node.shape)
    }
  }

  mutating func lookThroughProducts() {
    for id in graph.nodes.indices where isLive[id] {
      guard case .product = graph.nodes[id].primitive else { continue }
      let views = graph.nodes[id].operands.map { view(of: $0) }
      if plan(of: Int32(id), reading: views, writing: View(all: Int32(id), shape: graph.nodes[id].shape)) != nil {
        productViews[Int32(id)] = views
      }
    }
  }

  private func plan(of id: Int32, reading views: [View], writing result: View) -> ProductPlan? {
    guard case .product(let transposeLeft, let transposeRight) = graph[id].primitive else { return nil }
    let rank = result.shape.count
    let swap = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
    return ProductPlan(
      left: transposeLeft ? views[0].transposed(swap) : views[0],
      right: transposeRight ? views[1].transposed(swap) : views[1], result: result)
  }

  private func operandViews(of id: Int32) -> [View] {
    productViews[id] ?? graph[id].operands.map { View(all: stripped($0), shape: graph[$0].shape) }
  }

  /// How a product is run.
  func plan(of id: Int32) -> ProductPlan {
    let result = destinations[id] ?? View(all: id, shape: graph[id].shape)
    guard let plan = plan(of: id, reading: operandViews(of: id), writing: result) else {
      preconditionFailure("whole matrices, row-major, are what every product can read and write")
    }
    return plan
  }

  /// Where a value can be written so that its one reader, which only moves it, has nothing to do; nil if nowhere.
  func destination(of id: Int32, readBy reading: [Reading]) -> View? {
    guard reading.count == 1, stage[Int(id)] == stage[Int(reading[0].node)], !isMaterialised[Int(id)] else {
      return nil
    }
    let node = graph[id]
    switch node.primitive {
    case .product, .transpose, .slice: break
    default: return nil
    }
    let reader = reading[0].node
    let whole = destinations[reader] ?? View(all: reader, shape: graph[reader].shape)
    let moved = graph[reader].operands
    let part: View
    switch graph[reader].primitive {
    case .transpose(let permutation):
      var inverse = permutation
      for (i, p) in permutation.enumerated() { inverse[p] = i }
      part = whole.transposed(inverse)
    case .pad(let starts):
      let places = moved.indices.filter { stripped(moved[$0]) == id }
      // Zeros are filled in when the pad itself runs, after the value.
      guard places.count == 1, moved.reduce(0, { $0 + graph[$1].count }) == graph[reader].count else { return nil }
      part = whole.block(at: starts[places[0]], size: graph[moved[places[0]]].shape)
    default:
      return nil
    }
    guard let fitted = part.reshaped(to: node.shape) else { return nil }
    if case .product = node.primitive {
      return plan(of: id, reading: operandViews(of: id), writing: fitted) == nil ? nil : fitted
    }
    return fitted
  }
}
