/// What a controller does to the rates of a recorded run.
public struct ControllerReplay: Sendable, Hashable {
  /// The multiplier that each observation's own update is made with, in their order.
  public var multipliers: [Double]
  /// What the controller had to tell, in order.
  public var changes: [RateChange]
  /// The controller afterwards.
  public var controller: Controller

  /// Rates: the observations' scheduled rates times the multipliers.
  public var rates: [Double]
}

extension Controller {
  /// Shows the controller the observations of a run and tells what it would have done.
  ///
  /// The same observations give the same multipliers as in the run. For another controller it is an answer with the run's
  /// losses held fixed: other rates would have led to other losses.
  public func replay(_ log: some Sequence<Observation>) -> ControllerReplay {
    var result = ControllerReplay(multipliers: [], changes: [], controller: self, rates: [])
    for observation in log {
      var change: RateChange?
      if needs.isBeforeUpdate { change = result.controller.observe(observation) }
      result.multipliers.append(result.controller.multiplier)
      result.rates.append(observation.scheduledRate * result.controller.multiplier)
      if !needs.isBeforeUpdate { change = result.controller.observe(observation) }
      if let change { result.changes.append(change) }
    }
    return result
  }
}
