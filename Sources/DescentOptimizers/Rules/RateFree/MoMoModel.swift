/// The averaged model of the loss that MoMo and MoMo-Adam step by, kept in their numbers.
struct MoMoModel {
  static func scalars(lowerBound: Double) -> [RuleScalar] {
    [RuleScalar("loss_avg"), RuleScalar("grad_dot_w"), RuleScalar("fstar", initial: lowerBound), RuleScalar("rate")]
  }
  static var rate: Int { 3 }

  private let scalars: UnsafeMutablePointer<Double>
  private let here: Double
  private let squares: Double
  private let correction: Double

  /// Takes a batch into the averages.
  ///
  /// - Parameters:
  ///   - along: ⟨g, w⟩.
  ///   - here: ⟨m, w⟩.
  ///   - squares: ‖m‖², in the norm of the rule.
  ///   - keep: the share of the past in the averages.
  ///   - correction: ρ.
  init(
    _ scalars: UnsafeMutablePointer<Double>, loss: Double, along: Double, here: Double, squares: Double, keep: Double,
    correction: Double
  ) {
    self.scalars = scalars
    self.here = here
    self.squares = squares
    self.correction = correction
    scalars[0] = keep * scalars[0] + (1 - keep) * loss
    scalars[1] = keep * scalars[1] + (1 - keep) * along
  }

  /// s for a group with rate η.
  func rate(_ rate: Double, decay: Double) -> Double {
    guard squares > Double.leastNormalMagnitude else { return 0 }
    let gap = (1 + rate * decay) * (scalars[0] - correction * scalars[2] - scalars[1]) + here
    return min(rate / correction, max(gap, 0) / squares)
  }

  /// Notes the step of the rate without group factors, and moves the bound, never below `least`, if that is given.
  func estimate(_ least: Double?, rate: Double, decay: Double) {
    defer { scalars[Self.rate] = self.rate(rate, decay: decay) }
    guard let least else { return }
    let weight = 1 + rate * decay
    let cap = weight * (scalars[0] - scalars[1]) + here
    if cap < weight * correction * scalars[2] { scalars[2] = max(cap / (2 * weight * correction), least) }
  }

  /// The bound for the next step, from this one's model.
  func raiseBound(_ least: Double) {
    let value = scalars[0] + here - scalars[1]
    scalars[2] = max((value - 0.5 * scalars[Self.rate] * squares) / correction, least)
  }
}
