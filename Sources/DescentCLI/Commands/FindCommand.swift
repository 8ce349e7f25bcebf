import ArgumentParser
import DescentFinder
import DescentSchedules

/// `descent find`: which learning rate to use.
struct FindCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find a learning rate from a range test's curve, with an interval and reasons.",
    usage: "descent find --curve <file> [--schedule <spec>] [options]",
    discussion: examples(
      "descent find --curve curve.csv",
      "descent find --curve curve.csv --schedule cosine --svg find.svg",
      "descent find --curve curve.csv --json")
      + "\n\nIn a pipe it prints one number. It exits with 3 if the curve shows no usable rate.")

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("A recorded curve of raw losses: columns rate,loss; nan and inf allowed.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curve: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The schedule the rate is for; a decaying one bears more. (default: constant)", valueName: "spec"))
  var schedule = "constant"

  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let kind = try Schedule(parsing: schedule).kind
    let recorded: RecordedCurve
    do { recorded = try RecordedCurve(csv: String(decoding: try readFile(curve), as: UTF8.self)) } catch let error
      as FinderError
    {
      throw error.failure(in: curve)
    }
    let result = recorded.result(scheduleKind: kind)
    try pictures.save(result.chart(title: curve), page: result.page(title: curve), session: session)
    return Report(result, title: curve, session: session)
  }
}

extension Schedule {
  /// What becomes of the rate, as far as a suggestion asks: whether the end is far below the peak.
  var kind: ScheduleKind {
    let steps = 1000
    let peak = self.peak == nil ? 1.0 : nil
    guard let rates = try? resolved(peak: peak, horizon: Horizon(steps: steps, stepsPerEpoch: 10, tokensPerStep: 1))
    else { return .constant }
    return rates.rate(at: steps - 1) < 0.2 * rates.peak ? .decaying : .constant
  }
}
