#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A thread of the operating system that runs one closure and is then joined.
///
/// Not a Foundation `Thread`: that cannot be joined, and the closure must be gone before the caller's frame is.
struct LaneThread: ~Copyable {
  /// Models are traced recursively and kernels keep tiles on the stack; secondary threads get 512 KiB on some systems.
  private static let stackBytes = 16 << 20

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private let handle: pthread_t

  /// Nil if the system gives no further thread.
  init?(_ body: @escaping @Sendable () -> Void) {
    // Not made by `pthread_attr_t()`: which module that initializer counts to depends on the order of compilation.
    let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
    defer { attributes.deallocate() }
    guard pthread_attr_init(attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(attributes) }
    pthread_attr_setstacksize(attributes, Self.stackBytes)
    let work = Unmanaged.passRetained(Work(body))
    #if canImport(Darwin)
      var created: pthread_t?
      let status = pthread_create(&created, attributes, { run($0) }, work.toOpaque())
    #else
      var thread: pthread_t = 0
      let status = pthread_create(&thread, attributes, { run($0) }, work.toOpaque())
      let created: pthread_t? = thread
    #endif
    guard status == 0, let created else {
      work.release()
      return nil
    }
    handle = created

    func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      guard let context else { return nil }
      // Taken here, so that it is released before the thread ends.
      Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
      return nil
    }
  }

  /// Waits until the closure has returned and is released.
  consuming func join() { pthread_join(handle, nil) }
}
