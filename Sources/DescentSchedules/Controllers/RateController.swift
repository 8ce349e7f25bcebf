/// Something that watches a run and says by which factor the schedule's rate is to be multiplied.
///
/// ```swift
/// var plateau = ReduceOnPlateau(patience: 5)
/// for step in 0..<1000 {
///   let rate = schedule.rate(at: step) * plateau.multiplier
///   …                                                        // one update at that rate
///   if let change = plateau.observe(Observation(step: step, loss: loss)) { print(change) }
/// }
/// ```
/// A value: settings and state together, `Codable`, so that a decoded controller goes on bit for bit.
public protocol RateController: Sendable, Hashable, Codable {
  /// What its text begins with.
  static var name: String { get }
  /// The factor on the schedule's rate now.
  var multiplier: Double { get }
  /// Which updates an observation acts on, and what it must hold.
  var needs: ControllerNeeds { get }
  /// What is wrong with the settings, in words that follow the controller's name; nil: nothing.
  var problem: String? { get }
  /// The settings by the names of the text form.
  static var settings: [ControllerSetting<Self>] { get }

  /// With the usual settings, having seen nothing.
  init()

  /// Takes what is known of a step; returns what there is to tell of the multiplier, if anything.
  mutating func observe(_ observation: Observation) -> RateChange?
}

/// What a controller must be told, and when.
public enum ControllerNeeds: Sendable, Hashable, Codable {
  /// Observed after an update, it acts on the next: a loss or a metric will do.
  case loss
  /// Observed between the gradient and the update, it acts on this very update, and needs ‖g‖².
  case gradientNorm
  /// The same, and needs the dot product of successive gradients; ‖g‖² too if `norm`.
  case gradientDot(norm: Bool)

  /// True if it is observed before the update it acts on.
  public var isBeforeUpdate: Bool { self != .loss }
}

extension RateController {
  /// The settings that differ from the usual ones, as text: `plateau(patience: 5)`. The state is no part of it.
  public var description: String {
    let usual = Self()
    let changed = Self.settings.compactMap { setting -> String? in
      guard let text = setting.text(in: self), text != setting.text(in: usual) else { return nil }
      return "\(setting.name): \(text)"
    }
    return changed.isEmpty ? Self.name : "\(Self.name)(\(changed.joined(separator: ", ")))"
  }
}

extension RateController {
  /// The first setting that is out of range; nil: none.
  var settingsProblem: String? {
    for setting in Self.settings { if let problem = setting.problem(self) { return problem } }
    return nil
  }
}

/// The lower bound of a multiplier: the larger of a bound of its own and one on the rate, but never above where it is.
func lowerBound(_ minimum: Double, rate: Double, _ observation: Observation, from multiplier: Double) -> Double {
  let byRate = observation.scheduledRate > 0 ? rate / observation.scheduledRate : 0
  return min(max(minimum, byRate), multiplier)
}
