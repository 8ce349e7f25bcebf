import ArgumentParser
import DescentSchedules
import DescentSpecs

/// `descent schedule translate`: a schedule as code for another library.
struct ScheduleTranslate: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Print the code that gives a schedule's rates in another library.",
    usage: "descent schedule translate <schedule> --to <library> --steps <n> [--lr <rate>] [options]",
    discussion: examples(
      "descent schedule translate '0.1: warmup 5% -> cosine' --to torch --steps 1000",
      "descent schedule translate 'warmup 100 -> hold -> 1-sqrt 20%' --lr 3e-4 --to optax --steps 5000 > rates.py",
      "descent schedule translate '0.1: step x0.1 every 30ep' --to keras --steps 90ep --steps-per-epoch 100 --json")
      + "\n\nThe code goes to standard output; what to know of it, and where it cannot be exact, to standard error.")

  @Argument(help: "The schedule's text, or a library's call with the library before it: 'timm: CosineLRScheduler(…)'.")
  var schedule: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("torch, transformers, timm, optax, keras or mlx.", valueName: "library"),
    completion: .list(Library.translatable.map(\.rawValue)), transform: ScheduleTranslate.library)
  var to: Library

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The peak of a schedule that has none of its own, the base rate of a library's call.", valueName: "rate"),
    transform: Value.rate)
  var lr: Double?

  @OptionGroup var run: HorizonOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let resolved = try resolved(try run.horizon(), session)
    let translation = try resolved.translated(to: to)
    if !global.json {
      if !translation.exact { session.note("this code is not exact:") }
      for note in translation.notes { session.note(note) }
    }
    return Report(
      json: [
        "library": .string(to.rawValue), "canonical": .string(resolved.schedule.description),
        "steps": .integer(resolved.steps), "code": .string(translation.code), "exact": .bool(translation.exact),
        "notes": JSON(translation.notes), "call": JSON(translation.call), "base": JSON(translation.base),
        "after": JSON(resolved.rates(in: resolved.steps..<resolved.steps + 64)),
      ],
      result: String(translation.code.dropLast(translation.code.hasSuffix("\n") ? 1 : 0)))
  }

  private func resolved(_ horizon: Horizon, _ session: Session) throws -> ResolvedSchedule {
    let operand = try ScheduleOperand(schedule, lr: lr, horizon: horizon, isOnlyOne: true)
    if let own = operand.own {
      if case .library(let theirs) = operand.kind {
        for note in theirs.notes { session.note(note) }
      }
      return own
    }
    throw ScheduleError("no schedule of ours has the rates of \"\(schedule)\", so there is nothing to translate")
  }

  @Sendable private static func library(_ text: String) throws -> Library {
    if let library = Library(rawValue: text), Library.translatable.contains(library) { return library }
    let names = Library.translatable.map(\.rawValue)
    if Library(rawValue: text) != nil {
      throw ValueProblem("can be read but not written; there are: \(names.joined(separator: ", "))")
    }
    throw ValueProblem("is not known; \(flattened(suggestion(for: text, among: names)))")
  }
}
