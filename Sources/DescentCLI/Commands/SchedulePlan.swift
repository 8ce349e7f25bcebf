import ArgumentParser
import DescentOptimizers
import DescentSchedules
import DescentTraining

/// `descent schedule plan`: what a plan makes of a model's parameters.
struct SchedulePlan: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show which hyper-parameters a plan gives to which parameters of a model, and what looks wrong with it.",
    usage: "descent schedule plan <plan> [--model <spec>] [--optimizer <spec>] [--lr <rate>] [--steps <n>] [options]",
    discussion: examples(
      "descent schedule plan 'warmup 5% -> cosine; [ndim<2] weightDecay = 0' --optimizer adamw",
      "descent schedule plan 'rate depth x0.75; weightDecay ~ rate' --schedule cosine --optimizer adamw --steps 500",
      "descent schedule plan '' --model mlp:512-512 --narrow mlp:128-128 --json")
      + "\n\nThe plan is a text or a JSON file; Documentation/plans.md has the grammar.")

  @Argument(help: "The plan's text, such as 'cosine; *.bias weightDecay = 0', or a JSON file.")
  var plan: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Updates in the run. (default: 1000)", valueName: "n"),
    transform: Value.count(1...10_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The peak of rates that have none of their own. (default: the optimizer's)", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The narrower model that the rate was found with: adds the factors of muP's width rule.", valueName: "spec"))
  var narrow: String?

  @Flag(help: "Print what looks wrong instead; exit 3 if any of it is an error.")
  var lint = false

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    var plan = try Plan(reading: plan)
    let schedule = try training.schedule.map(Schedule.init(parsing:)) ?? Schedule(.constant())
    let setup = try training.specification().setUp()
    if let narrow { plan = try plan.then(widthRule(narrow, setup)) }
    var peak = lr
    if peak == nil, plan.needsPeak(setup.planParameters, schedule: schedule) {
      peak = setup.source.optimizer.defaultLearningRate
      session.note(
        "no --lr given: using \(decimal(peak ?? 0)), the default of \(setup.source.optimizer.description).")
    }
    let resolved = try setup.resolved(
      plan, steps: steps ?? RunSpecification.defaultSteps, schedule: schedule, peak: peak)
    // What a step cannot drive, or the optimizer cannot take, is told here as it would be in training.
    var source = setup.source
    try source.setGroups(try PlannedSteps(resolved).parameterGroups(setup.compiled.layout))
    let findings = resolved.lint()
    if !lint, !global.json {
      for finding in findings {
        session.note(finding.severity == .note ? finding.message : "\(finding.severity.rawValue): \(finding.message)")
      }
    }
    let view = PlanReport(resolved, findings)
    try pictures.save(view.chart, page: view.page, session: session)
    return Report(
      json: global.json ? view.json : .null, result: lint ? view.findingLines : view.table(session),
      picture: lint ? nil : session.drawn(view.chart),
      status: lint && findings.contains { $0.severity == .error } ? .badNews : .fine)
  }

  /// The factors of the maximal update parametrisation, by the optimizer's family.
  private func widthRule(_ narrow: String, _ setup: TrainingSetup) throws -> Plan {
    var specification = training.specification()
    specification.model = narrow
    let family: WidthRule.Family = setup.source.optimizer.rule is SGD ? .sgd : .adam
    do {
      return try WidthRule(family).plan(setup.planParameters, base: specification.setUp().planParameters)
    } catch let error as ScheduleError {
      throw error.failure.at("--narrow \(shellQuoted(narrow))")
    }
  }
}
