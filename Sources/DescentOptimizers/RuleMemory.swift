internal import CDescentKernels

/// A stretch of the vector that one rule updates at a time.
struct Piece: Sendable {
  var tensor: TensorShape
  /// Counts from 0; −1: in no group.
  var group: Int
  /// Its first chunk, counted over all pieces.
  var chunk: Int
}

/// The memory of one rule of an optimizer: its arrays and numbers, scratch, and the memory of the rule it wraps.
///
/// A class so that copies of an ``Optimizer`` share it until one of them steps; never changed while shared.
final class RuleMemory<Scalar: UpdateScalar>: @unchecked Sendable {
  /// What an array is and where.
  struct Array: Sendable {
    var state: RuleState
    /// Nil where the settings do without it.
    var place: Range<Int>?
  }

  let count: Int
  let pieces: [Piece]
  /// By the order of the rule's `states`; places in bytes of the memory.
  let arrays: [Array]
  let scalars: [RuleScalar]
  /// By piece and array.
  let table: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// Values of ``scalars``.
  let numbers: UnsafeMutablePointer<Double>
  /// Scratch: two sums per chunk.
  let sums: UnsafeMutablePointer<Double>
  let chunks: Int
  /// Scratch as the rule asked for.
  let scratch: UnsafeMutablePointer<Scalar>
  let inner: RuleMemory?
  private let plan: MemoryPlan
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Memory as before the first step.
  convenience init(_ plan: MemoryPlan, count: Int) {
    self.init(plan, count: count, inner: plan.inner.first.map { RuleMemory($0, count: count) })
    for (index, array) in arrays.enumerated() where array.place != nil {
      for (p, piece) in pieces.enumerated() {
        fill(table[p * arrays.count + index], array.state, plan.counts[p][index], plan.initials[piece.group + 1][index])
      }
    }
    for (i, scalar) in scalars.enumerated() { numbers[i] = scalar.initial }
  }

  private init(_ plan: MemoryPlan, count: Int, inner: RuleMemory?) {
    self.plan = plan
    self.count = count
    self.inner = inner
    pieces = plan.pieces
    scalars = plan.scalars
    chunks = pieces.reduce(0) { $0 + UpdateSlice<Scalar>.chunks(of: $1.tensor.count) }
    var end = 0
    var arrays: [Array] = []
    for (index, state) in plan.states.enumerated() {
      guard plan.kept[index] else {
        arrays.append(Array(state: state, place: nil))
        continue
      }
      let bytes = plan.counts.reduce(0) { $0 + $1[index] } * state.element.size(Scalar.self)
      arrays.append(Array(state: state, place: end..<(end + bytes)))
      // One cache line more than whole lines, so that equal positions of different arrays do not share cache sets.
      end = (end + bytes + 63) / 64 * 64 + 64
    }
    self.arrays = arrays
    byteCount = end
    let scratchStart = end
    let bytes = end + plan.scratchCount(count) * MemoryLayout<Scalar>.stride + 64
    guard let memory = dk_allocate(UInt(bytes)) else { preconditionFailure("no memory for \(bytes) bytes") }
    self.memory = memory
    scratch = (memory + scratchStart).assumingMemoryBound(to: Scalar.self)
    table = .allocate(capacity: max(1, pieces.count * arrays.count))
    table.initialize(repeating: nil, count: max(1, pieces.count * arrays.count))
    numbers = .allocate(capacity: max(1, scalars.count))
    numbers.initialize(repeating: 0, count: max(1, scalars.count))
    sums = .allocate(capacity: max(1, 2 * chunks))
    sums.initialize(repeating: 0, count: max(1, 2 * chunks))
    for (index, array) in arrays.enumerated() {
      guard let place = array.place else { continue }
      var next = place.lowerBound
      for p in pieces.indices {
        table[p * arrays.count + index] = memory + next
        next += plan.counts[p][index] * array.state.element.size(Scalar.self)
      }
    }
  }

  private func fill(_ base: UnsafeMutableRawPointer?, _ state: RuleState, _ count: Int, _ value: Double) {
    guard let base, value != 0 else { return }
    switch state.element {
    case .scalar: base.assumingMemoryBound(to: Scalar.self).update(repeating: Scalar(value), count: count)
    case .double: base.assumingMemoryBound(to: Double.self).update(repeating: value, count: count)
    case .bfloat16:
      let half = UInt16(Float(value).bitPattern >> 16)
      base.assumingMemoryBound(to: UInt16.self).update(repeating: half, count: count)
    case .byte: base.assumingMemoryBound(to: UInt8.self).update(repeating: UInt8(value), count: count)
    }
  }

  /// A memory of its own with the same values.
  func copy() -> RuleMemory {
    let other = RuleMemory(plan, count: count, inner: inner?.copy())
    other.memory.copyMemory(from: memory, byteCount: byteCount)
    other.numbers.update(from: numbers, count: scalars.count)
    return other
  }

  /// The bytes of an array over all tensors; nil where it is not kept.
  func bytes(_ index: Int) -> UnsafeMutableRawBufferPointer? {
    arrays[index].place.map { UnsafeMutableRawBufferPointer(start: memory + $0.lowerBound, count: $0.count) }
  }

  /// Elements of an array for one piece.
  func elements(ofArray index: Int, piece: Int) -> Int { plan.counts[piece][index] }

  deinit {
    dk_release(memory)
    table.deallocate()
    numbers.deallocate()
    sums.deallocate()
  }
}

extension RuleState.Element {
  func size<Scalar: UpdateScalar>(_ type: Scalar.Type) -> Int {
    switch self {
    case .scalar: MemoryLayout<Scalar>.stride
    case .double: 8
    case .bfloat16: 2
    case .byte: 1
    }
  }
}

/// What a rule's memory consists of, for a vector cut into pieces.
struct MemoryPlan: Sendable {
  let pieces: [Piece]
  let states: [RuleState]
  let kept: [Bool]
  /// Elements by piece and array.
  let counts: [[Int]]
  /// First values by group (the rule's own first) and array.
  let initials: [[Double]]
  let scalars: [RuleScalar]
  private let largestScratch: Int
  private let scratchVectors: Int
  /// Of the wrapped rule: none or one.
  let inner: [MemoryPlan]

  init(_ table: RuleTable, cuts: VectorCuts) {
    pieces = cuts.pieces(table.own.granularity)
    states = table.own.states
    let all = [table.own] + table.groups
    let declared = all.map(\.states)
    kept = states.indices.map { index in declared.contains { $0[index].isKept } }
    let (states, kept) = (states, kept)
    counts = pieces.map { piece in states.indices.map { kept[$0] ? states[$0].count(piece.tensor) : 0 } }
    initials = declared.map { $0.map(\.initial) }
    var scalars: [RuleScalar] = []
    var largest = 0
    var vectors = 0
    for rule in all {
      switch rule.kind {
      case .slice(let rule): for piece in pieces { largest = max(largest, rule.scratchCount(for: piece.tensor)) }
      case .vector(let rule):
        scalars = rule.scalars
        vectors = max(vectors, rule.scratchVectors)
      }
    }
    self.scalars = scalars
    largestScratch = largest
    scratchVectors = vectors
    inner = table.inner.map { MemoryPlan($0, cuts: cuts) }
  }

  /// Elements from one scratch vector to the next: whole cache lines and one more.
  static func scratchStride(_ count: Int) -> Int { (count + 15) / 16 * 16 + 16 }

  func scratchCount(_ count: Int) -> Int { max(largestScratch, scratchVectors * Self.scratchStride(count)) }
}
