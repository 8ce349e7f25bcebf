internal import DescentLinearAlgebra
internal import DescentRandom

/// Elements in aligned memory of fixed size. Owned by one thread at a time.
///
/// Its operations work on raw bytes, so that they are as fast where the element type is not known.
final class AlignedBuffer<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>
  private let memory: AlignedMemory

  /// Room for `count` elements, all bits zero.
  init(_ count: Int) {
    memory = AlignedMemory(byteCount: count * MemoryLayout<Element>.stride)
    let base = memory.pointer.bindMemory(to: Element.self, capacity: max(1, count))
    elements = UnsafeMutableBufferPointer(start: base, count: count)
  }

  var pointer: UnsafeMutableRawPointer { memory.pointer }

  // Never nil: `init` gives it a base.
  var base: UnsafeMutablePointer<Element> { elements.baseAddress.unsafelyUnwrapped }

  var values: [Element] { Array(elements) }

  /// Copies as many values as fit.
  func update(from values: [Element]) {
    let bytes = min(values.count, elements.count) * MemoryLayout<Element>.stride
    values.withUnsafeBytes { source in
      if let source = source.baseAddress { pointer.copyMemory(from: source, byteCount: bytes) }
    }
  }

  /// Copies all of `other` to the place `start` on.
  func update(_ other: AlignedBuffer<Element>, at start: Int) {
    let size = MemoryLayout<Element>.stride
    precondition(start + other.elements.count <= elements.count, "room for all of them")
    (pointer + start * size).copyMemory(from: other.pointer, byteCount: other.elements.count * size)
  }
}

extension AlignedBuffer<Int32> {
  /// Writes the state of the dropout masks number `index`, as programs read it.
  func setMasks(seed: UInt64, index: UInt64) {
    let stream = RandomStream.dropout.id(index)
    base[0] = Int32(truncatingIfNeeded: seed)
    base[1] = Int32(truncatingIfNeeded: seed >> 32)
    base[2] = Int32(truncatingIfNeeded: stream)
    base[3] = Int32(truncatingIfNeeded: stream >> 32)
  }
}
