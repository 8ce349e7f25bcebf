/// Memory of fixed size at a multiple of 64 bytes, where vector kernels like it. Owned by one thread at a time.
final class AlignedBuffer<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>

  init(_ count: Int, repeating value: Element) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64)
    elements = UnsafeMutableBufferPointer(
      start: raw.bindMemory(to: Element.self, capacity: max(1, count)), count: count)
    elements.initialize(repeating: value)
  }

  deinit { elements.baseAddress?.deallocate() }

  var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(base) }

  // Never nil: `init` allocates at least one element.
  var base: UnsafeMutablePointer<Element> { elements.baseAddress.unsafelyUnwrapped }

  var values: [Element] { Array(elements) }

  /// Copies as many values as fit. Raw, so that it is as fast where the element type is not known.
  func update(from values: [Element]) {
    let bytes = min(values.count, elements.count) * MemoryLayout<Element>.stride
    values.withUnsafeBytes { source in
      if let source = source.baseAddress { pointer.copyMemory(from: source, byteCount: bytes) }
    }
  }
}
