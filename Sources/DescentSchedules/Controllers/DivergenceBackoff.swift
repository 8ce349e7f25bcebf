/// Cuts the rate when the run is about to diverge, and may take the cut back later.
///
/// ```
/// limit = L₀ + 10·max(|L₀|, |L₀ − L_best|)        L₀ the first finite loss, L_best the lowest
/// loss or gradient not finite, or loss > limit → m ← max(m·factor, minimum), then `cooldown` observations are waited out
/// `recover` observations in a row without that → m ← min(m·growth, 1)
/// ```
/// A run counts as diverged when the median of ten losses lies above the limit; this acts at the first. It does not mend
/// parameters that are no longer finite: going back to an earlier state is the trainer's part.
///
/// The cut and the slow recovery are those of loss scaling in mixed precision (`torch.amp.GradScaler`, which has 0.5, 2 and
/// 2000), put on the rate.
public struct DivergenceBackoff: RateController, CustomStringConvertible {
  /// By what the rate is multiplied, above 0 and below 1 (default 0.5).
  public var factor = 0.5
  /// Observations after a cut that do not lead to another (default 3).
  public var cooldown = 3
  /// The least multiplier (default 0).
  public var minimum = 0.0
  /// Good observations in a row after which the multiplier grows (default 0: never).
  public var recover = 0
  /// By what it grows then, above 1 (default 1.1).
  public var growth = 1.1

  public private(set) var multiplier = 1.0
  private var first: Double?
  private var best: Double?
  private var cooldownLeft = 0
  private var healthy = 0

  public init() {}

  public init(factor: Double = 0.5, cooldown: Int = 3, minimum: Double = 0, recover: Int = 0, growth: Double = 1.1) {
    self.factor = factor
    self.cooldown = cooldown
    self.minimum = minimum
    self.recover = recover
    self.growth = growth
  }

  public static let name = "backoff"
  public static let settings: [ControllerSetting<Self>] = [
    .number("factor", \.factor, .share),
    .count("cooldown", \.cooldown, from: 0),
    .number("min", \.minimum, .nonNegative),
    .count("recover", \.recover, from: 0),
    .number("growth", \.growth, .growth),
  ]
  public var needs: ControllerNeeds { .loss }
  public var problem: String? { settingsProblem }

  /// The loss above which the rate is cut; nil before the first finite loss.
  public var limit: Double? {
    guard let first, let best else { return nil }
    return first + 10 * max(abs(first), abs(first - best))
  }

  public mutating func observe(_ observation: Observation) -> RateChange? {
    let loss = observation.loss
    let gradientIsFinite = observation.gradientSquaredNorm?.isFinite ?? true
    let isFinite = loss.isFinite && gradientIsFinite
    if loss.isFinite {
      first = first ?? loss
      best = min(best ?? loss, loss)
    }
    let isAboveLimit = limit.map { loss > $0 } ?? false
    if !isFinite || isAboveLimit {
      healthy = 0
      guard cooldownLeft == 0 else {
        cooldownLeft -= 1
        return nil
      }
      return cut(observation, isFinite ? .aboveLimit : .nonFinite)
    }
    if cooldownLeft > 0 { cooldownLeft -= 1 }
    healthy += 1
    guard recover > 0, healthy >= recover, multiplier < 1 else { return nil }
    healthy = 0
    let before = multiplier
    multiplier = min(multiplier * growth, 1)
    return RateChange(
      observation.step, before, multiplier, .recovery,
      because: "The loss has stayed below its limit for \(recover) \(recover == 1 ? "observation" : "observations")")
  }

  private mutating func cut(_ observation: Observation, _ reason: ChangeReason) -> RateChange? {
    cooldownLeft = cooldown
    let before = multiplier
    multiplier = max(multiplier * factor, min(minimum, multiplier))
    guard multiplier != before else { return nil }
    let loss = observation.loss
    let why =
      switch reason {
      case .aboveLimit: "The loss, \(shortNumber(loss)), is above its limit \(shortNumber(limit ?? .infinity))"
      case _ where loss.isFinite: "The gradient is no longer finite"
      default: "The loss is \(loss.isNaN ? "not a number" : "\(loss)")"
      }
    return RateChange(observation.step, before, multiplier, reason, because: why)
  }
}
