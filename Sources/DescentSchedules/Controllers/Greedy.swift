/// Raises the rate while what is watched keeps becoming better, and lowers it while it does not.
///
/// ```
/// better → good ← good + 1, bad ← 0        otherwise bad ← bad + 1, good ← 0
/// good > patience → m ← min(m/factor, maximum), good ← 0, then `warmup` observations are waited out
/// bad > patience  → m ← max(m·factor, minimum), bad ← 0, then `cooldown` observations are waited out
/// ```
/// After ``reset`` lowerings in vain at the minimum it begins again from the multiplier 1, its best forgotten.
///
/// GreedyLR (arXiv:2512.14527), the rule of `transformers.optimization.GreedyLR` with its defaults, except for the bounds:
/// there they are rates (1e-3 … 1), here multipliers (0.01 … 10, the same at a rate of 0.1); `minRate` and `maxRate` bound
/// the rate itself. As with ``ReduceOnPlateau`` negative figures have their margin on the right side, a value that is not a
/// number changes nothing, and no change is too small to be made.
public struct Greedy: RateController, CustomStringConvertible {
  /// By what the rate is multiplied or divided, above 0 and below 1 (default 0.95).
  public var factor = 0.95
  /// Observations in a row of one kind that are borne; the change comes with the next (default 10).
  public var patience = 10
  /// Observations passed over after a lowering (default 0).
  public var cooldown = 0
  /// Observations passed over after a raising (default 0).
  public var warmup = 0
  /// The least and the greatest multiplier (default 0.01 and 10).
  public var minimum = 0.01
  public var maximum = 10.0
  /// The least rate that a lowering goes to (default 0), and the greatest that a raising goes to (default: any).
  public var minimumRate = 0.0
  public var maximumRate: Double?
  /// Values of which the moving mean is watched instead of the last one (default 1: none; transformers' window is 50).
  public var smooth = 1
  /// Lowerings in vain at the minimum after which it begins again (default 500; 0: never).
  public var reset = 500
  /// What counts as better (default: lower by more than 1e-6).
  public var improvement = Improvement(threshold: 1e-6, thresholdMode: .absolute)

  public private(set) var multiplier = 1.0
  /// The best value so far; nil before the first.
  public private(set) var best: Double?
  private var good = 0
  private var bad = 0
  private var cooldownLeft = 0
  private var warmupLeft = 0
  private var inVain = 0
  private var window: [Double] = []
  private var isPastNumbers = false

  public init() {}

  public init(
    factor: Double = 0.95, patience: Int = 10, cooldown: Int = 0, warmup: Int = 0, minimum: Double = 0.01,
    maximum: Double = 10, minimumRate: Double = 0, maximumRate: Double? = nil, smooth: Int = 1, reset: Int = 500,
    improvement: Improvement = Improvement(threshold: 1e-6, thresholdMode: .absolute)
  ) {
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.warmup = warmup
    self.minimum = minimum
    self.maximum = maximum
    self.minimumRate = minimumRate
    self.maximumRate = maximumRate
    self.smooth = smooth
    self.reset = reset
    self.improvement = improvement
  }

  public static let name = "greedy"
  public static let settings: [ControllerSetting<Self>] = [
    .count("patience", \.patience, from: 0),
    .number("factor", \.factor, .share),
    .choice("mode", \.improvement.mode),
    .number("threshold", \.improvement.threshold, .nonNegative),
    .choice("thresholdMode", \.improvement.thresholdMode),
    .count("cooldown", \.cooldown, from: 0),
    .count("warmup", \.warmup, from: 0),
    .number("min", \.minimum, .nonNegative),
    .number("max", \.maximum, .positive),
    .number("minRate", \.minimumRate, .nonNegative),
    .optional("maxRate", \.maximumRate, .positive),
    .count("smooth", \.smooth, from: 1),
    .count("reset", \.reset, from: 0),
    .choice("watch", \.improvement.watch),
  ]
  public var needs: ControllerNeeds { .loss }
  public var problem: String? {
    if let problem = settingsProblem ?? improvement.problem { return problem }
    if minimum > maximum { return "min must not be above max, and \(number(minimum)) is above \(number(maximum))" }
    guard let maximumRate, minimumRate > maximumRate else { return nil }
    return "minRate must not be above maxRate, and \(number(minimumRate)) is above \(number(maximumRate))"
  }

  public mutating func observe(_ observation: Observation) -> RateChange? {
    guard let raw = improvement.value(in: observation) else { return nil }
    let wasPastNumbers = isPastNumbers
    isPastNumbers = improvement.isUnusable(raw)
    if isPastNumbers {
      return wasPastNumbers ? nil : improvement.note(raw, at: observation.step, multiplier: multiplier)
    }
    let value = smoothed(raw)
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      (good, bad) = (0, 0)
      return nil
    }
    if warmupLeft > 0 {
      warmupLeft -= 1
      (good, bad) = (0, 0)
      return nil
    }
    if improvement.verdict(value, best: best) == .better {
      best = value
      (good, bad) = (good + 1, 0)
    } else {
      (good, bad) = (0, bad + 1)
    }
    if good > patience { return raised(observation) }
    if bad > patience { return lowered(observation) }
    return nil
  }

  private mutating func raised(_ observation: Observation) -> RateChange? {
    let count = good
    (good, warmupLeft, inVain) = (0, warmup, 0)
    let before = multiplier
    let byRate = maximumRate.map { observation.scheduledRate > 0 ? $0 / observation.scheduledRate : .infinity }
    multiplier = max(min(multiplier / factor, maximum, byRate ?? .infinity), multiplier)
    guard multiplier != before else { return nil }
    return RateChange(
      observation.step, before, multiplier, .improving,
      because: "The \(improvement.figureName) has become better \(count) \(count == 1 ? "time" : "times") in a row")
  }

  private mutating func lowered(_ observation: Observation) -> RateChange? {
    let count = bad
    (bad, cooldownLeft) = (0, cooldown)
    let before = multiplier
    let bound = lowerBound(minimum, rate: minimumRate, observation, from: multiplier)
    multiplier = max(multiplier * factor, bound)
    if multiplier <= bound {
      inVain += 1
      if reset > 0, inVain >= reset { return begunAgain(observation, before) }
    }
    guard multiplier != before else { return nil }
    return RateChange(
      observation.step, before, multiplier, .worsening,
      because: "The \(improvement.figureName) has not become better in \(count) "
        + (count == 1 ? "observation" : "observations"))
  }

  private mutating func begunAgain(_ observation: Observation, _ before: Double) -> RateChange {
    multiplier = 1
    best = nil
    (good, inVain, warmupLeft) = (0, 0, 0)
    window = []
    return RateChange(
      observation.step, before, 1, .reset,
      because: "The rate was to be lowered \(reset) \(reset == 1 ? "time" : "times") at its minimum")
  }

  /// The mean of the last ``smooth`` finite values. An infinite value counts by itself and is not kept, so that it does
  /// not outlast its step.
  private mutating func smoothed(_ raw: Double) -> Double {
    guard smooth > 1, raw.isFinite else { return raw }
    window.append(raw)
    if window.count > smooth { window.removeFirst() }
    return window.reduce(0, +) / Double(window.count)
  }
}
