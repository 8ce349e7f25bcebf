import DescentSchedules
import DescentStudies
import Synchronization

/// How a comparison goes, on standard error: what is being done, how much of it, and who leads.
final class CompareProgressView: Sendable {
  private let comparison: Comparison
  private let session: Session
  private let live: Mutex<LiveView>
  private let bar: Mutex<ProgressBar>
  private let isTall: Bool

  init(_ comparison: Comparison, _ session: Session) {
    self.comparison = comparison
    self.session = session
    let view = LiveView(session)
    isTall = view.isShown
    live = Mutex(view)
    bar = Mutex(session.progress("Comparing", total: comparison.mostSteps))
  }

  /// Called by several threads.
  func update(_ progress: ComparisonProgress) {
    if isTall {
      live.withLock { $0.update { text(progress) } }
    } else {
      bar.withLock { $0.update(progress.stepsSpent) { progress.stage.words } }
    }
  }

  func finish() {
    live.withLock { $0.finish() }
    bar.withLock { $0.finish() }
  }

  private func text(_ progress: ComparisonProgress) -> String {
    let share = 100 * Double(progress.stepsSpent) / Double(comparison.gridSteps)
    var lines = [
      " \(progress.stage.words): \(progress.jobsDone) of \(progress.jobs)   "
        + "\(figure(share)) % of the whole grid's steps"
    ]
    let rows = progress.standings.prefix(8).map { arm, loss in comparison.name(of: arm) + [figure(loss)] }
    if !rows.isEmpty {
      lines.append(table([["optimizer", "schedule", "rate", "loss so far"]] + rows, leading: [0, 1]))
      let more = progress.standings.count - rows.count
      if more > 0 { lines.append("… and \(more) more") }
    }
    // A line that wrapped would be counted as one when the view is erased.
    return lines.joined(separator: "\n").split(separator: "\n").map { $0.prefix(session.terminal.width - 1) }
      .joined(separator: "\n")
  }
}

extension ComparisonProgress.Stage {
  fileprivate var words: String {
    switch self {
    case .screen: "Short runs at every rate"
    case .lead: "Whole runs that choose leaders"
    case .race: "Fresh seeds against the leaders"
    }
  }
}

extension Comparison {
  /// Update rule, schedule and rate of an arm, for people.
  func name(of arm: Int) -> [String] {
    let one = arms[arm]
    return [contenders[one.optimizer].optimizer, schedules[one.schedule].description, figure(one.rate)]
  }
}
