public import DescentSchedules

extension RunSpecification {
  /// The schedule laid over the run, as far as it can be told without the data; nil where a plan or a controller makes the
  /// rates, where the length is not given, or where pieces are measured in epochs or tokens.
  public var intendedSchedule: ResolvedSchedule? {
    guard plan == nil, controller == nil, let steps, onDivergence != .backoff else { return nil }
    return try? schedule.resolved(peak: rate, horizon: Horizon(steps: steps))
  }
}
