internal import DescentOptimizers
public import DescentSchedules

/// A training run as asked for: what is trained, at which rates, how long. Kept as `specification` in `run.json`.
public struct RunSpecification: Sendable, Hashable {
  /// Steps of a run that is not told its length.
  public static let defaultSteps = 1000

  public var training = TrainingSpecification()
  /// The peak of a schedule that has none of its own; nil: the optimizer's default.
  public var rate: Double?
  public var schedule = Schedule(.constant())
  /// What differs among parameters, or varies besides the rate; nil: nothing.
  public var plan: Plan?
  /// Adapts the rates to the run; nil: nothing does.
  public var controller: Controller?
  /// Steps in all; wins over ``epochs``.
  public var steps: Int?
  /// Passes over the training part.
  public var epochs: Int?
  public var onDivergence = DivergencePolicy.stop

  /// At which steps effective rates are recorded; nil: at none.
  public var effectiveRates: EffectiveRateInterval?

  public init() {}

  /// The values by their flags' names.
  public var dictionary: [String: String] {
    var result = training.dictionary
    result["lr"] = rate?.description
    result["schedule"] = schedule.description
    result["plan"] = plan?.description
    result["controller"] = controller?.description
    result["steps"] = steps.map(String.init)
    result["epochs"] = epochs.map(String.init)
    result[Self.effectiveRatesKey] = effectiveRates?.description
    result["on"] = Self.onPrefix + onDivergence.rawValue
    return result
  }

  /// Reads what ``dictionary`` wrote; other keys are left alone.
  ///
  /// - Throws: `ScheduleError` for a schedule, a plan or a controller that does not read.
  public init(dictionary: [String: String]) throws(ScheduleError) {
    training = TrainingSpecification(dictionary: dictionary)
    rate = dictionary["lr"].flatMap(Double.init)
    if let text = dictionary["schedule"] { schedule = try Schedule(parsing: text) }
    plan = try dictionary["plan"].map { text throws(ScheduleError) in try Plan(parsing: text) }
    controller = try dictionary["controller"].map { text throws(ScheduleError) in try Controller(parsing: text) }
    steps = dictionary["steps"].flatMap { Int($0) }
    epochs = dictionary["epochs"].flatMap { Int($0) }
    effectiveRates = dictionary[Self.effectiveRatesKey].flatMap(EffectiveRateInterval.init)
    if let text = dictionary["on"], text.hasPrefix(Self.onPrefix),
      let policy = DivergencePolicy(rawValue: String(text.dropFirst(Self.onPrefix.count)))
    {
      onDivergence = policy
    }
  }

  /// The key of ``effectiveRates`` in the dictionary.
  public static let effectiveRatesKey = "effective-rates-every"
  private static let onPrefix = "diverge="
}

/// At which steps effective rates are recorded: at the first, and then every so many.
public enum EffectiveRateInterval: Sendable, Hashable, LosslessStringConvertible {
  /// Some 200 times in the run.
  case automatic
  /// Every so many steps, 1 or more.
  case steps(Int)

  /// Reads what ``description`` wrote.
  public init?(_ description: String) {
    if description == "automatic" {
      self = .automatic
    } else if let steps = Int(description), steps > 0 {
      self = .steps(steps)
    } else {
      return nil
    }
  }

  /// `automatic`, or the number of steps.
  public var description: String {
    switch self {
    case .automatic: "automatic"
    case .steps(let steps): String(steps)
    }
  }

  /// Steps between two records in a run of so many.
  func every(of steps: Int) -> Int {
    switch self {
    case .automatic: max(1, steps / 200)
    case .steps(let every): every
    }
  }
}
