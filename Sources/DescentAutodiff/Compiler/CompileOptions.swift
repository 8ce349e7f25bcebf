/// A result of a program and where it goes.
public struct ProgramOutput {
  package let tensor: Tensor
  package let buffer: Tape.Buffer
  package let offset: Int

  /// - Parameters:
  ///   - tensor: what to write.
  ///   - buffer: an external buffer that holds no source of the program.
  ///   - offset: the buffer's element that the result's first element goes to.
  public init(_ tensor: Tensor, to buffer: Tape.Buffer, offset: Int = 0) {
    self.tensor = tensor
    self.buffer = buffer
    self.offset = offset
  }
}

/// How a graph is compiled. The defaults are what training uses; the others exist to test them against.
public struct CompileOptions: Sendable, Hashable {
  /// Run chains of element-wise operations tile by tile in one instruction.
  public var fuses: Bool
  /// Let values whose lives do not overlap share memory.
  public var reusesMemory: Bool

  /// Both on unless told otherwise.
  public init(fuses: Bool = true, reusesMemory: Bool = true) {
    self.fuses = fuses
    self.reusesMemory = reusesMemory
  }
}

extension Tape {
  /// Turns what the outputs need into a program.
  ///
  /// - Parameters:
  ///   - outputs: what to compute and where to put it.
  ///   - repeatedInputs: buffers that change while the others stay. What does not depend on them makes the program's
  ///     first stage, run once; the second stage then runs for each new content of these buffers, and uses the values
  ///     of the first. Without them there is one stage.
  ///   - options: what the compiler does and leaves.
  /// - Throws: ``ShapeError``, the first one of the tape.
  public func compile(
    _ outputs: [ProgramOutput], repeatedInputs: [Buffer] = [], options: CompileOptions = CompileOptions()
  ) throws(ShapeError) -> Program {
    if let error { throw error }
    let fusion = Fusion(
      graph: graph, outputs: outputs.map(\.tensor.id), repeated: Set(repeatedInputs.map(\.index)), options: options)
    let memory = MemoryPlan(fusion: fusion, graph: graph, outputs: outputs, options: options)
    return Program(Emission(graph: graph, fusion: fusion, memory: memory, outputs: outputs, bufferNames: bufferNames))
  }
}
