/// Moves the rate along the derivative of the loss by the rate.
///
/// ```
/// additive          η ← η + β·(gₜ·gₜ₋₁)
/// multiplicative    η ← η·(1 + β·(gₜ·gₜ₋₁)/(‖gₜ‖·‖gₜ₋₁‖))
/// ```
/// before update t is made. Baydin, Cornish, Martínez Rubio, Schmidt and Wood, ICLR 2018, arXiv:1703.04782. For plain
/// gradient descent −gₜ·gₜ₋₁ is the derivative of the loss by the rate of the step before; with momentum or an adaptive
/// rule the paper takes the direction of the update before instead of gₜ₋₁, and this is an approximation. β is in the
/// paper's unit (of the rate): the multiplier moves by β·(gₜ·gₜ₋₁) over the schedule's rate.
///
/// It moves a little at every step and tells of it whenever the multiplier has doubled or halved since it last told.
public struct Hypergradient: RateController, CustomStringConvertible {
  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    case additive, multiplicative
  }

  /// 0 or more (default 1e-6, that of the paper's SGD-HD).
  public var beta = 1e-6
  /// Default: additive.
  public var form = Form.additive
  /// The least multiplier (default 0).
  public var minimum = 0.0
  /// The greatest multiplier (default: any).
  public var maximum: Double?

  public private(set) var multiplier = 1.0
  private var told = 1.0
  private var previousSquaredNorm: Double?
  private var isPastNumbers = false

  public init() {}

  public init(beta: Double = 1e-6, form: Form = .additive, minimum: Double = 0, maximum: Double? = nil) {
    self.beta = beta
    self.form = form
    self.minimum = minimum
    self.maximum = maximum
  }

  public static let name = "hypergradient"
  public static let settings: [ControllerSetting<Self>] = [
    .number("beta", \.beta, .nonNegative),
    .choice("form", \.form),
    .number("min", \.minimum, .nonNegative),
    .optional("max", \.maximum, .positive),
  ]
  public var needs: ControllerNeeds { .gradientDot(norm: form == .multiplicative) }
  public var problem: String? {
    if let problem = settingsProblem { return problem }
    guard let maximum, minimum > maximum else { return nil }
    return "min must not be above max, and \(number(minimum)) is above \(number(maximum))"
  }

  public mutating func observe(_ observation: Observation) -> RateChange? {
    let previous = previousSquaredNorm
    previousSquaredNorm = observation.gradientSquaredNorm.flatMap { $0.isFinite ? $0 : nil }
    guard let dot = observation.gradientDot else { return nil }
    let wasPastNumbers = isPastNumbers
    isPastNumbers = !dot.isFinite
    guard dot.isFinite else {
      guard !wasPastNumbers else { return nil }
      return RateChange(
        observation.step, multiplier, multiplier, .notANumber,
        because: "The product of successive gradients is not finite")
    }
    guard let moved = moved(dot, observation, previous), moved.isFinite else { return nil }
    multiplier = min(max(moved, minimum), maximum ?? .infinity)
    guard !(told / 2..<told * 2).contains(multiplier), multiplier != told else { return nil }
    let before = told
    told = multiplier
    let grew = multiplier > before
    return RateChange(
      observation.step, before, multiplier, grew ? .gradientsAgree : .gradientsOppose,
      because: "Successive gradients \(grew ? "point the same way" : "oppose each other"), their product is "
        + shortNumber(dot))
  }

  /// The multiplier before its bounds; nil where the facts do not suffice.
  private func moved(_ dot: Double, _ observation: Observation, _ previous: Double?) -> Double? {
    switch form {
    case .additive:
      return observation.scheduledRate > 0 ? multiplier + beta * dot / observation.scheduledRate : nil
    case .multiplicative:
      guard let now = observation.gradientSquaredNorm, let previous, now > 0, previous > 0, now.isFinite else {
        return nil
      }
      return multiplier * (1 + beta * dot / (now.squareRoot() * previous.squareRoot()))
    }
  }
}
