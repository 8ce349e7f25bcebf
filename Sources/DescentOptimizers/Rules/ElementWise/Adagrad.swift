internal import CDescentKernels

/// Adagrad: gradients divided by the root of the sum of all their squares.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// s ← s + d²                                   from an initial accumulator of 0
/// w ← w − η·d/(√s + ε)
/// ```
/// Source: Duchi, Hazan and Singer, JMLR 12 (2011), in the form of `torch.optim.Adagrad` (eps,
/// initial_accumulator_value; its lr_decay is the schedule `inverse-time`). Keras and Optax start the accumulator at 0.1
/// and take ε = 1e-7.
public struct Adagrad: SliceRule {
  /// ε ≥ 0, in gradient units (default 1e-10).
  public var epsilon = 1e-10
  /// What s starts from, ≥ 0, in squared gradient units (default 0).
  public var initialAccumulator = 0.0
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(
    epsilon: Double = 1e-10, initialAccumulator: Double = 0, weightDecay: Double = 0, decoupled: Bool = false
  ) {
    self.epsilon = epsilon
    self.initialAccumulator = initialAccumulator
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<Adagrad>] = [
    .number("epsilon", \.epsilon, .nonNegative),
    .number("initialAccumulator", \.initialAccumulator, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] { [.perElement("sum", initial: initialAccumulator)] }
  public var name: String { "adagrad" }
  public var defaultLearningRate: Double { 0.01 }

  public func update(_ slice: UpdateSlice<Double>) {
    guard let s = slice.state(0) else { return }
    let rate = slice.rate
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - rate * weightDecay : 1
    slice.forEachElement { i, g, w in
      let d = g + coupled * w
      s[i] += d * d
      w = keep * w - rate * d / (s[i].squareRoot() + epsilon)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    guard let sum = slice.state(0) else { return }
    let scalars = dk_adagrad(
      rate: Float(slice.rate), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, epsilon: Float(epsilon))
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

  /// √s + ε.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    step > 0 ? state(0).map { $0.squareRoot() + epsilon } : nil
  }
}
