internal import CDescentKernels

/// Zeroed memory at a multiple of 64 bytes, huge pages for large blocks. Freed with the object.
public final class AlignedMemory {
  /// The first byte, at a multiple of 64.
  public let pointer: UnsafeMutableRawPointer
  /// Bytes asked for.
  public let byteCount: Int

  /// Traps when memory is exhausted, as Swift's own allocation does; callers check sizes that users choose.
  public init(byteCount: Int) {
    guard let memory = dk_allocate(UInt(max(0, byteCount))) else {
      preconditionFailure("no memory for \(byteCount) bytes")
    }
    pointer = memory
    self.byteCount = byteCount
  }

  deinit { dk_release(pointer) }
}
