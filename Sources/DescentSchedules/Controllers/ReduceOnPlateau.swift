/// Cuts the rate when what is watched has stopped becoming better.
///
/// ```
/// better → best ← value, bad ← 0          otherwise bad ← bad + 1; within a cool-down bad ← 0
/// bad > patience → m ← max(m·factor, minimum), bad ← 0, and `cooldown` observations are waited out
/// ```
/// The rule of `torch.optim.lr_scheduler.ReduceLROnPlateau`, with its defaults. It differs where that one errs: a negative
/// figure has its margin on the right side and a value that is not a number changes nothing (see ``Improvement``), and a
/// rate is never too small to be cut (PyTorch passes over changes of less than `eps` = 1e-8). Optax' `reduce_on_plateau`
/// counts to its patience, not beyond: its `patience: p` is `p − 1` here; its `accumulation_size` is ``average``.
public struct ReduceOnPlateau: RateController, CustomStringConvertible {
  /// By what the rate is multiplied, above 0 and below 1 (default 0.1).
  public var factor = 0.1
  /// Observations without improvement that are borne: the cut comes with the next (default 10).
  public var patience = 10
  /// Observations after a cut that are not counted against it (default 0).
  public var cooldown = 0
  /// The least multiplier (default 0).
  public var minimum = 0.0
  /// The least rate: no cut goes below it, though a schedule may (default 0).
  public var minimumRate = 0.0
  /// Values of which the mean is taken as one, for noisy figures such as a mini-batch loss (default 1).
  public var average = 1
  /// What counts as better (default: lower by more than 1e-4 of the best).
  public var improvement = Improvement(threshold: 1e-4, thresholdMode: .relative)

  public private(set) var multiplier = 1.0
  /// The best value so far; nil before the first.
  public private(set) var best: Double?
  /// Observations without improvement since the best, the last cut or the end of the cool-down.
  public private(set) var badCount = 0
  private var cooldownLeft = 0
  private var mean = 0.0
  private var collected = 0
  private var collectedInfinity = false
  private var isPastNumbers = false

  public init() {}

  public init(
    factor: Double = 0.1, patience: Int = 10, cooldown: Int = 0, minimum: Double = 0, minimumRate: Double = 0,
    average: Int = 1, improvement: Improvement = Improvement(threshold: 1e-4, thresholdMode: .relative)
  ) {
    self.factor = factor
    self.patience = patience
    self.cooldown = cooldown
    self.minimum = minimum
    self.minimumRate = minimumRate
    self.average = average
    self.improvement = improvement
  }

  public static let name = "plateau"
  public static let settings: [ControllerSetting<Self>] = [
    .count("patience", \.patience, from: 0),
    .number("factor", \.factor, .share),
    .choice("mode", \.improvement.mode),
    .number("threshold", \.improvement.threshold, .nonNegative),
    .choice("thresholdMode", \.improvement.thresholdMode),
    .count("cooldown", \.cooldown, from: 0),
    .number("min", \.minimum, .nonNegative),
    .number("minRate", \.minimumRate, .nonNegative),
    .count("average", \.average, from: 1),
    .choice("watch", \.improvement.watch),
  ]
  public var needs: ControllerNeeds { .loss }
  public var problem: String? { settingsProblem ?? improvement.problem }

  public mutating func observe(_ observation: Observation) -> RateChange? {
    guard let raw = improvement.value(in: observation) else { return nil }
    let wasPastNumbers = isPastNumbers
    isPastNumbers = improvement.isUnusable(raw)
    if isPastNumbers {
      return wasPastNumbers ? nil : improvement.note(raw, at: observation.step, multiplier: multiplier)
    }
    guard let value = averaged(raw) else { return nil }
    if improvement.verdict(value, best: best) == .better {
      best = value
      badCount = 0
    } else {
      badCount += 1
    }
    if cooldownLeft > 0 {
      cooldownLeft -= 1
      badCount = 0
    }
    guard badCount > patience else { return nil }
    let bad = badCount
    cooldownLeft = cooldown
    badCount = 0
    let bound = lowerBound(minimum, rate: minimumRate, observation, from: multiplier)
    let before = multiplier
    multiplier = max(multiplier * factor, bound)
    guard multiplier != before else { return nil }
    let count =
      average > 1 ? "\(bad) means of \(average) observations" : bad == 1 ? "observation" : "\(bad) observations"
    let bettered = best.map { "bettered its best, \(shortNumber($0))" } ?? "been finite"
    return RateChange(
      observation.step, before, multiplier, .plateau,
      because: "In the last \(count) the \(improvement.figureName) has not \(bettered)")
  }

  /// The mean of the last ``average`` values when there are that many. An infinite value makes it infinite.
  private mutating func averaged(_ raw: Double) -> Double? {
    guard average > 1 else { return raw }
    collected += 1
    if raw.isFinite { mean += (raw - mean) / Double(collected) } else { collectedInfinity = true }
    guard collected >= average else { return nil }
    let value = collectedInfinity ? (improvement.mode == .min ? .infinity : -.infinity) : mean
    (mean, collected, collectedInfinity) = (0, 0, false)
    return value
  }
}
