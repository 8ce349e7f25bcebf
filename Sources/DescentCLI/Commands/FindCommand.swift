import ArgumentParser
import DescentFinder
import DescentSchedules
import DescentTraining
import Synchronization

/// `descent find`: which learning rate to use.
struct FindCommand: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "find",
    abstract: "Find a learning rate by a range test, with an interval and reasons.",
    usage: "descent find [--data <spec>] [--model <spec>] [--optimizer <spec>] [options]",
    discussion: examples(
      "descent find",
      "descent find --data spiral --model mlp:64-64 --optimizer sgd --schedule cosine",
      "descent find --curve curve.csv --svg find.svg")
      + "\n\nIn a pipe it prints one number. It exits with 3 if the curve shows no usable rate.")

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Apply the rules to this recorded curve instead: columns rate,loss; nan and inf allowed.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var curve: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The first rate. (default: 1e-6)", valueName: "rate"),
    transform: Value.rate)
  var from: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The last rate. (default: 10)", valueName: "rate"),
    transform: Value.rate)
  var to: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Steps of one repeat. (default: 100)", valueName: "n"),
    transform: Value.count(2...1_000_000))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How the rate rises: exponential or linear. (default: exponential)", valueName: "name"),
    completion: .list(["exponential", "linear"]), transform: Value.choice)
  var ramp: RangeTest.Ramp?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes with different batch orders. (default: 3)", valueName: "n"),
    transform: Value.count(1...1000))
  var repeats: Int?

  @OptionGroup var training: TrainingOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    let kind = try Schedule(parsing: training.schedule ?? "constant").kind
    let title: String
    let result: RangeTestResult
    if let curve {
      title = curve
      result = try Self.recorded(curve, kind)
    } else {
      let settings = training.settings
      title = ["data", "model", "optimizer"].compactMap { settings[$0] }.joined(separator: ", ")
      result = try rangeTest(settings, kind, session)
    }
    try pictures.save(result.chart(title: title), page: result.page(title: title), session: session)
    var report = Report(result, title: title, session: session)
    if Interruption.isRequested { report.status = .interrupted }
    if let suggestion = result.suggestion, curve == nil {
      report.next = "Next: descent train --lr \(figure(suggestion.rate))" + training.flags + " --steps 1000"
    }
    return report
  }

  private static func recorded(_ path: String, _ kind: ScheduleKind) throws -> RangeTestResult {
    let data = try readFile(path)
    do {
      return try RecordedCurve(csv: String(decoding: data, as: UTF8.self)).result(scheduleKind: kind)
    } catch let error as FinderError {
      throw error.failure(in: path)
    }
  }

  /// The repeats side by side, one on each thread.
  private func rangeTest(
    _ settings: [String: String], _ kind: ScheduleKind, _ session: Session
  ) throws -> RangeTestResult {
    let test = try RangeTest(from: from ?? 1e-6, to: to ?? 10, steps: steps ?? 100, ramp: ramp ?? .exponential)
    let source = try ReadyTraining(settings, threads: 1).source
    let repeats = repeats ?? 3
    let seed = global.seed
    let bar = Mutex(session.progress("Range test", total: test.steps * repeats))
    let done = Atomic<Int>(0)
    let results = try runLanes(repeats, threads: session.threads) { index in
      try test.runOne(
        source, repeat: index, of: repeats, seed: seed,
        progress: { report in
          let steps = done.add(1, ordering: .relaxed).newValue
          bar.withLock { $0.update(steps) { "loss \(figure(report.loss))  lr \(figure(report.rate))" } }
        }, shouldStop: { Interruption.isRequested })
    }
    bar.withLock { $0.finish() }
    return test.combine(results, scheduleKind: kind)
  }
}

extension TrainingOptions {
  /// The options given, as they would be typed again.
  var flags: String {
    let given: [(String, String?)] = [
      ("data", data), ("model", model), ("activation", activation), ("loss", loss), ("optimizer", optimizer),
      ("batch", batch?.text), ("schedule", schedule), ("split-seed", splitSeed.map(String.init)),
    ]
    return given.compactMap { name, value in value.map { " --\(name) \(quoted($0))" } }.joined()
  }
}

/// A word as a shell takes it.
private func quoted(_ word: String) -> String {
  let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_.:/=,".contains($0) }
  return plain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
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
