/// Where a value lives while a program runs.
package enum Location: Sendable, Hashable {
  case external(buffer: Int, offset: Int)
  case arena(offset: Int)
  /// Memory that the second stage reads and no instruction reuses.
  case kept(offset: Int)
  /// Among the program's constants.
  case constant(index: Int)
}

/// Gives every materialised value a place: an external buffer, the constants, or the arena by liveness.
package struct MemoryPlan: Sendable {
  /// Elements of scratch memory.
  package private(set) var arenaCount = 0
  /// Elements that last from the first stage through every repetition of the second.
  package private(set) var keptCount = 0
  package private(set) var location: [Location?]
  /// Constants, scalars and arrays one after another.
  package private(set) var constants: [Double] = []
  private var scalarIndex: [UInt64: Int] = [:]

  /// A stretch of memory that is needed from unit `begin` to unit `end`.
  private struct Slot {
    var count: Int
    var begin: Int
    var end: Int
    var offset = 0
  }

  // Values start at multiples of 64 bytes in either precision.
  private func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  package init(fusion: Fusion, graph: Graph, outputs: [ProgramOutput], options: CompileOptions) {
    location = [Location?](repeating: nil, count: graph.nodes.count)
    placeSourcesAndConstants(graph, readWhole: splatsReadWhole(fusion, graph))
    for output in outputs {
      let id = Int(fusion.stripped(output.tensor.id))
      if location[id] == nil, fusion.unitOf[id] >= 0 {
        location[id] = .external(buffer: output.buffer.index, offset: output.offset)
      }
    }
    placeValues(fusion, graph, options)
  }

  // A chain reads a splat constant as one element; every other instruction reads all of them from memory.
  private func splatsReadWhole(_ fusion: Fusion, _ graph: Graph) -> Set<Int32> {
    var result: Set<Int32> = []
    for unit in fusion.units {
      for member in unit.members {
        if case .elementwise = graph[member].primitive { continue }
        for operand in fusion.operands(of: member) {
          if case .constant = graph[operand.node].primitive { result.insert(operand.node) }
        }
      }
    }
    return result
  }

  private mutating func placeSourcesAndConstants(_ graph: Graph, readWhole: Set<Int32>) {
    for (id, node) in graph.nodes.enumerated() {
      switch node.primitive {
      case .source(let buffer, let offset, _):
        location[id] = .external(buffer: buffer, offset: offset)
      case .constant(let value) where readWhole.contains(Int32(id)) && node.count > 1:
        location[id] = .constant(index: constants.count)
        constants += [Double](repeating: value, count: node.count)
      case .constant(let value):
        let index = scalarIndex[value.bitPattern] ?? constants.count
        if index == constants.count { constants.append(value) }
        scalarIndex[value.bitPattern] = index
        location[id] = .constant(index: index)
      case .array(let array):
        location[id] = .constant(index: constants.count)
        constants += graph.arrays[array]
      default:
        break
      }
    }
  }

  private mutating func placeValues(_ fusion: Fusion, _ graph: Graph, _ options: CompileOptions) {
    let units = fusion.units
    var lastUse = [Int](repeating: -1, count: graph.nodes.count)
    for (index, unit) in units.enumerated() {
      for member in unit.members {
        for operand in fusion.operands(of: member) {
          let reader = units[index].stage
          let id = Int(operand.node)
          // What the second stage reads of the first must outlive every repetition of the second.
          let crosses = fusion.unitOf[id] >= 0 && units[fusion.unitOf[id]].stage < reader
          lastUse[id] = max(lastUse[id], crosses ? units.count : index)
        }
      }
    }
    // A value whose parts are written one by one is there from the first part on.
    var firstPart: [Int32: Int] = [:]
    for (index, unit) in units.enumerated() {
      for member in unit.members {
        guard let whole = fusion.destinations[member]?.node else { continue }
        firstPart[whole] = min(firstPart[whole] ?? index, index)
      }
    }
    var slots: [Slot] = []
    var slotOf = [Int](repeating: -1, count: graph.nodes.count)
    for (index, unit) in units.enumerated() {
      for member in unit.members where fusion.isMaterialised[Int(member)] && location[Int(member)] == nil {
        let id = Int(member)
        if fusion.destinations[member] != nil { continue }
        let end = max(lastUse[id], index)
        if end == units.count {
          location[id] = .kept(offset: keptCount)
          keptCount += aligned(graph.nodes[id].count)
          continue
        }
        if options.reusesMemory,
          let donor = inPlaceDonor(
            for: member, in: unit, at: index, fusion: fusion, graph: graph, lastUse: lastUse, slots: slots,
            slotOf: slotOf)
        {
          slotOf[id] = donor
          slots[donor].end = max(slots[donor].end, end)
        } else {
          slotOf[id] = slots.count
          slots.append(Slot(count: graph.nodes[id].count, begin: firstPart[member] ?? index, end: end))
        }
      }
    }
    assignOffsets(&slots, reuses: options.reusesMemory)
    for id in slotOf.indices where slotOf[id] >= 0 { location[id] = .arena(offset: slots[slotOf[id]].offset) }
  }

  /// The slot of an operand that ends its life in this chain and is last read no later than `member` is written.
  private func inPlaceDonor(
    for member: Int32, in unit: Unit, at index: Int, fusion: Fusion, graph: Graph, lastUse: [Int], slots: [Slot],
    slotOf: [Int]
  ) -> Int? {
    guard case .elementwise = graph[member].primitive else { return nil }
    for candidate in unit.members where candidate <= member {
      for operand in fusion.operands(of: candidate) where operand.spread == .full {
        let id = Int(operand.node)
        let slot = slotOf[id]
        guard slot >= 0, fusion.unitOf[id] != index, lastUse[id] == index, slots[slot].end == index,
          graph.nodes[id].count == graph[member].count
        else { continue }
        // Another result that took the slot before has moved its end beyond this unit.
        let readsLater = unit.members.contains { other in
          other > member && fusion.operands(of: other).contains { $0.node == operand.node }
        }
        if !readsLater { return slot }
      }
    }
    return nil
  }

  // Largest first, each at the lowest offset where no slot with an overlapping life stands.
  private mutating func assignOffsets(_ slots: inout [Slot], reuses: Bool) {
    let order = slots.indices.sorted { (slots[$1].count, slots[$0].begin) < (slots[$0].count, slots[$1].begin) }
    var placed: [Int] = []
    for index in order {
      let size = aligned(slots[index].count)
      var offset = 0
      if reuses {
        // `placed` is kept in order of offset, so one pass finds the first gap.
        for other in placed where slots[other].begin <= slots[index].end && slots[index].begin <= slots[other].end {
          if slots[other].offset >= offset + size { break }
          offset = max(offset, aligned(slots[other].offset + slots[other].count))
        }
      } else {
        offset = arenaCount
      }
      slots[index].offset = offset
      arenaCount = max(arenaCount, offset + size)
      let at = placed.firstIndex { slots[$0].offset > offset } ?? placed.count
      placed.insert(index, at: at)
    }
  }
}
