/// A schedule times a controller: what a training loop asks for its rate and tells its loss.
///
/// ```swift
/// var rates = ControlledSchedule(schedule, .plateau(ReduceOnPlateau(patience: 5)))
/// for step in 0..<1000 {
///   let loss = train(at: rates.rate(at: step))
///   if let change = rates.observe(Observation(step: step, loss: loss)) { print(change) }
/// }
/// ```
/// A controller of the gradient (see ``Controller/needs``) is shown it before the rate is asked for.
public struct ControlledSchedule: Sendable {
  public let schedule: ResolvedSchedule
  /// To be kept with a run; put back, it goes on bit for bit.
  public var controller: Controller

  public init(_ schedule: ResolvedSchedule, _ controller: Controller) {
    self.schedule = schedule
    self.controller = controller
  }

  /// The rate of the update `step`, from 0.
  public func rate(at step: Int) -> Double { schedule.rate(at: step) * controller.multiplier }

  /// Takes what is known of a step; its scheduled rate is filled in.
  public mutating func observe(_ observation: Observation) -> RateChange? {
    var observation = observation
    observation.scheduledRate = schedule.rate(at: observation.step)
    return controller.observe(observation)
  }
}
