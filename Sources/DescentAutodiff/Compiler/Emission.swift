package import CDescentKernels

/// The instructions of a program with everything they refer to.
package struct Emission {
  package private(set) var instructions: [dk_instruction] = []
  /// Instructions of the first stage; the others make the second.
  package private(set) var firstStageCount = 0
  package private(set) var chains: [Chain] = []
  package private(set) var walks: [dk_walk] = []
  package private(set) var refs: [dk_ref] = []
  package let constants: [Double]
  package let arenaCount: Int
  package let keptCount: Int
  package let bufferNames: [String]
  private let graph: Graph
  private let fusion: Fusion
  private let memory: MemoryPlan

  /// A fused chain, before its arrays are laid out for the kernels.
  package struct Chain {
    package var rows: Int
    package var columns: Int
    package var ops: [dk_chain_op]
    package var spreads: [UInt8]
    package var outputCount: Int
    package var registerCount: Int
  }

  /// Buffers of a run before the external ones.
  package static let arenaBuffer = 0
  package static let constantBuffer = 1
  package static let keptBuffer = 2
  package static let firstExternalBuffer = 3

  package init(graph: Graph, fusion: Fusion, memory: MemoryPlan, outputs: [ProgramOutput], bufferNames: [String]) {
    self.graph = graph
    self.fusion = fusion
    self.memory = memory
    self.bufferNames = bufferNames
    constants = memory.constants
    arenaCount = memory.arenaCount
    keptCount = memory.keptCount
    var firstStage: Int?
    for unit in fusion.units {
      if unit.stage == 1, firstStage == nil { firstStage = instructions.count }
      emit(unit)
    }
    // A copy may be of a repeated input, so copies belong to the second stage if there is one.
    if fusion.isStaged, firstStage == nil { firstStage = instructions.count }
    for output in outputs { copyIfElsewhere(output) }
    firstStageCount = firstStage ?? instructions.count
  }

  private func ref(_ location: Location, plus offset: Int = 0) -> dk_ref {
    switch location {
    case .external(let buffer, let start):
      dk_ref(buffer: Int32(Self.firstExternalBuffer + buffer), offset: Int64(start + offset))
    case .arena(let start): dk_ref(buffer: Int32(Self.arenaBuffer), offset: Int64(start + offset))
    case .kept(let start): dk_ref(buffer: Int32(Self.keptBuffer), offset: Int64(start + offset))
    case .constant(let index): dk_ref(buffer: Int32(Self.constantBuffer), offset: Int64(index + offset))
    }
  }

  private func place(_ id: Int32, plus offset: Int = 0) -> dk_ref {
    guard let location = memory.location[Int(id)] else { preconditionFailure("value \(id) has no place") }
    return ref(location, plus: offset)
  }

  private mutating func append(
    _ opcode: dk_opcode, out: dk_ref, _ a: dk_ref = dk_ref(), _ b: dk_ref = dk_ref(), sizes: [Int], flags: Int = 0,
    detail: Int = 0, refs: Int = 0, strides: [Int] = [], value: Double = 0
  ) {
    func size(_ i: Int) -> Int64 { i < sizes.count ? Int64(sizes[i]) : 1 }
    func stride(_ i: Int) -> Int64 { i < strides.count ? Int64(strides[i]) : 0 }
    instructions.append(
      dk_instruction(
        opcode: Int32(opcode.rawValue), flags: Int32(flags), detail: Int32(detail), refs: Int32(refs),
        sizes: (size(0), size(1), size(2), size(3)), strides: (stride(0), stride(1), stride(2)), value: value,
        out: out, in: (a, b)))
  }

  private mutating func fill(_ out: dk_ref, count: Int, with value: Double) {
    append(DK_RUN_FILL, out: out, sizes: [count], value: value)
  }

  private mutating func copy(_ source: dk_ref, to out: dk_ref, _ walk: Walk) {
    walks.append(walk.merged.cValue)
    append(DK_RUN_COPY, out: out, source, sizes: [], detail: walks.count - 1)
  }

  private mutating func emit(_ unit: Unit) {
    let id = unit.members[unit.members.count - 1]
    let node = graph[id]
    let operands = fusion.operands(of: id).map(\.node)
    switch node.primitive {
    case .source, .constant, .array, .reshape:
      break
    case .elementwise:
      emitChain(unit)
    case .expand:
      let shape = graph[node.operands[0]].shape
      let source = zip(strides(shape), shape).map { $1 == 1 ? 0 : $0 }
      copy(place(operands[0]), to: place(id), Walk(sizes: node.shape, source: source, destination: strides(node.shape)))
    case .transpose(let permutation):
      let source = strides(graph[node.operands[0]].shape)
      let walk = Walk(sizes: node.shape, source: permutation.map { source[$0] }, destination: strides(node.shape))
      copy(place(operands[0]), to: place(id), walk)
    case .slice(let start):
      let source = strides(graph[node.operands[0]].shape)
      let first = zip(start, source).reduce(0) { $0 + $1.0 * $1.1 }
      copy(
        place(operands[0], plus: first), to: place(id),
        Walk(sizes: node.shape, source: source, destination: strides(node.shape)))
    case .pad(let start):
      let inner = graph[node.operands[0]]
      let destination = strides(node.shape)
      let first = zip(start, destination).reduce(0) { $0 + $1.0 * $1.1 }
      fill(place(id), count: node.count, with: 0)
      copy(
        place(operands[0]), to: place(id, plus: first),
        Walk(sizes: inner.shape, source: strides(inner.shape), destination: destination))
    case .sum(let dimensions), .largest(let dimensions):
      let shape = graph[node.operands[0]].shape
      let isLargest = if case .largest = node.primitive { true } else { false }
      append(
        DK_RUN_REDUCE, out: place(id), place(operands[0]),
        sizes: [
          shape[..<dimensions.lowerBound].reduce(1, *), shape[dimensions].reduce(1, *),
          shape[dimensions.upperBound...].reduce(1, *),
        ], flags: isLargest ? Int(DK_TAKE_MAXIMUM) : 0)
    case .product(let transposeLeft, let transposeRight):
      emitProduct(id, node, transposeLeft, transposeRight)
    case .softmax:
      let columns = node.shape.last ?? 1
      append(DK_RUN_SOFTMAX, out: place(id), place(operands[0]), sizes: [node.count / max(1, columns), columns])
    case .crossEntropy:
      append(
        DK_RUN_CROSS_ENTROPY, out: place(id), place(operands[0]), place(operands[1]),
        sizes: graph[node.operands[0]].shape)
    case .oneHot:
      let classes = node.shape.last ?? 1
      append(DK_RUN_ONE_HOT, out: place(id), place(operands[0]), sizes: [node.count / max(1, classes), classes])
    }
  }

  private mutating func emitProduct(_ id: Int32, _ node: Node, _ transposeLeft: Bool, _ transposeRight: Bool) {
    let left = graph[node.operands[0]].shape
    let operands = fusion.operands(of: id).map(\.node)
    let rank = node.shape.count
    let (m, n) = (node.shape[rank - 2], node.shape[rank - 1])
    let k = transposeLeft ? left[rank - 2] : left[rank - 1]
    let flags = (transposeLeft ? Int(DK_TRANSPOSE_A) : 0) | (transposeRight ? Int(DK_TRANSPOSE_B) : 0)
    append(
      DK_RUN_GEMM, out: place(id), place(operands[0]), place(operands[1]),
      sizes: [m, n, k, node.shape[..<(rank - 2)].reduce(1, *)], flags: flags, strides: [m * k, k * n, m * n])
  }

  private mutating func emitChain(_ unit: Unit) {
    // Registers: the operands read from memory, then the results written to it, then scratch.
    var inputs: [Operand] = []
    for member in unit.members {
      for operand in fusion.operands(of: member) where !unit.members.contains(operand.node) || operand.spread != .full {
        let key = Operand(node: operand.node, spread: operand.spread, columns: 0)
        if !inputs.contains(key) { inputs.append(key) }
      }
    }
    let results = unit.members.filter { fusion.isMaterialised[Int($0)] }
    var register: [Int32: Int] = [:]
    for (index, result) in results.enumerated() { register[result] = inputs.count + index }
    var next = inputs.count + results.count
    var free: [Int] = []
    var ops: [dk_chain_op] = []
    for (at, member) in unit.members.enumerated() {
      guard case .elementwise(let operation) = graph[member].primitive else { continue }
      let operands = fusion.operands(of: member)
      var sources = operands.map { operand -> Int in
        if let own = register[operand.node], operand.spread == .full, unit.members.contains(operand.node) {
          return own
        }
        return inputs.firstIndex(of: Operand(node: operand.node, spread: operand.spread, columns: 0)) ?? 0
      }
      // Scratch whose value is not read again may hold this result, since operations go element by element.
      for operand in Set(operands.map(\.node)) where unit.members.contains(operand) && !results.contains(operand) {
        let readAgain = unit.members[(at + 1)...].contains { later in
          fusion.operands(of: later).contains { $0.node == operand }
        }
        if !readAgain, let own = register[operand] { free.append(own) }
      }
      if register[member] == nil {
        register[member] = free.popLast() ?? next
        if register[member] == next { next += 1 }
      }
      while sources.count < 3 { sources.append(sources[0]) }
      ops.append(
        dk_chain_op(
          op: operation.kernel, destination: UInt8(register[member] ?? 0), a: UInt8(sources[0]),
          b: UInt8(sources[1]), c: UInt8(sources[2])))
    }
    let count = graph[unit.members[0]].count
    let columns = unit.columns > 0 ? unit.columns : count
    chains.append(
      Chain(
        rows: columns > 0 ? count / columns : 0, columns: columns, ops: ops, spreads: inputs.map(\.spread.rawValue),
        outputCount: results.count, registerCount: next))
    let firstRef = refs.count
    refs += inputs.map { place($0.node) } + results.map { place($0) }
    append(
      DK_RUN_CHAIN, out: place(results[results.count - 1]), sizes: [count], detail: chains.count - 1, refs: firstRef)
  }

  // A result that is no computed value (a source, a constant), or that stands elsewhere already.
  private mutating func copyIfElsewhere(_ output: ProgramOutput) {
    let id = fusion.stripped(output.tensor.id)
    let wanted = Location.external(buffer: output.buffer.index, offset: output.offset)
    guard memory.location[Int(id)] != wanted else { return }
    let count = output.tensor.count
    if case .constant(let value) = graph[id].primitive {
      fill(ref(wanted), count: count, with: value)
    } else {
      copy(place(id), to: ref(wanted), Walk(sizes: [count], source: [1], destination: [1]))
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
