import DescentCore
import DescentSchedules
import DescentTraining

/// What a plan's groups ask of every step of a search: their rates as factors of the one that is sought, and what varies
/// besides at its value where the rate is highest.
struct GroupRequest {
  /// At a rate of 0.
  private var request = StepRequest(learningRate: 0)
  /// What the plan multiplies the main group's rate by.
  private var factor = 1.0
  /// What a person should know of it.
  var notes: [String] = []

  /// Nothing but the rate.
  init() {}

  /// The request of a step at a rate.
  func asking(_ rate: Double) -> StepRequest {
    var request = request
    request.learningRate = rate * factor
    return request
  }

  /// - Parameter peak: of the rates in the session's plan.
  /// - Throws: `ScheduleError` if the plan's rates have a peak of their own.
  init(_ session: TrainingSession, peak: Double) throws {
    guard let planned = session.plan.groups, let plan = session.specification.plan else { return }
    let run = planned.plan
    let problem = ScheduleError(
      "the plan's rates have a peak of their own, so there is none to find; leave it out, as in 'cosine' for '0.1: cosine'"
    )
    guard plan.needsPeak(session.setup.planParameters, schedule: session.specification.schedule) else { throw problem }
    let doubled = try session.setup.resolved(
      plan, steps: run.steps, schedule: session.specification.schedule, peak: 2 * peak)
    let main = run.main
    let place = main.schedule.maximum.step
    let highest = main.rate(at: place)
    guard doubled.main.rate(at: place) != highest else { throw problem }
    let scheduled = main.schedule.rate(at: place)
    if scheduled > 0 { factor = highest / scheduled }
    var (factors, fixed, held): ([String], [String], [String]) = ([], [], [])
    if factor != 1 { factors.append("\(main.name) ×\(figure(factor))") }
    for (index, group) in run.groups.enumerated() {
      let rate = group.rate(at: place)
      if index > 0, rate != highest {
        // Twice the peak: a rate that stays is one of its own.
        if doubled.groups[index].rate(at: place) == rate {
          request.groupOverrides[group.name, default: [:]][.learningRate] = rate
          fixed.append("\(group.name) at \(figure(rate))")
        } else {
          request.groupFactors[group.name] = rate / highest
          factors.append("\(group.name) ×\(figure(factor * rate / highest))")
        }
      }
      for (setting, name) in group.settings.enumerated() where !group.isConstant(setting: setting) {
        guard let hyperparameter = Hyperparameter(rawValue: name) else { continue }
        let value = group.value(ofSetting: setting, at: place)
        request.groupOverrides[group.name, default: [:]][hyperparameter] = value
        held.append("\(name) of \(group.name) at \(figure(value))")
      }
    }
    if !factors.isEmpty {
      notes.append(
        "the plan's factors stand, the rate found is a common one that they multiply: "
          + factors.joined(separator: ", "))
    }
    if !fixed.isEmpty { notes.append("rates of their own stay as they are: " + fixed.joined(separator: ", ")) }
    if !held.isEmpty {
      notes.append("what varies besides is held as it is at the highest rate: " + held.joined(separator: ", "))
    }
  }
}
