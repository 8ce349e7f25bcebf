internal import CDescentKernels
internal import DescentLinearAlgebra

/// The arithmetic a program runs in.
public enum Precision: String, Sendable, Hashable, Codable {
  case float32
  case float64
}

/// A compiled computation: instructions over an arena and external buffers. Immutable; any number of lanes share one.
public final class Program: @unchecked Sendable {
  /// Names of the external buffers, in the order runs take their pointers.
  public let bufferNames: [String]
  /// Elements of scratch memory a run needs.
  public let arenaCount: Int
  /// Elements that the second stage reads of the first.
  public let keptCount: Int
  /// Instructions of both stages.
  public let instructionCount: Int
  /// Whether there is a second stage, for repeated inputs.
  public var hasSecondStage: Bool { firstStageCount < instructionCount }

  package let notes: [InstructionNote]
  private let firstStageCount: Int
  // Laid out once for the kernels and never written again, which is what makes sharing safe.
  private let instructions: UnsafeMutableBufferPointer<dk_instruction>
  private let chains: UnsafeMutableBufferPointer<dk_chain>
  private let walks: UnsafeMutableBufferPointer<dk_walk>
  private let refs: UnsafeMutableBufferPointer<dk_ref>
  private let windows: UnsafeMutableBufferPointer<dk_window>
  private let ops: UnsafeMutableBufferPointer<dk_chain_op>
  private let spreads: UnsafeMutableBufferPointer<UInt8>
  private let constants64: UnsafeMutableBufferPointer<Double>
  private let constants32: UnsafeMutableBufferPointer<Float>

  package init(_ emission: Emission) {
    bufferNames = emission.bufferNames
    arenaCount = emission.arenaCount
    keptCount = emission.keptCount
    instructionCount = emission.instructions.count
    notes = emission.notes
    firstStageCount = emission.firstStageCount
    instructions = copied(emission.instructions)
    walks = copied(emission.walks)
    refs = copied(emission.refs)
    windows = copied(emission.windows)
    ops = copied(emission.chains.flatMap(\.ops))
    spreads = copied(emission.chains.flatMap(\.spreads))
    constants64 = copied(emission.constants)
    constants32 = copied(emission.constants.map(Float.init))
    var nextOp = 0
    var nextSpread = 0
    var laidOut: [dk_chain] = []
    for chain in emission.chains {
      laidOut.append(
        dk_chain(
          rows: Int64(chain.rows), columns: Int64(chain.columns), op_count: Int32(chain.ops.count),
          input_count: Int32(chain.inputCount), output_count: Int32(chain.outputCount),
          register_count: Int32(chain.registerCount), whole_rows: chain.hasRows ? 1 : 0,
          ops: ops.baseAddress.map { UnsafePointer($0 + nextOp) },
          spreads: spreads.baseAddress.map { UnsafePointer($0 + nextSpread) }))
      nextOp += chain.ops.count
      nextSpread += chain.spreads.count
    }
    chains = copied(laidOut)
  }

  deinit {
    instructions.deallocate()
    chains.deallocate()
    walks.deallocate()
    refs.deallocate()
    windows.deallocate()
    ops.deallocate()
    spreads.deallocate()
    constants64.deallocate()
    constants32.deallocate()
  }

  /// Which instructions a run executes.
  public enum Stage: Sendable, Hashable {
    case all
    /// What does not depend on repeated inputs.
    case first
    /// What does; the first stage must have run in the same arena.
    case second
  }

  /// The instructions of a stage.
  func instructions(of stage: Stage) -> Range<Int> {
    (stage == .second ? firstStageCount : 0)..<(stage == .first ? firstStageCount : instructionCount)
  }

  func run(
    _ range: Range<Int>, _ precision: Precision, buffers: UnsafePointer<UnsafeMutableRawPointer?>, on machine: Machine
  ) {
    let (begin, end) = (Int32(range.lowerBound), Int32(range.upperBound))
    var program = dk_program(
      instructions: instructions.baseAddress, chains: chains.baseAddress, walks: walks.baseAddress,
      refs: refs.baseAddress, windows: windows.baseAddress)
    var machine = machine.description
    switch precision {
    case .float32: dk_run_f32(&program, begin, end, &machine, buffers)
    case .float64: dk_run_f64(&program, begin, end, &machine, buffers)
    }
  }

  func constants(_ precision: Precision) -> UnsafeMutableRawPointer? {
    switch precision {
    case .float32: constants32.baseAddress.map { UnsafeMutableRawPointer($0) }
    case .float64: constants64.baseAddress.map { UnsafeMutableRawPointer($0) }
    }
  }
}

private func copied<Element>(_ array: [Element]) -> UnsafeMutableBufferPointer<Element> {
  let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: array.count)
  _ = buffer.initialize(from: array)
  return buffer
}
