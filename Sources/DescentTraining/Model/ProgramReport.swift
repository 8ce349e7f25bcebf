internal import DescentAutodiff
internal import DescentCore

/// The planned program of a training step, an instruction after another, for people who want to know where time and
/// memory go.
public struct ProgramReport: Sendable, Hashable {
  /// One instruction.
  public struct Instruction: Sendable, Hashable {
    /// The operation, or a chain's members, with the shapes read and written.
    public var text: String
    /// Multiplications of a product or convolution; 0 for other instructions.
    public var multiplyAdds: Int
    /// Bytes read and written, each once.
    public var bytes: Int
    /// Seconds within the program, and alone again and again; nil unless measured.
    public var seconds: (within: Double, alone: Double)? {
      get { times.map { ($0[0], $0[1]) } }
      set { times = newValue.map { [$0.within, $0.alone] } }
    }

    // A tuple is not Hashable.
    private var times: [Double]?

    init(_ instruction: Program.Instruction) {
      text = instruction.text
      multiplyAdds = instruction.multiplyAdds
      bytes = instruction.elements * MemoryLayout<Float>.size
    }
  }

  public var instructions: [Instruction]
  /// Bytes of memory for intermediate values, shared by those whose lives do not overlap.
  public var arenaBytes: Int
  /// Bytes of parameters, of their gradient, and of what the model keeps besides.
  public var parameterBytes: Int
  /// Seconds that tracing, differentiating and compiling took.
  public var compileSeconds: Double
}

extension ModelTrainee {
  /// The program of a training step: loss, gradient, and what the model keeps.
  ///
  /// - Parameter runs: how often each instruction is timed, on the present batch; nil for no times. Changes neither
  ///   parameters nor position.
  public func programReport(timing runs: Int? = nil) -> ProgramReport {
    let program = source.model.training.program
    var report = ProgramReport(
      instructions: program.listing.map(ProgramReport.Instruction.init),
      arenaBytes: program.arenaCount * MemoryLayout<Float>.size,
      parameterBytes: source.model.layout.count * MemoryLayout<Float>.size,
      compileSeconds: source.model.compileSeconds)
    if let runs {
      for (index, times) in instructionTimes(runs: runs).enumerated() { report.instructions[index].seconds = times }
    }
    return report
  }
}
