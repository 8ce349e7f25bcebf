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
    subcommands: [ScheduleShow.self, ScheduleDiff.self, ScheduleTranslate.self],
    defaultSubcommand: ScheduleShow.self)
}

struct ScheduleShow: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the rates of a schedule, its area, and what looks wrong with it.",
    usage: "descent schedule [show] <schedule> --steps <n> [--from <library>] [--lr <rate>] [--lint] [options]",
    discussion: examples(
      "descent schedule '0.1: warmup 5% -> cosine' --steps 1000",
      "descent schedule 'cosine to 1%' --lr 3e-3 --steps 500 --lint",
      "descent schedule --from torch 'StepLR(optimizer, step_size=30)' --lr 0.1 --steps 100")
      + "\n\nIn a pipe it prints one rate per line, in the order of the updates.")

  @Argument(help: "The schedule's text, such as '0.1: warmup 5% -> cosine'; with --from another library's call.")
  var schedule: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Read a call of torch, transformers, timm, optax, keras, mlx, fastai or pytorch_optimizer, as one would paste it.",
      valueName: "library"),
    completion: .list(Library.allCases.map(\.rawValue)), transform: ScheduleShow.library)
  var from: Library?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Updates in the run.", valueName: "n"),
    transform: Value.count(1...10_000_000))
  var steps: Int

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The peak of a schedule that has none of its own; with --from the optimizer's rate.", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Updates in an epoch, for lengths such as 5ep.", valueName: "n"), transform: Value.steps)
  var stepsPerEpoch: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tokens in an update, for lengths such as 1000000tok.", valueName: "n"), transform: Value.steps)
  var tokensPerStep: Int?

  @Flag(help: "Print what looks wrong instead of the rates; exit 3 if any of it is an error.")
  var lint = false

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    if let from {
      let theirs = try LibrarySchedule(parsing: schedule, of: from, base: lr, steps: steps)
      return try ScheduleReport(theirs, steps: steps).report(pictures, session)
    }
    let horizon = Horizon(steps: steps, stepsPerEpoch: stepsPerEpoch, tokensPerStep: tokensPerStep)
    let resolved = try Schedule(parsing: schedule).resolved(peak: lr, horizon: horizon)
    let findings = resolved.lint()
    if !lint, !global.json {
      for finding in findings { session.note("\(finding.severity.rawValue): \(finding.message)") }
    }
    try pictures.save(resolved.chart, page: resolved.page(findings), session: session)
    return Report(
      json: global.json ? json(resolved, findings) : .null,
      result: result(resolved, findings, onTerminal: session.terminal.outputIsTerminal),
      picture: lint ? nil : session.drawn(resolved.chart),
      status: lint && findings.contains { $0.severity == .error } ? .badNews : .fine)
  }

  private func json(_ resolved: ResolvedSchedule, _ findings: [LintFinding]) -> JSON {
    [
      "canonical": .string(resolved.schedule.description),
      "steps": .integer(resolved.steps),
      "integral": .number(resolved.integral()),
      "lint": .array(
        findings.map {
          ["code": .string($0.code), "severity": .string($0.severity.rawValue), "message": .string($0.message)]
        }),
      "rates": JSON(resolved.rates()),
    ]
  }

  private func result(_ resolved: ResolvedSchedule, _ findings: [LintFinding], onTerminal: Bool) -> String {
    if lint {
      return findings.map { "\($0.severity.rawValue)  \($0.code)  \($0.message)" }.joined(separator: "\n")
    }
    guard onTerminal else { return resolved.rates().map(decimal).joined(separator: "\n") }
    return Self.summary(resolved)
  }

  /// Canonical text, area, and the rate at some ten places with every place where something happens.
  private static func summary(_ resolved: ResolvedSchedule) -> String {
    let last = resolved.steps - 1
    var places = Set((0...8).map { last * $0 / 8 })
    if resolved.breakpoints.count <= 12 { places.formUnion(resolved.breakpoints) }
    let rows = places.sorted().map { [String($0), figure(resolved.rate(at: $0))] }
    return """
      \(resolved.schedule)
      area \(figure(resolved.integral())) rate·steps over \(resolved.steps) steps, mean rate \
      \(figure(resolved.integral() / Double(resolved.steps)))

      \(table([["step", "rate"]] + rows))
      """
  }

  @Sendable private static func library(_ text: String) throws -> Library {
    if let library = Library(rawValue: text) { return library }
    throw ValueProblem("is not known; \(flattened(suggestion(for: text, among: Library.allCases.map(\.rawValue))))")
  }
}
