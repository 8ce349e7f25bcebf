/// Adadelta: gradients divided by their own root mean square and multiplied by that of the latest steps.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// s ← ρ·s + (1 − ρ)·d²
/// Δ = √(u + ε)/√(s + ε) · d
/// u ← ρ·u + (1 − ρ)·Δ²
/// w ← w − η·Δ
/// ```
/// Source: Zeiler, arXiv 1212.5701, in the form of `torch.optim.Adadelta` (rho, eps, weight_decay), which takes the same
/// steps as `optax.adadelta`. The paper has no rate: η = 1. Steps begin at about √ε whatever the gradient, so ε decides how
/// soon it gets going.
public struct Adadelta: SliceRule {
  /// ρ, 0 ≤ ρ < 1 (default 0.9).
  public var rho = 0.9
  /// ε > 0, in squared units (default 1e-6).
  public var epsilon = 1e-6
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0, decoupled: Bool = false) {
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Adadelta>] = [
    .number("rho", \.rho, .decay),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("square_avg"), .perElement("acc_delta")] }
  public var name: String { "adadelta" }
  public var defaultLearningRate: Double { 1 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (s, u) = (slice.vectors(0), slice.vectors(1))
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep, rate) = (decay.coupled, decay.keep, S(slice.rate))
    let (rho, fresh, epsilon) = (S(self.rho), S(1 - self.rho), S(self.epsilon))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let square = rho * s[i] + fresh * (d * d)
        s[i] = square
        let delta = ((u[i] + epsilon).squareRoot() / (square + epsilon).squareRoot()) * d
        u[i] = rho * u[i] + fresh * (delta * delta)
        w = keep * w - rate * delta
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H, as gradient descent preconditioned with the live P: (1 + a)/η with a = 1 − ηγ where decoupled; less γ
  /// where coupled (exact for P = 1).
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(response: 1, rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// √(s + ε)/√(u + ε), u being what the next step will use.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    return zip(state(0), state(1)).map { (($0 + epsilon) / ($1 + epsilon)).squareRoot() }
  }
}
