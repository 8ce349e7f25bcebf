import ArgumentParser

/// What is trained on what, and how: the options that `find`, `train` and their like share.
///
/// The texts are kept as given; the library reads them, so that a specification means the same everywhere.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "digits, spiral, moons, blobs, linear, chebyshev, FILE.csv[:target], FILE.npy or an IDX folder. (default: digits)",
      valueName: "spec"),
    completion: .file())
  var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "mlp:64-128-128-10, or mlp:128-128 with input and output from the data. (default: mlp:128-128)",
      valueName: "spec"))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The hidden layers' non-linearity. (default: relu)", valueName: "name"))
  var activation: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("cross-entropy or squared. (default: what the target asks for)", valueName: "name"),
    completion: .list(["cross-entropy", "squared"]))
  var loss: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "sgd, adam, adamw, rmsprop, adagrad, with settings as in 'sgd(momentum: 0.9)'. (default: adam)",
      valueName: "spec"),
    completion: .list(["sgd", "adam", "adamw", "rmsprop", "adagrad"]))
  var optimizer: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Rows in a batch, or full. (default: 32)", valueName: "n"), transform: BatchSize.init)
  var batch: BatchSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate changes over the run. (default: constant)", valueName: "spec"))
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Chooses the train/validation/test split. (default: 0)", valueName: "n"),
    transform: Value.seed)
  var splitSeed: UInt64?
}

/// Rows in a batch.
enum BatchSize: Sendable, Hashable {
  /// All the training rows at once.
  case full
  case rows(Int)

  /// Reads a whole number from 1 on, or `full`.
  @Sendable init(_ text: String) throws {
    if text == "full" {
      self = .full
      return
    }
    do { self = .rows(try Value.steps(text)) } catch let problem as ValueProblem {
      throw ValueProblem(
        problem.description.contains(";") ? problem.description + ", or full" : "is neither a whole number nor full")
    }
  }
}

extension BatchSize {
  /// As it stands in a flag.
  var text: String {
    switch self {
    case .full: "full"
    case .rows(let rows): String(rows)
    }
  }
}
