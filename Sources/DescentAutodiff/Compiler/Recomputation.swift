// Values that are cheaper to calculate again than to keep.
extension Fusion {
  /// Lets chains calculate again what earlier chains made, where every reader is a chain that can: a value of one
  /// addition is then neither written nor read again, and what it was made from lives longer instead.
  ///
  /// A training program needs many values of its forward pass a second time in the backward pass. Kept, each costs a
  /// write and a read of memory that is often beyond the nearest caches.
  mutating func recompute(keeping outputs: Set<Int32>) {
    let readers = readingUnits()
    // Members that units calculate again, by node.
    var again: [Int32: [Int32]] = [:]
    for index in graph.nodes.indices where isMaterialised[index] && unitOf[index] >= 0 {
      let id = Int32(index)
      guard !outputs.contains(id), graph[id].primitive.isCheap else { continue }
      let home = units[unitOf[index]]
      guard !home.isPerRow(graph[id].count) else { continue }
      let others = readers[index].filter { $0 != unitOf[index] }
      guard !others.isEmpty else { continue }
      // What is to be calculated: the node, after those of its operands that are not kept either.
      var needed: [Int32] = []
      var columns = 0
      let isPossible = operands(of: id).allSatisfy { operand in
        columns = max(columns, operand.columns)
        if let more = again[operand.node], operand.spread == .full {
          needed += more.filter { !needed.contains($0) }
          return true
        }
        return isKept(operand)
      }
      for member in needed { columns = max(columns, operands(of: member).map(\.columns).max() ?? 0) }
      needed.append(id)
      guard isPossible, needed.count <= Self.maximumRecomputed,
        others.allSatisfy({ unit in
          (units[unit].stage == home.stage || isNextStageTold(needed, readers))
            && takes(needed, columns: columns, into: units[unit], reading: id)
        })
      else { continue }
      for unit in others {
        units[unit].columns = max(units[unit].columns, columns)
        units[unit].members = Set(units[unit].members).union(needed).sorted()
      }
      again[id] = needed
      isMaterialised[index] = false
      for member in needed {
        for operand in operands(of: member) where isElementForEachRow(operand) {
          isMaterialised[Int(operand.node)] = true
        }
      }
    }
    dropUnitsWithoutResults()
  }

  /// A unit of the first stage may have been all that the second stage now calculates itself.
  private mutating func dropUnitsWithoutResults() {
    var newIndex = [Int](repeating: -1, count: units.count)
    var left: [Unit] = []
    for (index, unit) in units.enumerated() where unit.members.contains(where: { isMaterialised[Int($0)] }) {
      newIndex[index] = left.count
      left.append(unit)
    }
    units = left
    for id in unitOf.indices where unitOf[id] >= 0 { unitOf[id] = newIndex[unitOf[id]] }
  }

  /// Whether the second stage reads what a single operation is made from anyway; more it should not calculate each time.
  private func isNextStageTold(_ needed: [Int32], _ readers: [[Int]]) -> Bool {
    needed.count == 1
      && operands(of: needed[0]).allSatisfy { operand in
        let index = Int(operand.node)
        return unitOf[index] < 0 || readers[index].contains { units[$0].stage == 1 }
      }
  }

  /// The most operations that one value is calculated again with.
  private static let maximumRecomputed = 6

  /// The units that read each node's memory or, for members of their own, its register.
  private func readingUnits() -> [[Int]] {
    var result = [[Int]](repeating: [], count: graph.nodes.count)
    for (index, unit) in units.enumerated() {
      for member in unit.members {
        for operand in operands(of: member) where result[Int(operand.node)].last != index {
          result[Int(operand.node)].append(index)
        }
      }
    }
    return result
  }

  /// Whether the operand stands in memory in any case, or costs next to nothing to keep.
  private func isKept(_ operand: Operand) -> Bool {
    let index = Int(operand.node)
    return unitOf[index] < 0 || isMaterialised[index] || isElementForEachRow(operand)
  }

  private func isElementForEachRow(_ operand: Operand) -> Bool {
    let index = Int(operand.node)
    return operand.spread == .column && unitOf[index] >= 0 && units[unitOf[index]].isPerRow(graph[operand.node].count)
  }

  private func takes(_ needed: [Int32], columns: Int, into unit: Unit, reading id: Int32) -> Bool {
    guard unit.count == graph[id].count,
      unit.columns == 0 || columns == 0 || unit.columns == columns,
      unit.members.count + needed.count <= Self.maximumMembers
    else { return false }
    return unit.members.allSatisfy { member in
      let primitive = graph[member].primitive
      guard primitive.isElementwise || unit.hasRows else { return false }
      let reads = operands(of: member).filter { $0.node == id }
      // A member with one element for each row reads it only as a sum or maximum of rows.
      return reads.allSatisfy { $0.spread == .full }
        && (reads.isEmpty || !primitive.isElementwise || !unit.isPerRow(graph[member].count))
    }
  }
}

extension Primitive {
  /// An operation that takes hardly longer than reading its operands.
  fileprivate var isCheap: Bool {
    guard case .elementwise(let operation) = self else { return false }
    switch operation {
    case .negate, .relu, .positive, .abs, .sign, .square, .add, .subtract, .multiply, .maximum, .minimum, .greater,
      .select:
      return true
    case .exp, .log, .tanh, .sigmoid, .sqrt, .reciprocal, .erf, .sin, .cos, .divide, .power, .geluTanh, .geluTanhSlope:
      return false
    }
  }
}
