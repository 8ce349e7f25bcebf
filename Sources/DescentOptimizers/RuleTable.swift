internal import DescentCore

/// A rule, the same rule with each group's settings, and what they wrap.
struct RuleTable: Sendable {
  let own: any UpdateRule
  let groups: [any UpdateRule]
  private let ownKind: RuleKind
  private let groupKinds: [RuleKind]
  /// None or one.
  let inner: [RuleTable]

  init(own: any UpdateRule, groups: [any UpdateRule]) {
    self.own = own
    self.groups = groups
    ownKind = own.kind
    groupKinds = groups.map(\.kind)
    inner = own.running.map { [RuleTable(own: $0, groups: groups.map { $0.running ?? $0 })] } ?? []
  }

  /// The rule of a group; −1: none.
  func kind(_ group: Int) -> RuleKind { group < 0 ? ownKind : groupKinds[group] }

  /// What this rule and those inside it need of a step.
  var needs: StepNeeds { inner.reduce(own.needs) { $0.union($1.needs) } }

  /// The same with settings replaced for one step, those of single groups over the others.
  ///
  /// - Throws: ``OptimizerError`` for settings that are not there or out of range.
  func applying(
    _ overrides: [Hyperparameter: Double], groups own: [[Hyperparameter: Double]]
  ) throws(OptimizerError) -> RuleTable {
    var changed: [any UpdateRule] = []
    for (rule, single) in zip(groups, own) {
      let common = try rule.applying(overrides)
      changed.append(try common.applying(single))
    }
    return RuleTable(own: try self.own.applying(overrides), groups: changed)
  }

  /// The name of the first array these rules use that the memory was made without.
  func missingArray<Scalar>(in memory: RuleMemory<Scalar>) -> String? {
    for rule in [own] + groups {
      for (state, array) in zip(rule.states, memory.arrays) where state.isKept && array.place == nil {
        return state.name
      }
    }
    guard let inner = inner.first, let memory = memory.inner else { return nil }
    return inner.missingArray(in: memory)
  }
}

/// How a vector is cut: at the groups' edges for element-wise rules, at the tensors' edges too for others.
struct VectorCuts: Sendable {
  /// Stretches that share their settings.
  let segments: [Piece]
  /// Each tensor of the layout; the segments, where there is none.
  let tensors: [Piece]

  /// - Throws: ``OptimizerError`` if the layout is of another size.
  init(count: Int, groups: [ParameterGroup], layout: ParameterLayout?) {
    var taken: [(range: Range<Int>, group: Int)] = []
    for (index, group) in groups.enumerated() {
      for range in group.ranges where !range.isEmpty { taken.append((range, index)) }
    }
    taken.sort { $0.range.lowerBound < $1.range.lowerBound }
    var parts: [(range: Range<Int>, group: Int)] = []
    var next = 0
    for part in taken {
      if part.range.lowerBound > next { parts.append((next..<part.range.lowerBound, -1)) }
      parts.append(part)
      next = part.range.upperBound
    }
    if next < count { parts.append((next..<count, -1)) }
    segments = Self.pieces(parts.map { (TensorShape(dimensions: [$0.range.count], range: $0.range), $0.group) })
    guard let layout else {
      tensors = segments
      return
    }
    var cut: [(TensorShape, Int)] = []
    for slice in layout.trainable where slice.count > 0 {
      for part in parts {
        let range = part.range.clamped(to: slice.range)
        guard !range.isEmpty else { continue }
        let dimensions = range == slice.range ? slice.shape : [range.count]
        cut.append((TensorShape(name: slice.name, dimensions: dimensions, range: range), part.group))
      }
    }
    tensors = Self.pieces(cut)
  }

  private static func pieces(_ parts: [(tensor: TensorShape, group: Int)]) -> [Piece] {
    var chunk = 0
    return parts.map { part in
      defer { chunk += UpdateSlice<Float>.chunks(of: part.tensor.count) }
      return Piece(tensor: part.tensor, group: part.group, chunk: chunk)
    }
  }

  func pieces(_ granularity: Granularity) -> [Piece] {
    switch granularity {
    case .elements: segments
    case .tensors: tensors
    }
  }

  /// The first tensor that a group takes only part of; nil if there is none.
  func cutTensor(_ layout: ParameterLayout) -> String? {
    layout.trainable.first { slice in slice.count > 0 && !tensors.contains { $0.tensor.range == slice.range } }?.name
  }
}
