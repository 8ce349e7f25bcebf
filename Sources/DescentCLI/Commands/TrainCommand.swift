import ArgumentParser
import DescentCore
import DescentStore
import DescentTraining

/// `descent train`: trains a model, shows how it goes, and keeps it in a run folder.
struct TrainCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model with a rate and a schedule, recording it in a run folder.",
    usage: "descent train [--lr <rate>] [--schedule <spec>] [--steps <n>] [options]",
    discussion: examples(
      "descent train --lr 3e-3 --schedule 'warmup 5% -> cosine' --steps 2000",
      "descent train --data spiral --optimizer 'sgd(momentum: 0.9)' --lr 0.1",
      "descent train --resume 2026-11-23-153012-brave-otter --steps 4000"))

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate, the schedule's peak. (default: the optimizer's)", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What differs among parameters or varies besides the rate, as text or in a JSON file: '[ndim<2] weightDecay = 0; head.* x10'.",
      valueName: "plan"))
  var plan: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Adapt the rate to the run: plateau, greedy, backoff, hypergradient or polyak, as in 'plateau(patience: 3)'.",
      valueName: "spec"))
  var controller: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps in all. (default: 1000)", valueName: "n"), transform: Value.steps
  )
  var steps: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Passes over the training data, instead of steps.", valueName: "n"),
    transform: Value.count(1...1_000_000))
  var epochs: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Go on with this run from its last checkpoint.", valueName: "run"))
  var resume: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What to do when it diverges: stop, backoff or continue. (default: diverge=stop)", valueName: "rule"),
    completion: .list(["diverge=stop", "diverge=backoff", "diverge=continue"]), transform: Self.divergencePolicy)
  var on: DivergencePolicy?

  @Flag(help: "Record and draw what the optimizer really multiplies the gradient by, some 200 times in the run.")
  var effectiveRates = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The same at the first step and every so many.", valueName: "n"), transform: Value.steps)
  var effectiveRatesEvery: Int?

  @Flag(help: "Resume even with another number of threads; the numbers may then differ in their last bits.")
  var allowDifferent = false

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    if steps != nil, epochs != nil {
      throw Failure("usage", "--steps and --epochs both give the length of the run", hint: "leave one out")
    }
    try pictures.check()
    let store = RunStore(directory: global.out)
    let run =
      try resume.map { try TrainingRun(resuming: $0, in: store, as: self, session) }
      ?? TrainingRun(new: self, in: store, session)
    return try run.report(pictures, session)
  }

  @Sendable private static func divergencePolicy(_ text: String) throws -> DivergencePolicy {
    let prefix = "diverge="
    guard text.hasPrefix(prefix) else {
      throw ValueProblem("is not known; write diverge=stop, diverge=backoff or diverge=continue")
    }
    return try Value.choice(String(text.dropFirst(prefix.count)))
  }
}
