import ArgumentParser
import DescentTraining

/// `descent explain-program`: the instructions that a training step is compiled to.
struct ExplainProgramCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain-program",
    abstract: "Show what a training step is compiled to, and where its time and memory go.",
    usage: "descent explain-program [--time] [training options]",
    discussion: examples(
      "descent explain-program",
      "descent explain-program --data digits --model cnn --time",
      "descent explain-program --model mlp:256-256 --batch 128 --json"))

  @Flag(help: "Time every instruction, within the step and alone.")
  var time = false

  @OptionGroup var training: TrainingOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let setup = try training.specification().setUp(threads: session.threads)
    try training.checkBatch(rows: setup.trainingRows)
    let trainee = try setup.source.makeTrainee(seed: session.global.seed, batchOrder: session.global.seed)
    let program = trainee.programReport(timing: time ? 21 : nil)
    let seconds = program.instructions.compactMap { $0.seconds?.within }.reduce(0, +)
    var members: [(String, JSON)] = [
      ("model", JSON(setup.specification.model)), ("arenaBytes", .integer(program.arenaBytes)),
      ("parameterBytes", .integer(program.parameterBytes)),
      ("compileSeconds", .number(program.compileSeconds)),
    ]
    if time { members += [("seconds", .number(seconds)), ("threads", .integer(session.threads))] }
    members.append(("instructions", .array(program.instructions.map(Self.json))))
    var summary =
      "\(program.instructions.count) instructions, \(megabytes(program.arenaBytes)) of intermediate values, "
      + "\(megabytes(program.parameterBytes)) of parameters, compiled in \(duration(program.compileSeconds))"
    if time { summary += ", \(duration(seconds)) without the update" }
    return Report(
      json: .object(members),
      result: table(program.instructions.enumerated().map(row), leading: time ? [5] : [1]), next: summary + ".")
  }

  private static func json(_ instruction: ProgramReport.Instruction) -> JSON {
    var members: [(String, JSON)] = [
      ("text", .string(instruction.text)), ("multiplyAdds", .integer(instruction.multiplyAdds)),
      ("bytes", .integer(instruction.bytes)),
    ]
    if let seconds = instruction.seconds {
      members += [("seconds", .number(seconds.within)), ("secondsAlone", .number(seconds.alone))]
    }
    return .object(members)
  }

  private func row(_ index: Int, _ instruction: ProgramReport.Instruction) -> [String] {
    guard let seconds = instruction.seconds else { return [String(index), instruction.text] }
    // Products are judged by their arithmetic, everything else by the memory it moves.
    let isProduct = instruction.multiplyAdds > 0
    let rate = Double(isProduct ? 2 * instruction.multiplyAdds : instruction.bytes) / seconds.within / 1e9
    return [
      String(index), duration(seconds.within), duration(seconds.alone), figure(rate),
      isProduct ? "GFLOP/s" : "GB/s", instruction.text,
    ]
  }
}

/// Bytes as a person reads them.
private func megabytes(_ bytes: Int) -> String {
  bytes < 1_000_000 ? "\(figure(Double(bytes) / 1e3)) kB" : "\(figure(Double(bytes) / 1e6)) MB"
}
