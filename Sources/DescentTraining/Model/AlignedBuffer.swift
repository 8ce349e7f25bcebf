internal import DescentLinearAlgebra

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
}
