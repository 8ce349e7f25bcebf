internal import CDescentKernels

/// Adagrad: gradients divided by the root of the sum of all their squares.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// s ← s + d²                                   from an initial accumulator of 0
/// w ← w − η/(1 + κ·(t − 1)) · d/(√(s + ε_in) + ε)
/// ```
/// Source: Duchi, Hazan and Singer, JMLR 12 (2011), in the form of `torch.optim.Adagrad` (eps,
/// initial_accumulator_value, lr_decay = κ). Keras and Optax start the accumulator at 0.1 and take ε = 1e-7, Optax inside
/// the root.
public struct Adagrad: SliceRule {
  /// ε ≥ 0, in gradient units (default 1e-10).
  public var epsilon = 1e-10
  /// ε_in ≥ 0, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// κ ≥ 0, per step (default 0): lowers the rate as 1/(1 + κ·(t − 1)); the weight decay where decoupled stays.
  public var rateDecay = 0.0
  /// What s starts from, ≥ 0, in squared gradient units (default 0).
  public var initialAccumulator = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    epsilon: Double = 1e-10, epsilonInside: Double = 0, rateDecay: Double = 0, initialAccumulator: Double = 0,
    weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.epsilon = epsilon
    self.epsilonInside = epsilonInside
    self.rateDecay = rateDecay
    self.initialAccumulator = initialAccumulator
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Adagrad>] = [
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("rateDecay", \.rateDecay, .nonNegative),
    .number("initialAccumulator", \.initialAccumulator, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("sum", initial: initialAccumulator)] }
  public var name: String { "adagrad" }
  public var defaultLearningRate: Double { 0.01 }

  /// 1 + κ·(t − 1).
  private func slowing(step t: Int) -> Double { 1 + rateDecay * Double(t - 1) }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let s = slice.state(0) else { return }
    let rate = slice.rate / slowing(step: slice.step + 1)
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - slice.rate * weightDecay : 1
    slice.forEachElement { i, g, w in
      let d = g + coupled * w
      s[i] += d * d
      w = keep * w - rate * d / ((s[i] + epsilonInside).squareRoot() + epsilon)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let sum = slice.state(0) else { return }
    let scalars = dk_adagrad(
      rate: Float(slice.rate / slowing(step: slice.step + 1)), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, inside: Float(epsilonInside),
      epsilon: Float(epsilon))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_adagrad(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, sum, sums)
      }
    }
  }

  /// Of P⁻¹·H, as gradient descent preconditioned with the live P: (1 + a)/η with a = 1 − ηγ where decoupled; less γ
  /// where coupled (exact for P = 1).
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    return (1 + a) / learningRate - (decoupled ? 0 : weightDecay)
  }

  /// (1 + κ·(t − 1))·(√(s + ε_in) + ε).
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let slowing = slowing(step: step)
    return state(0).map { slowing * (($0 + epsilonInside).squareRoot() + epsilon) }
  }
}
