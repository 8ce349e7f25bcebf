import DescentCurvature
import DescentFinder
import DescentSchedules
import DescentStore
import DescentTraining

extension FindAnswer {
  /// The command that trains at the rate found, for exactly what it is for; nil without a rate, or where a run is to go on at
  /// another rate than its own.
  func nextCommand(_ command: FindCommand) -> String? {
    guard let suggestion else { return nil }
    if let point = subject.resumed {
      guard let own = point.ownRate, (suggestion.low...suggestion.high).contains(own), command.isForWhatIsLeft else {
        return nil
      }
      return "descent train --resume \(shellQuoted(point.folder.path))"
    }
    var text = "descent train" + command.training.flags
    if let plan = command.plan { text += " --plan \(shellQuoted(plan))" }
    if let seed = command.global.givenSeed { text += " --seed \(seed)" }
    return text + rates(command, suggestion.rate) + " --steps \(subject.steps)"
  }

  /// `--lr` with the schedule, or the schedule alone where it names its peak.
  private func rates(_ command: FindCommand, _ rate: Double) -> String {
    if var schedule = command.training.schedule.flatMap({ try? Schedule(parsing: $0) }), schedule.peak != nil {
      schedule.peak = Double(figure(rate)) ?? rate
      return " --schedule \(shellQuoted(schedule.description))"
    }
    if subject.plansSchedule { return " --lr \(figure(rate))" }
    if let schedule = command.training.schedule { return " --lr \(figure(rate)) --schedule \(shellQuoted(schedule))" }
    if method == .shortRuns || command.depth != .quick {
      return " --lr \(figure(rate)) --schedule \(shellQuoted(FindSubject.usualSchedule))"
    }
    // A constant rate was asked about; the next thing to try is one that decays, and that bears more.
    let decaying = decayingRate ?? rate
    // A twentieth of the run is the usual warm-up; what the start asks for beyond that goes before it.
    let steps = curvature?.warmup(to: decaying)?.steps.map { min($0, subject.steps / 2) } ?? 0
    let length = steps * 20 > subject.steps ? "\(steps)" : "5%"
    return " --lr \(figure(decaying)) --schedule \(shellQuoted("warmup \(length) -> cosine"))"
  }

  /// What the range test says for a schedule that decays, where it was asked for a constant rate.
  var decayingRate: Double? {
    RangeTestResult(repeats: ramp.repeats, scheduleKind: .decaying).suggestion?.rate
  }
}
