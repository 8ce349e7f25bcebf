/// Takes the step that would reach a known best loss if the loss were as steep as it is here.
///
/// ```
/// m = min((f − f*)/(c·(‖g‖² + ε)), max)
/// ```
/// before each update, f the loss and f* its target. B. T. Polyak, *Introduction to Optimization*, 1987; with c and the
/// bound `max` it is SPS_max of Loizou, Vaswani, Laradji and Lacoste-Julien, AISTATS 2021, arXiv:2002.10542, who take
/// c = ½. The multiplier is the step itself: over a schedule `1: constant` it is the rate, over another it is scaled.
///
/// The defaults are those of `optax.polyak_sgd`. It differs in two places: below its target the step is 0, not negative
/// (Optax' variant `sps+`), and a small gradient is no gradient of 0 (Optax takes ‖g‖² ≤ 2.2e-16, in single precision
/// 1.2e-7, for 0 and stops there).
///
/// It moves at every step and tells of it whenever the multiplier is ten times what it last told, or a tenth.
public struct Polyak: RateController, CustomStringConvertible {
  /// f*, the loss of the best parameters (default 0).
  public var target = 0.0
  /// The greatest multiplier, above 0 (default 1).
  public var maximum = 1.0
  /// c, above 0 (default 1; SPS_max: 0.5).
  public var scale = 1.0
  /// ε, 0 or more (default 0).
  public var epsilon = 0.0

  public private(set) var multiplier = 1.0
  private var told = 1.0
  private var isPastNumbers = false

  public init() {}

  public init(target: Double = 0, maximum: Double = 1, scale: Double = 1, epsilon: Double = 0) {
    self.target = target
    self.maximum = maximum
    self.scale = scale
    self.epsilon = epsilon
  }

  public static let name = "polyak"
  public static let settings: [ControllerSetting<Self>] = [
    .number("target", \.target, .any),
    .number("max", \.maximum, .positive),
    .number("c", \.scale, .positive),
    .number("epsilon", \.epsilon, .nonNegative),
  ]
  public var needs: ControllerNeeds { .gradientNorm }
  public var problem: String? { settingsProblem }

  public mutating func observe(_ observation: Observation) -> RateChange? {
    guard let squaredNorm = observation.gradientSquaredNorm else { return nil }
    let wasPastNumbers = isPastNumbers
    isPastNumbers = !(observation.loss.isFinite && squaredNorm.isFinite)
    if isPastNumbers {
      guard !wasPastNumbers else { return nil }
      return RateChange(
        observation.step, multiplier, multiplier, .notANumber, because: "The loss or the gradient is not finite")
    }
    let gap = max(observation.loss - target, 0)
    let denominator = scale * (squaredNorm + epsilon)
    multiplier = gap > 0 && denominator > 0 ? min(gap / denominator, maximum) : 0
    guard !(told / 10...told * 10).contains(multiplier) else { return nil }
    let before = told
    told = multiplier
    return RateChange(
      observation.step, before, multiplier, .polyak,
      because: "The loss is \(shortNumber(gap)) above its target and the squared norm of the gradient "
        + shortNumber(squaredNorm))
  }
}
