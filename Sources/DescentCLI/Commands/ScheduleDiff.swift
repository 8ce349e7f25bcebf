import ArgumentParser
import DescentCharts
import DescentReports
import DescentSchedules

/// `descent schedule diff`: how far two schedules are apart.
struct ScheduleDiff: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Tell where two schedules differ most, and by how much in all.",
    usage: "descent schedule diff <a> <b> --steps <n> [--lr <rate>] [options]",
    discussion: examples(
      "descent schedule diff '0.1: cosine' '0.1: linear to 0' --steps 1000",
      "descent schedule diff cosine 'timm: CosineLRScheduler(optimizer, 99)' --lr 1 --steps 99",
      "descent schedule diff '0.1: rex' '0.1: cosine' --steps 500 --svg two.svg"))

  @Argument(help: "A schedule's text, or a library's call with the library before it.")
  var first: String

  @Argument(help: "Another one's.")
  var second: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The peak of schedules that have none of their own.", valueName: "rate"), transform: Value.rate)
  var lr: Double?

  @OptionGroup var run: HorizonOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    let horizon = try run.horizon()
    let operands = try [first, second].map { try ScheduleOperand($0, lr: lr, horizon: horizon) }
    let difference = try Self.difference(operands[0], operands[1])
    try pictures.save(chart(operands, difference), page: page(operands, difference), session: session)
    return Report(
      json: [
        "largest": ["difference": .number(difference.largest), "step": .integer(difference.step)],
        "rates": JSON(difference.rates), "firstStep": JSON(difference.firstStep),
        "integralDifference": .number(difference.integral),
        "relativeIntegralDifference": .number(difference.relativeIntegral), "steps": .integer(difference.steps),
      ],
      result: Self.sentence(difference), picture: session.drawn(chart(operands, difference)))
  }

  private static func difference(_ a: ScheduleOperand, _ b: ScheduleOperand) throws -> ScheduleDifference {
    // A library's own rates, not those of a schedule that is the same only up to rounding.
    if case .own(let mine) = a.kind, case .own(let other) = b.kind { return mine.difference(to: other) }
    return ScheduleDifference(from: try a.rates(), to: try b.rates())
  }

  private static func sentence(_ difference: ScheduleDifference) -> String {
    if difference.isNone { return "no difference" }
    let rates = difference.rates.map(figure).joined(separator: " and ")
    let share = difference.relativeIntegral * 100
    return """
      largest difference \(figure(difference.largest)) at step \(difference.step): \(rates)
      difference of the areas \(figure(difference.integral)) rate·steps over \(difference.steps) steps\
      \(share.isFinite ? " (\(share > 0 ? "+" : "")\(figure(share)) %)" : "")
      """
  }

  private func chart(_ operands: [ScheduleOperand], _ difference: ScheduleDifference) -> Chart {
    var marks: [Mark] = operands.map { .line($0.line) }
    if !difference.isNone {
      marks.append(.verticalLine(x: Double(difference.step), label: "largest difference \(figure(difference.largest))"))
    }
    return Chart(
      title: "Two schedules", subtitle: "\(difference.steps) steps", xAxis: Axis("step"), yAxis: Axis("rate"),
      marks: marks)
  }

  private func page(_ operands: [ScheduleOperand], _ difference: ScheduleDifference) -> HTMLPage {
    HTMLPage(
      title: "Two learning-rate schedules", subtitle: operands.map(\.text).joined(separator: "; "),
      sections: [
        HTMLPage.Section(
          "",
          [.chart(chart(operands, difference))]
            + Self.sentence(difference).split(separator: "\n").map { .paragraph(String($0)) })
      ], footer: HTMLPage.footer)
  }
}
