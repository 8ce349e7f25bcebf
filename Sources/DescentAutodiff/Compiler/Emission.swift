package import CDescentKernels

/// The instructions of a program with everything they refer to.
package struct Emission {
  package private(set) var instructions: [dk_instruction] = []
  /// What each instruction does, for people.
  package private(set) var notes: [InstructionNote] = []
  /// Instructions of the first stage; the others make the second.
  package private(set) var firstStageCount = 0
  package private(set) var chains: [ChainLayout.Chain] = []
  package private(set) var walks: [dk_walk] = []
  package private(set) var windows: [dk_window] = []
  package private(set) var refs: [dk_ref] = []
  package let constants: [Double]
  package let arenaCount: Int
  package let keptCount: Int
  package let bufferNames: [String]
  private let graph: Graph
  private let fusion: Fusion
  private let memory: MemoryPlan
  private var note = InstructionNote(operations: [.reshape], operands: [], results: [])

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
      note = InstructionNote(unit, fusion: fusion, graph: graph)
      emit(unit)
    }
    // A copy may be of a repeated input, so copies belong to the second stage if there is one.
    if fusion.isStaged, firstStage == nil { firstStage = instructions.count }
    for output in outputs {
      note = InstructionNote(operations: [.reshape], operands: [output.tensor.shape], results: [output.tensor.shape])
      copyIfElsewhere(output)
    }
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
    if let part = fusion.destinations[id] { return place(part.node, plus: part.offset + offset) }
    guard let location = memory.location[Int(id)] else { preconditionFailure("value \(id) has no place") }
    return ref(location, plus: offset)
  }

  private mutating func append(
    _ opcode: dk_opcode, out: dk_ref, _ a: dk_ref = dk_ref(), _ b: dk_ref = dk_ref(), sizes: [Int], flags: Int = 0,
    detail: Int = 0, refs: Int = 0, strides: [Int] = [], value: Double = 0
  ) {
    func size(_ i: Int) -> Int64 { i < sizes.count ? Int64(sizes[i]) : 1 }
    func stride(_ i: Int) -> Int64 { i < strides.count ? Int64(strides[i]) : 0 }
    let (a0, b0, c0) = (
      (stride(0), stride(1), stride(2)), (stride(3), stride(4), stride(5)), (stride(6), stride(7), stride(8))
    )
    notes.append(note)
    instructions.append(
      dk_instruction(
        opcode: Int32(opcode.rawValue), flags: Int32(flags), detail: Int32(detail), refs: Int32(refs),
        sizes: (size(0), size(1), size(2), size(3), size(4)),
        strides: (a0.0, a0.1, a0.2, b0.0, b0.1, b0.2, c0.0, c0.1, c0.2), value: value,
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
    if unit.hasRows { return emitChain(unit) }
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
      if fusion.destinations[operands[0]] != nil { return }
      let source = strides(graph[node.operands[0]].shape)
      let walk = Walk(sizes: node.shape, source: permutation.map { source[$0] }, destination: resultStrides(id))
      copy(place(operands[0]), to: place(id), walk)
    case .slice(let start):
      let source = strides(graph[node.operands[0]].shape)
      let first = zip(start, source).reduce(0) { $0 + $1.0 * $1.1 }
      copy(
        place(operands[0], plus: first), to: place(id),
        Walk(sizes: node.shape, source: source, destination: resultStrides(id)))
    case .pad(let starts):
      let destination = strides(node.shape)
      let covered = node.operands.reduce(0) { $0 + graph[$1].count }
      if covered < node.count {
        note = .fill(0, node.shape)
        fill(place(id), count: node.count, with: 0)
      }
      for (index, start) in starts.enumerated() where fusion.destinations[operands[index]] == nil {
        let inner = graph[node.operands[index]]
        note = InstructionNote(operations: [node.primitive], operands: [inner.shape], results: [node.shape])
        let first = zip(start, destination).reduce(0) { $0 + $1.0 * $1.1 }
        copy(
          place(operands[index]), to: place(id, plus: first),
          Walk(sizes: inner.shape, source: strides(inner.shape), destination: destination))
      }
    case .sum(let dimensions), .largest(let dimensions):
      let shape = graph[node.operands[0]].shape
      let isLargest = if case .largest = node.primitive { true } else { false }
      append(
        DK_RUN_REDUCE, out: place(id), place(operands[0]),
        sizes: [
          shape[..<dimensions.lowerBound].reduce(1, *), shape[dimensions].reduce(1, *),
          shape[dimensions.upperBound...].reduce(1, *),
        ], flags: isLargest ? Int(DK_TAKE_MAXIMUM) : 0)
    case .product:
      emitProduct(id)
    case .softmax(let scale, let isCausal):
      let columns = node.shape.last ?? 1
      append(
        DK_RUN_SOFTMAX, out: place(id), place(operands[0]),
        sizes: [node.count / max(1, columns), columns, isCausal ? columns : 0], value: scale)
    case .crossEntropy:
      append(
        DK_RUN_CROSS_ENTROPY, out: place(id), place(operands[0]), place(operands[1]),
        sizes: graph[node.operands[0]].shape)
    case .oneHot:
      let classes = node.shape.last ?? 1
      append(DK_RUN_ONE_HOT, out: place(id), place(operands[0]), sizes: [node.count / max(1, classes), classes])
    case .gather:
      let table = graph[node.operands[0]].shape
      append(
        DK_RUN_GATHER, out: place(id), place(operands[0]), place(operands[1]),
        sizes: [node.count / max(1, table[1]), table[1], table[0]])
    case .scatter:
      append(
        DK_RUN_SCATTER, out: place(id), place(operands[0]), place(operands[1]),
        sizes: [graph[node.operands[0]].count, node.shape[1], node.shape[0]])
    case .mask(let keep, let layer):
      append(DK_RUN_MASK, out: place(id), place(operands[0]), sizes: [node.count], detail: layer, value: keep)
    case .convolution(let window, let part):
      emitConvolution(id, node, window, part)
    case .window(let window, let part):
      emitWindow(id, node, window, part)
    }
  }

  private mutating func emitConvolution(_ id: Int32, _ node: Node, _ window: Window, _ part: ConvolutionPart) {
    let operands = fusion.operands(of: id).map(\.node)
    let (a, b) = (graph[node.operands[0]].shape, graph[node.operands[1]].shape)
    let (picture, kernel, result, flag) =
      switch part {
      case .result: (a, b, node.shape, DK_CONVOLVE_RESULT)
      case .picture: (node.shape, b, a, DK_CONVOLVE_PICTURE)
      case .kernel: (a, node.shape, b, DK_CONVOLVE_KERNEL)
      }
    windows.append(window.over(picture, result: result, kernel: kernel))
    append(
      DK_RUN_CONVOLVE, out: place(id), place(operands[0]), place(operands[1]), sizes: [], flags: Int(flag.rawValue),
      detail: windows.count - 1)
  }

  private mutating func emitWindow(_ id: Int32, _ node: Node, _ window: Window, _ part: WindowPart) {
    let operands = fusion.operands(of: id).map { place($0.node) }
    let first = graph[node.operands[0]].shape
    let (picture, result, flag) =
      switch part {
      case .maximum: (first, node.shape, DK_WINDOW_MAXIMUM)
      case .pick: (first, node.shape, DK_WINDOW_PICK)
      case .place: (first, graph[node.operands[1]].shape, DK_WINDOW_PLACE)
      case .sum: (first, node.shape, DK_WINDOW_SUM)
      case .spread: (node.shape, first, DK_WINDOW_SPREAD)
      }
    windows.append(window.over(picture, result: result, kernel: nil))
    append(
      DK_RUN_WINDOW, out: place(id), operands[0], operands.count > 1 ? operands[1] : dk_ref(), sizes: [],
      flags: Int(flag.rawValue), detail: windows.count - 1)
  }

  private func resultStrides(_ id: Int32) -> [Int] { fusion.destinations[id]?.strides ?? strides(graph[id].shape) }

  private mutating func emitProduct(_ id: Int32) {
    let plan = fusion.plan(of: id)
    let operands = fusion.operands(of: id).map(\.node)
    let (left, right) = plan.isTurned ? (operands[1], operands[0]) : (operands[0], operands[1])
    let flags =
      (plan.left.isTransposed ? Int(DK_TRANSPOSE_A) : 0) | (plan.right.isTransposed ? Int(DK_TRANSPOSE_B) : 0)
    append(
      DK_RUN_GEMM, out: place(id), place(left, plus: plan.left.offset), place(right, plus: plan.right.offset),
      sizes: [plan.rows, plan.columns, plan.depth] + plan.batches, flags: flags,
      strides: [plan.left, plan.right, plan.result].flatMap { $0.batchStrides + [$0.leading] })
  }

  private mutating func emitChain(_ unit: Unit) {
    let chain = ChainLayout(unit, fusion: fusion, graph: graph)
    chains.append(chain.chain)
    let firstRef = refs.count
    refs += chain.inputs.map { place($0.node) } + chain.results.map { place($0) }
    append(
      DK_RUN_CHAIN, out: place(chain.results[chain.results.count - 1]), sizes: [unit.count], detail: chains.count - 1,
      refs: firstRef)
  }

  // A result that is no computed value (a source, a constant), or that stands elsewhere already.
  private mutating func copyIfElsewhere(_ output: ProgramOutput) {
    let id = fusion.stripped(output.tensor.id)
    let wanted = Location.external(buffer: output.buffer.index, offset: output.offset)
    guard memory.location[Int(id)] != wanted else { return }
    let count = output.tensor.count
    if case .constant(let value) = graph[id].primitive {
      note = .fill(value, output.tensor.shape)
      fill(ref(wanted), count: count, with: value)
    } else {
      copy(place(id), to: ref(wanted), Walk(sizes: [count], source: [1], destination: [1]))
    }
  }
}

extension Window {
  /// The window as the kernels take it.
  func over(_ picture: [Int], result: [Int], kernel: [Int]?) -> dk_window {
    dk_window(
      batch: Int64(picture[0]), height: Int64(picture[1]), width: Int64(picture[2]), channels: Int64(picture[3]),
      kernel_height: Int64(height), kernel_width: Int64(width), stride_y: Int64(strideY), stride_x: Int64(strideX),
      pad_y: Int64(top), pad_x: Int64(left), out_height: Int64(result[1]), out_width: Int64(result[2]),
      out_channels: Int64(kernel?[3] ?? picture[3]))
  }
}
