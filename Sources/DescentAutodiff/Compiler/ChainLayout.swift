package import CDescentKernels

/// A fused chain with its operands and results given registers.
///
/// Registers hold the operands read from memory, then the results written to it, then scratch.
package struct ChainLayout {
  /// What is read from memory, in the order of the registers.
  private(set) var inputs: [Operand] = []
  /// Members written to memory.
  let results: [Int32]
  private(set) var chain: Chain

  /// A chain before its arrays are laid out for the kernels.
  package struct Chain {
    package var rows: Int
    package var columns: Int
    package var ops: [dk_chain_op]
    /// Of the inputs, then of the outputs.
    package var spreads: [UInt8]
    package var inputCount: Int
    package var outputCount: Int
    package var registerCount: Int
    package var hasRows: Bool
  }

  private let unit: Unit
  private let fusion: Fusion
  private let graph: Graph
  private var register: [Int32: Int] = [:]
  // Members with one element for each row that stand repeated along the rows, too.
  private var repeated: [Int32: Int] = [:]
  private var next: Int
  private var free: [Int] = []
  private var ops: [dk_chain_op] = []

  init(_ unit: Unit, fusion: Fusion, graph: Graph) {
    self.unit = unit
    self.fusion = fusion
    self.graph = graph
    results = unit.members.filter { fusion.isMaterialised[Int($0)] }
    let count = unit.count
    let columns = unit.columns > 0 ? unit.columns : count
    chain = Chain(
      rows: columns > 0 ? count / columns : 0, columns: columns, ops: [], spreads: [], inputCount: 0,
      outputCount: results.count, registerCount: 0, hasRows: unit.hasRows)
    next = 0
    for member in unit.members {
      for operand in operands(of: member) where !unit.members.contains(operand.node) && !inputs.contains(operand) {
        inputs.append(operand)
      }
    }
    for (index, result) in results.enumerated() { register[result] = inputs.count + index }
    next = inputs.count + results.count
    for (at, member) in unit.members.enumerated() { place(member, at) }
    chain.ops = joinedOperations(ops, inputs: inputs.count, results: inputs.count + results.count)
    chain.spreads =
      inputs.map(\.spread.rawValue) + results.map { (isPerRow($0) ? Spread.perRow : Spread.full).rawValue }
    chain.inputCount = inputs.count
    chain.registerCount = next
  }

  private func isPerRow(_ member: Int32) -> Bool { unit.isPerRow(graph[member].count) }

  /// What a member reads, as this chain reads it.
  private func operands(of member: Int32) -> [Operand] {
    fusion.operands(of: member).map { operand in
      let readsPerRow = isPerRow(member) && graph[member].primitive.isElementwise && operand.spread == .full
      return Operand(node: operand.node, spread: readsPerRow ? .perRow : operand.spread, columns: 0)
    }
  }

  private mutating func place(_ member: Int32, _ at: Int) {
    let operands = operands(of: member)
    var sources: [Int] = []
    for operand in operands { sources.append(source(operand)) }
    // Scratch whose value is not read again may hold this result, since operations go element by element, and along
    // rows never write ahead of what they read.
    for operand in Set(operands.map(\.node)) where unit.members.contains(operand) {
      let readAgain = unit.members[(at + 1)...].contains { later in
        fusion.operands(of: later).contains { $0.node == operand }
      }
      if readAgain { continue }
      if let own = register[operand], !results.contains(operand) { free.append(own) }
      if let own = repeated[operand] { free.append(own) }
    }
    if register[member] == nil { register[member] = scratch() }
    while sources.count < 3 { sources.append(sources[0]) }
    ops.append(
      dk_chain_op(
        op: graph[member].primitive.kernel, destination: UInt8(register[member] ?? 0), a: UInt8(sources[0]),
        b: UInt8(sources[1]), c: UInt8(sources[2]), per_row: isPerRow(member) ? 1 : 0))
  }

  private mutating func scratch() -> Int {
    if let found = free.popLast() { return found }
    next += 1
    return next - 1
  }

  /// The register that holds an operand as it is read.
  private mutating func source(_ operand: Operand) -> Int {
    guard let own = register[operand.node], unit.members.contains(operand.node) else {
      return inputs.firstIndex(of: operand) ?? 0
    }
    guard operand.spread == .column else { return own }
    if let known = repeated[operand.node] { return known }
    let whole = scratch()
    repeated[operand.node] = whole
    ops.append(
      dk_chain_op(
        op: UInt8(DK_ROW_REPEAT.rawValue), destination: UInt8(whole), a: UInt8(own), b: UInt8(own), c: UInt8(own),
        per_row: 0))
    return whole
  }
}

extension Primitive {
  /// The kernel's number for a member of a chain.
  fileprivate var kernel: UInt8 {
    switch self {
    case .elementwise(let operation): operation.kernel
    case .largest: UInt8(DK_ROW_MAXIMUM.rawValue)
    default: UInt8(DK_ROW_SUM.rawValue)
    }
  }
}

extension ElementwiseOperation {
  /// The kernel's number for this operation.
  var kernel: UInt8 {
    let op =
      switch self {
      case .negate: DK_NEGATE
      case .exp: DK_EXP
      case .log: DK_LOG
      case .tanh: DK_TANH
      case .sigmoid: DK_SIGMOID
      case .relu: DK_RELU
      case .positive: DK_POSITIVE
      case .sqrt: DK_SQRT
      case .reciprocal: DK_RECIPROCAL
      case .abs: DK_ABS
      case .sign: DK_SIGN
      case .square: DK_SQUARE
      case .erf: DK_ERF
      case .sin: DK_SIN
      case .cos: DK_COS
      case .geluTanh: DK_GELU_TANH
      case .geluTanhSlope: DK_GELU_TANH_SLOPE
      case .add: DK_ADD
      case .subtract: DK_SUBTRACT
      case .multiply: DK_MULTIPLY
      case .divide: DK_DIVIDE
      case .maximum: DK_MAXIMUM
      case .minimum: DK_MINIMUM
      case .greater: DK_GREATER
      case .power: DK_POWER
      case .select: DK_SELECT
      }
    return UInt8(op.rawValue)
  }
}
