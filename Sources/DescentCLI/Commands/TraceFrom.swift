import ArgumentParser
import DescentOptimizers

/// `trace --from LIBRARY 'Call(…)'`: the optimizer and its rate from another library's call.
struct TraceFrom: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Read the optimizer and its rate from a call of torch, optax, keras, timm, transformers, mlx, pytorch_optimizer, "
        + "schedulefree, prodigyopt, dadaptation or lion_pytorch, as one would paste it.",
      valueName: "library"),
    completion: .list(OptimizerLibrary.allCases.map(\.rawValue)), transform: Value.choice)
  var from: OptimizerLibrary?

  @Argument(
    help: ArgumentHelp(
      "With --from: the call, as in 'AdamW(model.parameters(), lr=0.05)'.", valueName: "call"))
  var call: String?

  /// The optimizer of the call, with its notes told; nil without --from.
  ///
  /// - Parameter given: options on the line that say what the call says itself.
  func optimizer(besides given: [String], _ session: Session) throws -> LibraryOptimizer? {
    guard let from else {
      guard let call else { return nil }
      throw Failure("unexpected-argument", "unexpected argument '\(call)'", hint: Self.hint(for: call))
    }
    guard let call else {
      throw Failure(
        "missing-argument", "--from \(from.rawValue) needs the call after it",
        hint: "as in --from \(from.rawValue) '\(from.example)'")
    }
    if let option = given.first {
      throw Failure(
        "conflict", "\(option) does not go with --from", hint: "the call says it itself; leave \(option) out")
    }
    let theirs = try LibraryOptimizer(parsing: call, of: from)
    session.note("\(from.rawValue)'s \(call) is \(theirs.optimizer) at a rate of \(decimal(theirs.learningRate)).")
    for note in theirs.notes { session.note(String(note.hasSuffix(".") ? note : note + ".")) }
    return theirs
  }

  private static func hint(for call: String) -> String {
    call.contains("(") ? "say whose call it is with --from" : "an optimizer is given with --optimizer"
  }
}
