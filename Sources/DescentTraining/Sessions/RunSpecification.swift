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
  /// Steps in all; wins over ``epochs``.
  public var steps: Int?
  /// Passes over the training part.
  public var epochs: Int?
  public var onDivergence = DivergencePolicy.stop

  public init() {}

  /// The values by their flags' names.
  public var dictionary: [String: String] {
    var result = training.dictionary
    result["lr"] = rate?.description
    result["schedule"] = schedule.description
    result["plan"] = plan?.description
    result["steps"] = steps.map(String.init)
    result["epochs"] = epochs.map(String.init)
    result["on"] = Self.onPrefix + onDivergence.rawValue
    return result
  }

  /// Reads what ``dictionary`` wrote; other keys are left alone.
  ///
  /// - Throws: `ScheduleError` for a schedule or a plan that does not read.
  public init(dictionary: [String: String]) throws(ScheduleError) {
    training = TrainingSpecification(dictionary: dictionary)
    rate = dictionary["lr"].flatMap(Double.init)
    if let text = dictionary["schedule"] { schedule = try Schedule(parsing: text) }
    plan = try dictionary["plan"].map { text throws(ScheduleError) in try Plan(parsing: text) }
    steps = dictionary["steps"].flatMap { Int($0) }
    epochs = dictionary["epochs"].flatMap { Int($0) }
    if let text = dictionary["on"], text.hasPrefix(Self.onPrefix),
      let policy = DivergencePolicy(rawValue: String(text.dropFirst(Self.onPrefix.count)))
    {
      onDivergence = policy
    }
  }

  private static let onPrefix = "diverge="
}
