import ArgumentParser
import DescentCore
import DescentSchedules
import DescentStore
import DescentTraining
import Foundation

/// `descent schedule replay`: what a controller would have done in a recorded run.
struct ScheduleReplay: DescentCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Tell what a controller of the rate would have done in a recorded run, and why.",
    usage: "descent schedule replay <log> <controller> [--schedule <spec>] [--lr <rate>] [options]",
    discussion: examples(
      "descent schedule replay log.csv 'plateau(patience: 5)' --lr 0.1",
      "descent schedule replay log.csv 'backoff(recover: 100)' --schedule '3e-4: warmup 5% -> cosine'",
      "descent schedule replay 2026-11-23-153012-brave-otter greedy --svg greedy.svg")
      + "\n\nThe log has columns loss and, where there are any, step, lr, gradNorm, valLoss, gradDot under a header; a run's "
      + "folder or name will do too. Without --schedule and --lr the multiplier is put on the rates of the log. The losses "
      + "are those of the log: at other rates they would have been others. Documentation/controllers.md has the controllers."
  )

  @Argument(help: "A log (CSV), or a run's folder or name.", completion: .file(extensions: ["csv"]))
  var log: String

  @Argument(help: "The controller: plateau, greedy, backoff, hypergradient or polyak, as in 'plateau(patience: 5)'.")
  var controller: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The schedule that the multiplier is put on. (default: the log's rates)", valueName: "spec"))
  var schedule: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The schedule's peak; without a schedule the rate.", valueName: "rate"), transform: Value.rate)
  var lr: Double?

  @OptionGroup var run: HorizonOptions
  @OptionGroup var pictures: PictureOptions
  @OptionGroup var global: GlobalOptions

  func report(_ session: Session) throws -> Report {
    try pictures.check()
    let asked = try Controller(parsing: controller)
    var observed = try observations(asked.mode ?? .min)
    try check(asked, observed)
    let watching = asked.watching(observed.hasMetrics ? .validation : .loss)
    let steps = (observed.observations.last?.step ?? 0) + 1
    if schedule != nil || lr != nil {
      let rates = try Schedule(parsing: schedule ?? "constant").resolved(
        peak: lr, horizon: try run.horizon(orSteps: steps))
      for index in observed.observations.indices {
        observed.observations[index].scheduledRate = rates.rate(at: observed.observations[index].step)
      }
    } else if !observed.hasRates {
      session.note("the log has no rates and there is no --lr: the rates are multipliers.")
    }
    let view = ReplayReport(
      title: log, controller: watching, observations: observed.observations,
      replay: watching.replay(observed.observations))
    try pictures.save(view.chart, page: view.page, session: session)
    return Report(
      json: session.global.json ? view.json : .null, result: view.result(session),
      picture: session.drawn(view.chart, height: 24))
  }

  private func observations(_ mode: MetricMode) throws -> ObservationLog {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: log, isDirectory: &isFolder), !isFolder.boolValue else {
      // What looks like a file's name is missed as a file.
      if log.hasSuffix(".csv") { _ = try readFile(log) }
      let record = try RunStore(directory: global.out).open(log).record()
      let observed = ObservationLog(record, mode: mode)
      if observed.observations.isEmpty {
        throw Failure("bad-log", "the run \(log) has recorded no steps", status: .failed)
      }
      return observed
    }
    let text = String(decoding: try readFile(log), as: UTF8.self)
    do { return try ObservationLog(MetricTable(csv: text)) } catch let error as MetricTableError {
      throw error.failure(in: log)
    }
  }

  /// Refuses a controller that the log does not tell enough for.
  private func check(_ controller: Controller, _ log: ObservationLog) throws(Failure) {
    var missing: String?
    switch controller.needs {
    case .loss: if controller.watched == .validation, !log.hasMetrics { missing = "validation losses (valLoss)" }
    case .gradientNorm: if !log.hasNorms { missing = "norms of the gradient (gradNorm)" }
    case .gradientDot(let norm):
      if norm, !log.hasNorms { missing = "norms of the gradient (gradNorm)" }
      if !log.hasDots { missing = "products of successive gradients (gradDot)" }
    }
    guard let missing else { return }
    throw Failure(
      "bad-log", "\(self.log) has no \(missing), which \(shellQuoted(controller.description)) needs", status: .failed)
  }
}
