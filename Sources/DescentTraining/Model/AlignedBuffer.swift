/// Memory of fixed size at a multiple of 64 bytes, where vector kernels like it. Owned by one thread at a time.
///
/// Its operations work on raw bytes, so that they are as fast where the element type is not known.
final class AlignedBuffer<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>

  /// Room for `count` elements, all bits zero.
  init(_ count: Int) {
    let bytes = max(1, count) * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let base = raw.bindMemory(to: Element.self, capacity: max(1, count))
    elements = UnsafeMutableBufferPointer(start: base, count: count)
  }

  deinit { elements.baseAddress?.deallocate() }

  var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(base) }

  // Never nil: `init` allocates at least one element.
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
