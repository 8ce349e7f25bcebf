import ArgumentParser
import DescentStore

/// `descent compare`: which rate, schedule and update rule train best, on paired seeds.
struct CompareCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Choose among learning rates, schedules and optimizers on paired seeds.",
    usage: "descent compare [--optimizers <list>] [--schedules <list>] [--lrs <list>] [--seeds <n>] [options]",
    discussion: examples(
      "descent compare",
      "descent compare --optimizers 'sgd(momentum: 0.9); adam' --schedules 'constant; warmup 5% -> cosine' --seeds 20",
      "descent compare --lrs 'adam@1e-3,3e-3; sgd(momentum: 0.9)@0.03,0.1' --steps 2000 --html compare.html")
        + """


        Short runs put aside rates that cannot be the best, a few whole runs choose leaders, and fresh seeds test the others
        against them. What cannot be told apart is said to be so. Chosen on validation, never on test. A comparison cut off goes
        on with --resume. It exits with 3 if everything diverged.
        """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Peak rates: 1e-3,3e-3 for every optimizer, or 'adam@1e-3,3e-3; sgd@0.1'. (default: five, a factor of 3 apart, round what short runs find for each optimizer)",
      valueName: "list"))
  var lrs: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Schedules with semicolons between them. (default: constant, cosine, linear and step decay)", valueName: "list"))
  var schedules: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Optimizers with semicolons between them. (default: 'sgd(momentum: 0.9); adam')", valueName: "list"))
  var optimizers: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Fresh seeds that finalists run on. (default: 10)", valueName: "n"),
    transform: Value.count(2...10_000))
  var seeds: Int?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps of a whole run. (default: 1000)", valueName: "n"),
    transform: Value.count(1...10_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The validation loss whose reaching is timed. (default: 95 % of the way to the winner's)", valueName: "loss"),
    transform: Value.number(-1e300...1e300))
  var target: Double?

  @Flag(help: "Measure the largest sharpness against the threshold, in one more run of each setting left.")
  var sharpness = false

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Go on with this comparison, as it was begun.", valueName: "run"))
  var resume: String?

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  /// Without `--optimizers`.
  static let usualOptimizers = ["sgd(momentum: 0.9)", "adam"]
  /// Without `--schedules`.
  static let usualSchedules = [
    "constant", "warmup 5% -> cosine", "warmup 5% -> linear to 0", "drop x0.1 at 30%, 60%, 90%",
  ]

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    for (one, many, isGiven) in [
      ("optimizer", "optimizers", training.optimizer != nil && optimizers != nil),
      ("schedule", "schedules", training.schedule != nil && schedules != nil),
    ] where isGiven {
      throw Failure("usage", "--\(one) and --\(many) both say what to compare", hint: "leave --\(one) out")
    }
    let store = RunStore(directory: global.out)
    let study: CompareRun
    do {
      study =
        try resume.map { try CompareRun(resuming: $0, in: store, as: self, session) }
        ?? CompareRun(new: self, in: store, session)
    } catch is FindInterrupted {
      return Report(
        json: ["run": .null, "interrupted": true], result: "",
        next: "Interrupted while rates were being found; there is nothing to go on with yet.", status: .interrupted)
    }
    return try study.report(self, session)
  }

  /// The first option that says what to compare; nil if none is given.
  var firstGiven: String? {
    let own = [
      ("lrs", lrs != nil), ("schedules", schedules != nil), ("optimizers", optimizers != nil), ("seeds", seeds != nil),
      ("steps", steps != nil), ("schedule", training.schedule != nil), ("seed", global.givenSeed != nil),
    ]
    if let name = own.first(where: \.1)?.0 { return "--\(name)" }
    return training.flags.split(separator: " ").first.map(String.init)
  }
}
