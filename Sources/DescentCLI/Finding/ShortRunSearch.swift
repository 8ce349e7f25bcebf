import DescentCore
import DescentStudies
import DescentTraining
import Synchronization

/// What short runs with the schedule stretched to them came to.
enum ShortRunSearch {
  /// They answered, or refused with a reason.
  case found(FoundRate)
  /// They could not be made at all.
  case impossible(String)
  /// Ctrl-C came first; the runs that had ended.
  case interrupted([FindMeter.Run], steps: Int)

  /// The shortest run that short runs can stand for.
  static let shortestHorizon = 100

  /// Searches, several runs at once.
  ///
  /// - Parameters:
  ///   - subject: what is trained for what.
  ///   - start: the rate to begin at.
  ///   - effort: how much may be spent.
  init(_ subject: FindSubject, from start: Double, effort: RateFinder.Effort, _ session: Session) throws {
    let finder = try RateFinder(
      schedule: subject.schedule, steps: subject.steps, usualRate: start, effort: effort)
    // A guess until the search itself says.
    let bar = Mutex(
      session.progress("Short runs", total: effort == .thorough ? subject.steps * 5 / 2 : subject.steps / 3))
    let meter = FindMeter { steps, loss, rate in
      bar.withLock { $0.update(steps) { "loss \(figure(loss))  lr \(figure(rate))" } }
    }
    var source = subject.source
    source.meter = meter
    defer { bar.withLock { $0.finish() } }
    do {
      self = .found(
        try finder.find(source, seed: subject.seed, lanes: ThreadedLanes(threads: session.threads)) { progress in
          bar.withLock { $0.total = progress.plannedSteps }
        })
    } catch is FindInterrupted {
      self = .interrupted(meter.runs, steps: meter.steps)
    } catch let error as StudyError {
      self = .impossible(error.description)
    }
  }
}
