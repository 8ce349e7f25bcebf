import ArgumentParser
import DescentTraining

/// What is trained on what, and how: the options that `find`, `train` and their like share.
///
/// The texts are kept as given; the library reads them, so that a specification means the same everywhere.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "digits, spiral, moons, blobs, linear, chebyshev, FILE.csv[:target], FILE.npy, FILE.txt or an IDX folder. (default: digits)",
      valueName: "spec"),
    completion: .file())
  var data: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "mlp:128-128 (or all widths), cnn, gpt:layers=4,width=128,heads=4,context=64. (default: mlp:128-128; gpt for text)",
      valueName: "spec"))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The hidden layers' non-linearity. (default: relu)", valueName: "name"))
  var activation: String?

  @Option(
    name: .customLong("init"), parsing: .unconditional,
    help: ArgumentHelp(
      "Initial weights: he, glorot, lecun, their -uniform forms, or 'normal(0.02)'. (default: he)", valueName: "spec"))
  var initializer: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "cross-entropy, 'cross-entropy(smoothing: 0.1)' or squared. (default: what the target asks for)",
      valueName: "name"),
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
    help: ArgumentHelp("Batches whose mean gradient makes one step. (default: 1)", valueName: "n"),
    transform: Value.count(1...1_000_000))
  var accumulate: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Scale gradients down to this norm where theirs is larger.", valueName: "x"),
    transform: Value.limit)
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Bound each element of a gradient to this magnitude.", valueName: "x"),
    transform: Value.limit)
  var clipValue: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure an exponential moving average of the parameters, with this decay.", valueName: "decay"),
    transform: Value.decay)
  var ema: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Measure the mean of the parameters from this share of the run on, as in 75%.", valueName: "p%"),
    transform: Value.share)
  var average: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How the rate changes over the run. (default: constant; find: warmup 5% -> cosine)", valueName: "spec"))
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Chooses the train/validation/test split. (default: 0)", valueName: "n"),
    transform: Value.seed)
  var splitSeed: UInt64?
}

extension TrainingOptions {
  /// What is trained, with what was not given taken from `base`.
  func specification(over base: TrainingSpecification = TrainingSpecification()) -> TrainingSpecification {
    var result = base
    result.data = data ?? base.data
    result.model = model ?? base.model
    result.activation = activation ?? base.activation
    result.initializer = initializer ?? base.initializer
    result.loss = loss ?? base.loss
    result.optimizer = optimizer ?? base.optimizer
    result.batch = batch?.text ?? base.batch
    result.accumulate = accumulate ?? base.accumulate
    result.clipNorm = clipNorm ?? base.clipNorm
    result.clipValue = clipValue ?? base.clipValue
    result.ema = ema ?? base.ema
    result.average = average ?? base.average
    result.splitSeed = splitSeed ?? base.splitSeed
    return result
  }

  /// The options given, as they would be typed again; not the schedule.
  var flags: String {
    let given: [(String, String?)] = [
      ("data", data), ("model", model), ("activation", activation), ("init", initializer), ("loss", loss),
      ("optimizer", optimizer), ("batch", batch?.text), ("accumulate", accumulate.map(String.init)),
      ("clip-norm", clipNorm.map(decimal)), ("clip-value", clipValue.map(decimal)), ("ema", ema.map(decimal)),
      ("average", average), ("split-seed", splitSeed.map(String.init)),
    ]
    return given.compactMap { name, value in value.map { " --\(name) \(shellQuoted($0))" } }.joined()
  }

  /// Refuses a batch of more rows than there are, which would quietly become a smaller one.
  func checkBatch(rows: Int) throws(Failure) {
    guard case .rows(let size) = batch, size > rows else { return }
    throw Failure(
      "bad-value", "--batch \(size) is more than the \(rows) training rows",
      hint: "use --batch \(rows) or --batch full")
  }
}

/// A word as a shell takes it.
func shellQuoted(_ word: String) -> String {
  let plain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_.:/=,".contains($0) }
  return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
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
