import DescentFinder
import DescentSchedules

extension Schedule {
  /// What becomes of the rate, as far as a suggestion asks: whether the end is far below the peak.
  var kind: ScheduleKind { kind(over: Horizon(steps: 1000, stepsPerEpoch: 10, tokensPerStep: 1)) }

  /// The same over a run.
  func kind(over horizon: Horizon) -> ScheduleKind {
    let peak = self.peak == nil ? 1.0 : nil
    guard let rates = try? resolved(peak: peak, horizon: horizon) else { return .constant }
    return rates.decays ? .decaying : .constant
  }
}
