import ArgumentParser
import DescentSchedules
import DescentSpecs

/// `descent schedule`: learning-rate schedules as texts.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Show what a learning-rate schedule does over a run.",
    discussion: examples(
      "descent schedule '0.1: warmup 5% -> cosine' --steps 1000",
      "descent schedule 'cosine to 1%' --lr 3e-3 --steps 500 --lint",
      "descent schedule diff '0.1: cosine' '0.1: linear to 0' --steps 1000"),
    subcommands: [ScheduleShow.self, ScheduleDiff.self, ScheduleCheck.self, SchedulePlan.self],
    defaultSubcommand: ScheduleShow.self)
}

struct ScheduleShow: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the rates of schedules, and what looks wrong with them.",
    usage: "descent schedule [show] <schedule> … --steps <n> [--from <library>] [--lr <rate>] [--lint] [options]",
    discussion: examples(
      "descent schedule '0.1: warmup 5% -> cosine' --steps 1000",
      "descent schedule cosine 'linear to 0' --lr 3e-3 --steps 500 --svg two.svg",
      "descent schedule --from torch 'StepLR(optimizer, step_size=30)' --lr 0.1 --steps 100")
        + """


        In a pipe it prints one rate per line, in the order of the updates; of several schedules a line has one rate each,
        with commas. A library's call may stand among them with its library before it: 'torch: StepLR(optimizer, 30)'.
        """)

  @Argument(
    help: ArgumentHelp(
      "Schedules' texts, such as '0.1: warmup 5% -> cosine'; with --from another library's calls.",
      valueName: "schedule"))
  var schedules: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Read a call of torch, transformers, timm, optax, keras, mlx, fastai or pytorch_optimizer, as one would paste it.",
      valueName: "library"),
    completion: .list(Library.allCases.map(\.rawValue)), transform: Value.choice)
  var from: Library?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The peak of a schedule that has none of its own; with --from the optimizer's rate.", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Flag(help: "Print what looks wrong instead of the rates; exit 3 if any of it is an error.")
  var lint = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How parameters are stored, for the lint: float32 or bfloat16. (default: float32)", valueName: "name"),
    completion: .list(ParameterPrecision.allCases.map(\.rawValue)), transform: Value.choice)
  var precision: ParameterPrecision = .float32

  @OptionGroup var run: HorizonOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    let horizon = try run.horizon()
    let operands = try schedules.map {
      try ScheduleOperand($0, from: from, lr: lr, horizon: horizon, isOnlyOne: schedules.count == 1)
    }
    return try ScheduleReport(operands, precision: precision, lint: lint, session).report(pictures)
  }
}
