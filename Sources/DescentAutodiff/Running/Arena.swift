public import DescentLinearAlgebra

/// Memory for the intermediate values of runs.
public final class Scratch {
  let memory: AlignedMemory

  /// Room for a run of any of these programs.
  public init(for programs: [Program], precision: Precision) {
    memory = AlignedMemory(byteCount: (programs.map(\.arenaCount).max() ?? 0) * precision.size)
  }
}

/// One program in one lane: its scratch memory and the external buffers it works on.
///
/// Running allocates nothing. Owned by one thread at a time.
public final class Arena {
  /// What is run.
  public let program: Program
  /// The arithmetic it is run in.
  public let precision: Precision
  private let scratch: Scratch
  private let kept: AlignedMemory
  private let buffers: UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>

  /// - Parameters:
  ///   - program: what the arena is for; it may be shared.
  ///   - precision: of all numbers in it.
  ///   - scratch: memory shared with other arenas that never run at the same time; one of its own by default.
  public init(for program: Program, precision: Precision, scratch: Scratch? = nil) {
    let scratch = scratch ?? Scratch(for: [program], precision: precision)
    precondition(scratch.memory.byteCount >= program.arenaCount * precision.size, "scratch made for this program")
    self.program = program
    self.precision = precision
    self.scratch = scratch
    kept = AlignedMemory(byteCount: program.keptCount * precision.size)
    buffers = .allocate(capacity: Emission.firstExternalBuffer + program.bufferNames.count)
    buffers.initialize(repeating: nil)
    buffers[Emission.arenaBuffer] = scratch.memory.pointer
    buffers[Emission.constantBuffer] = program.constants(precision)
    buffers[Emission.keptBuffer] = kept.pointer
  }

  deinit { buffers.deallocate() }

  /// Tells where an external buffer is; it must stay there for the runs that follow.
  public func bind(_ buffer: Tape.Buffer, to pointer: UnsafeMutableRawPointer) {
    buffers[Emission.firstExternalBuffer + buffer.index] = pointer
  }

  /// Runs the program. Every buffer it uses must be bound and hold elements of this arena's precision (labels are
  /// 32-bit integers in both).
  public func run(_ stage: Program.Stage = .all, on machine: Machine) {
    run(program.instructions(of: stage), on: machine)
  }

  private func run(_ range: Range<Int>, on machine: Machine) {
    guard let base = buffers.baseAddress else { return }
    program.run(range, precision, buffers: UnsafePointer(base), on: machine)
  }

  /// Seconds that each instruction takes within the program, and each alone again and again: medians over `runs`.
  ///
  /// Leaves the arena's values as a run does. Not for training: it takes the time at every instruction.
  package func times(runs: Int, on machine: Machine) -> [(within: Double, alone: Double)] {
    let clock = ContinuousClock()
    var within = [[Double]](repeating: [], count: program.instructionCount)
    for _ in 0..<max(1, runs) {
      for index in within.indices {
        within[index].append(clock.measure { run(index..<(index + 1), on: machine) } / .seconds(1))
      }
    }
    let alone = within.indices.map { index in
      median((0..<max(1, runs)).map { _ in clock.measure { run(index..<(index + 1), on: machine) } / .seconds(1) })
    }
    run(on: machine)
    return zip(within, alone).map { (median($0), $1) }
  }
}

extension Precision {
  /// Bytes of an element.
  var size: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
