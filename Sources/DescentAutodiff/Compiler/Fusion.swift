/// Decides which nodes run, in which order, and which element-wise nodes run together.
///
/// A node joins the unit of one of its consumers if every other use of it comes after that unit. So units run in the
/// order of their roots, and no unit needs a later one.
package struct Fusion: Sendable {
  /// The most members of one chain; keeps registers within the kernels' limit.
  static let maximumMembers = 40
  /// The longest row that operations between rows are fused for.
  static let maximumRow = 4096

  package internal(set) var units: [Unit] = []
  /// Whether some inputs repeat, so that there is a second stage.
  package let isStaged: Bool
  /// The unit of each node that runs, by node id; −1 for the others.
  package internal(set) var unitOf: [Int]
  /// For each node, whether something outside its own unit reads its memory.
  package internal(set) var isMaterialised: [Bool]
  let graph: Graph
  /// Where each product reads its operands, by node id.
  var productViews: [Int32: [View]] = [:]
  /// Where a value goes that is only part of another node's, by node id; such a value has no memory of its own.
  var destinations: [Int32: View] = [:]
  /// For each node, whether the outputs need it.
  private(set) var isLive: [Bool]
  private(set) var stage: [Int]

  package init(graph: Graph, outputs: [Int32], repeated: Set<Int>, options: CompileOptions) {
    self.graph = graph
    isStaged = !repeated.isEmpty
    let nodes = graph.nodes
    isLive = [Bool](repeating: false, count: nodes.count)
    stage = [Int](repeating: 0, count: nodes.count)
    unitOf = [Int](repeating: -1, count: nodes.count)
    isMaterialised = [Bool](repeating: false, count: nodes.count)
    for output in outputs { isLive[Int(output)] = true }
    for id in nodes.indices.reversed() where isLive[id] {
      for operand in nodes[id].operands { isLive[Int(operand)] = true }
    }
    for id in nodes.indices where isLive[id] {
      if case .source(let buffer, _, _) = nodes[id].primitive, repeated.contains(buffer) { stage[id] = 1 }
      for operand in nodes[id].operands { stage[id] = max(stage[id], stage[Int(operand)]) }
    }
    for output in outputs { isMaterialised[Int(stripped(output))] = true }
    if options.fuses { lookThroughProducts() }
    group(options: options)
    if options.fuses { recompute(keeping: Set(outputs.map(stripped))) }
  }

  /// The node whose memory holds the value of `id`: reshapes share it with their operand.
  package func stripped(_ id: Int32) -> Int32 {
    var id = id
    while graph[id].primitive == .reshape { id = graph[id].operands[0] }
    return id
  }

  /// How element-wise node `consumer` reads its operand `id`: through a broadcast where its pattern allows.
  package func operand(_ id: Int32) -> Operand {
    let node = graph[id]
    if case .constant = node.primitive { return Operand(node: id, spread: .scalar, columns: 0) }
    if node.count == 1 { return Operand(node: stripped(id), spread: .scalar, columns: 0) }
    guard node.primitive == .expand else { return Operand(node: stripped(id), spread: .full, columns: 0) }
    let source = node.operands[0]
    guard let (spread, columns) = pattern(from: graph[source].shape, to: node.shape) else {
      return Operand(node: id, spread: .full, columns: 0)
    }
    return Operand(node: stripped(source), spread: spread, columns: columns)
  }

  private func pattern(from source: [Int], to target: [Int]) -> (Spread, Int)? {
    let kept = target.indices.filter { source[$0] > 1 }
    let repeated = target.indices.filter { source[$0] == 1 && target[$0] > 1 }
    guard let firstKept = kept.first, let lastKept = kept.last else { return (.scalar, 0) }
    guard let firstRepeated = repeated.first, let lastRepeated = repeated.last else { return (.full, 0) }
    if lastRepeated < firstKept { return (.row, target[firstKept...].reduce(1, *)) }
    if lastKept < firstRepeated { return (.column, target[firstRepeated...].reduce(1, *)) }
    return nil
  }

  /// What the node's instruction reads.
  package func operands(of id: Int32) -> [Operand] {
    let node = graph[id]
    if case .elementwise = node.primitive {
      let found = node.operands.map(operand)
      // A chain has rows of one length; a broadcast with rows of another is spread out in memory first.
      let columns = found.map(\.columns).max() ?? 0
      return zip(node.operands, found).map { id, operand in
        operand.columns == 0 || operand.columns == columns ? operand : Operand(node: id, spread: .full, columns: 0)
      }
    }
    if let views = productViews[id] { return views.map { Operand(node: $0.node, spread: .full, columns: 0) } }
    return node.operands.map { Operand(node: stripped($0), spread: .full, columns: 0) }
  }

  /// Whether a node has an instruction of its own or in a chain; sources, constants and reshapes have none.
  private func runs(_ id: Int) -> Bool {
    switch graph.nodes[id].primitive {
    case .source, .constant, .array, .reshape: false
    case .elementwise, .expand, .transpose, .slice, .pad, .sum, .largest, .product, .softmax, .crossEntropy, .oneHot,
      .gather, .scatter, .mask, .convolution, .window:
      true
    }
  }

  /// Elements per row of a sum or maximum along the last dimensions that may be part of a chain; nil for other nodes.
  private func rowLength(_ node: Node) -> Int? {
    switch node.primitive {
    case .sum(let dimensions), .largest(let dimensions):
      guard dimensions.upperBound == node.shape.count else { return nil }
      let columns = graph[node.operands[0]].shape[dimensions].reduce(1, *)
      // A single long row is better done by all threads.
      return (2...Self.maximumRow).contains(columns) && node.count > 0 ? columns : nil
    default: return nil
    }
  }

  private mutating func group(options: CompileOptions) {
    // Readers are found from the outputs back, so that a broadcast every reader absorbs is never made.
    var readers = [[Reading]](repeating: [], count: graph.nodes.count)
    var root = [Int32](repeating: -1, count: graph.nodes.count)
    var chains: [Int32: Unit] = [:]
    for id in graph.nodes.indices.reversed() where runs(id) && (isMaterialised[id] || !readers[id].isEmpty) {
      let node = graph.nodes[id]
      let uses = operands(of: Int32(id))
      let rowLength = options.fuses ? rowLength(node) : nil
      let isElementwise = if case .elementwise = node.primitive { true } else { false }
      let isFusible = options.fuses && (isElementwise || rowLength != nil)
      let joined = isFusible ? joined(Int32(id), node, uses, rowLength, readers[id], root, chains) : nil
      var unit = joined ?? Unit(members: [], stage: stage[id], count: node.count)
      if joined == nil, let rowLength {
        unit.count = node.count * rowLength
        unit.columns = rowLength
        unit.hasRows = true
      }
      unit.members.append(Int32(id))
      if options.fuses { destinations[Int32(id)] = destination(of: Int32(id), readBy: readers[id]) }
      root[id] = unit.members[0]
      if joined == nil { unit.columns = max(unit.columns, uses.map(\.columns).max() ?? 0) }
      chains[unit.members[0]] = unit
      for use in uses {
        readers[Int(use.node)].append(Reading(node: Int32(id), spread: use.spread, isFusible: isFusible))
      }
    }
    for (id, reading) in readers.enumerated() where root[id] >= 0 {
      if reading.contains(where: { root[Int($0.node)] != root[id] }) { isMaterialised[id] = true }
    }
    units = chains.values.sorted { ($0.stage, $0.members[0]) < ($1.stage, $1.members[0]) }
    for index in units.indices {
      units[index].members.sort()
      for member in units[index].members { unitOf[Int(member)] = index }
    }
  }

  /// A use of a node's value.
  struct Reading {
    var node: Int32
    var spread: Spread
    /// Whether the reader may be part of a chain.
    var isFusible: Bool
  }

  /// The chain that the node joins, as it is with it, or nil.
  private func joined(
    _ id: Int32, _ node: Node, _ uses: [Operand], _ rowLength: Int?, _ readers: [Reading], _ root: [Int32],
    _ chains: [Int32: Unit]
  ) -> Unit? {
    // The earliest reading chain is the only one that no other reader can come before.
    let first = readers.map { root[Int($0.node)] }.min()
    guard let first, var chain = chains[first], chain.stage == stage[Int(id)],
      chain.members.count < Self.maximumMembers
    else { return nil }
    let inside = readers.filter { root[Int($0.node)] == first }
    guard inside.allSatisfy(\.isFusible) else { return nil }
    if let rowLength {
      guard chain.takesRows(of: rowLength, count: node.count) else { return nil }
    } else if node.count == chain.count {
      let columns = uses.map(\.columns).max() ?? 0
      guard chain.columns == 0 || columns == 0 || columns == chain.columns else { return nil }
      chain.columns = max(chain.columns, columns)
    } else {
      guard chain.columns >= 2, chain.columns <= Self.maximumRow, node.count * chain.columns == chain.count,
        uses.allSatisfy({ $0.columns == 0 })
      else { return nil }
      chain.hasRows = true
    }
    let isPerRow = chain.isPerRow(node.count)
    for reading in inside {
      let readerIsPerRow = chain.isPerRow(graph[reading.node].count) && graph[reading.node].primitive.isElementwise
      // Whole rows are read as they are, one element for each row by its like or through a broadcast.
      let fits = isPerRow == readerIsPerRow ? reading.spread == .full : isPerRow && reading.spread == .column
      guard fits else { return nil }
    }
    return chain
  }
}

extension Unit {
  /// Makes room for a sum or maximum of rows with `count` results; false if this chain has other rows.
  fileprivate mutating func takesRows(of length: Int, count rows: Int) -> Bool {
    if columns == 0, count == rows, !hasRows {
      // Up to now one element for each row was all there was.
      count = rows * length
      columns = length
      hasRows = true
      return true
    }
    guard count == rows * length, columns == 0 || columns == length else { return false }
    columns = length
    hasRows = true
    return true
  }
}

extension Primitive {
  var isElementwise: Bool { if case .elementwise = self { true } else { false } }
}
