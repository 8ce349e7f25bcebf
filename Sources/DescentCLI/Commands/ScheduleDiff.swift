import ArgumentParser
import DescentSchedules

/// `descent schedule diff`: how far two schedules are apart.
struct ScheduleDiff: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Tell where two schedules differ most, and by how much in all.",
    usage: "descent schedule diff <a> <b> --steps <n> [--lr <rate>] [options]",
    discussion: examples(
      "descent schedule diff '0.1: cosine' '0.1: linear to 0' --steps 1000",
      "descent schedule diff 'warmup 5% -> cosine' 'warmup 10% -> cosine' --lr 3e-3 --steps 1000",
      "descent schedule diff '0.1: rex' '0.1: cosine' --steps 500 --json"))

  @Argument(help: "A schedule's text.")
  var first: String

  @Argument(help: "Another one's.")
  var second: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Updates in the run.", valueName: "n"),
    transform: Value.count(1...10_000_000))
  var steps: Int

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The peak of schedules that have none of their own.", valueName: "rate"), transform: Value.rate)
  var lr: Double?

  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let (a, b) = (try resolved(first), try resolved(second))
    let difference = a.difference(to: b)
    return Report(
      json: [
        "largest": ["difference": .number(difference.largest), "step": .integer(difference.step)],
        "rates": JSON(difference.rates), "firstStep": JSON(difference.firstStep),
        "integralDifference": .number(difference.integral), "steps": .integer(difference.steps),
      ],
      result: difference.isNone ? "no difference" : Self.sentence(difference))
  }

  private func resolved(_ text: String) throws -> ResolvedSchedule {
    let schedule = try Schedule(parsing: text)
    // --lr is for those that need one, so that a schedule with its own peak can be compared with one without.
    return try schedule.resolved(peak: schedule.peak == nil ? lr : nil, horizon: Horizon(steps: steps))
  }

  private static func sentence(_ difference: ScheduleDifference) -> String {
    let rates = difference.rates.map(figure).joined(separator: " and ")
    return """
      largest difference \(figure(difference.largest)) at step \(difference.step): \(rates)
      difference of the areas \(figure(difference.integral)) rate·steps over \(difference.steps) steps
      """
  }
}
