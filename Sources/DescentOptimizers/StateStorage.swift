internal import CDescentKernels

/// The memory of an optimizer: every state slice in one allocation, 64-byte aligned, and the sums of a step.
///
/// A class so that copies of an ``Optimizer`` share it until one of them steps; never changed while shared.
final class StateStorage<Scalar: UpdateScalar>: @unchecked Sendable {
  let count: Int
  /// Base of each state slice of the rule; nil where it keeps none.
  let bases: UnsafeMutablePointer<UnsafeMutablePointer<Scalar>?>
  /// Scratch: two sums per chunk.
  let sums: UnsafeMutablePointer<Double>
  private let kept: [Int]
  private let slices: Int
  private let chunks: Int
  private let stride: Int
  private let memory: UnsafeMutableRawPointer

  /// Slices `kept` (of `slices` in all) of `count` elements each, filled with 0.
  init(count: Int, slices: Int, kept: [Int], chunks: Int) {
    self.count = count
    self.kept = kept
    self.slices = slices
    self.chunks = chunks
    // One cache line more than whole pages, so that equal positions of different slices do not share cache sets.
    let perLine = 64 / MemoryLayout<Scalar>.stride
    stride = (count + perLine - 1) / perLine * perLine + perLine
    let bytes = max(1, kept.count) * stride * MemoryLayout<Scalar>.stride
    guard let memory = dk_allocate(UInt(bytes)) else { preconditionFailure("no memory for \(bytes) bytes") }
    self.memory = memory
    bases = .allocate(capacity: slices)
    bases.initialize(repeating: nil, count: slices)
    for (place, index) in kept.enumerated() {
      bases[index] = memory.assumingMemoryBound(to: Scalar.self) + place * stride
    }
    sums = .allocate(capacity: 2 * chunks)
    sums.initialize(repeating: 0, count: 2 * chunks)
  }

  /// A storage of its own with the same state.
  func copy() -> StateStorage {
    let other = StateStorage(count: count, slices: slices, kept: kept, chunks: chunks)
    for index in kept {
      if let source = bases[index], let target = other.bases[index] { target.update(from: source, count: count) }
    }
    return other
  }

  func values(_ index: Int) -> UnsafeBufferPointer<Scalar> { UnsafeBufferPointer(start: bases[index], count: count) }

  deinit {
    dk_release(memory)
    bases.deallocate()
    sums.deallocate()
  }
}
