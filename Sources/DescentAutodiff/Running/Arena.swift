public import DescentLinearAlgebra

/// The scratch memory of one program in one lane, and the external buffers it works on.
///
/// Running allocates nothing. Owned by one thread at a time.
public final class Arena {
  public let program: Program
  public let precision: Precision
  private let memory: UnsafeMutableRawPointer
  private let buffers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>

  public init(for program: Program, precision: Precision) {
    self.program = program
    self.precision = precision
    let size = precision == .float32 ? 4 : 8
    memory = .allocate(byteCount: max(64, program.arenaCount * size), alignment: 64)
    buffers = .allocate(capacity: Emission.firstExternalBuffer + program.bufferNames.count)
    buffers.initialize(repeating: nil)
    buffers[Emission.arenaBuffer] = memory
    buffers[Emission.constantBuffer] = program.constants(precision)
  }

  deinit {
    memory.deallocate()
    buffers.deallocate()
  }

  /// Tells where an external buffer is; it must stay there for the runs that follow.
  public func bind(_ buffer: Tape.Buffer, to pointer: UnsafeMutableRawPointer) {
    buffers[Emission.firstExternalBuffer + buffer.index] = pointer
  }

  /// Runs the program. Every buffer it uses must be bound and hold elements of this arena's precision (labels are
  /// 32-bit integers in both).
  public func run(_ stage: Program.Stage = .all, on machine: Machine) {
    guard let base = buffers.baseAddress else { return }
    program.run(stage, precision, buffers: UnsafePointer(base), on: machine)
  }
}
