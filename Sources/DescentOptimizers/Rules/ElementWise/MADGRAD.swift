internal import CDescentKernels

/// MADGRAD: dual averaging with momentum and the cube root of summed squares.
///
/// ```
/// d = g + γ·w
/// λ = (η + ε)·√t;   s ← s + λ·d,   ν ← ν + λ·d²
/// z = x₀ − s/(∛ν + ε)
/// w ← μ·w + (1 − μ)·z                          less (η + ε)·γ·w of before where decoupled
/// ```
/// Source: Defazio and Jelassi, "Adaptivity without compromise: a momentumized, adaptive, dual averaged gradient method",
/// arXiv 2101.11075, in the form of the authors' `MADGRAD` (ε is added to the rate unless that is 0); Optax takes the same
/// steps. Without momentum x₀ is recovered from the state instead of being kept. Weight decay is usually 0 here.
public struct MADGRAD: SliceRule {
  /// μ, 0 ≤ μ < 1 (default 0.9).
  public var momentum = 0.9
  /// ε > 0 (default 1e-6).
  public var epsilon = 1e-6
  /// γ ≥ 0, per parameter unit (default 0).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters instead of adding it to the gradient.
  public var decoupled = false

  public init(momentum: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0, decoupled: Bool = false) {
    self.momentum = momentum
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
  }

  public static let settings: [Setting<MADGRAD>] = [
    .number("momentum", \.momentum, .decay),
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
  ]
  public var states: [RuleState] {
    [.perElement("grad_sum_sq"), .perElement("s"), .perElement("x0", if: momentum > 0)]
  }
  public var name: String { "madgrad" }
  public var defaultLearningRate: Double { 1e-2 }

  public func update(_ slice: UpdateSlice<Double>) { inGeneral(slice) }

  public func update(_ slice: UpdateSlice<Float>) {
    guard momentum > 0, let square = slice.state(0), let sum = slice.state(1), let start = slice.state(2) else {
      return inGeneral(slice)
    }
    if slice.step == 0 { start.update(from: slice.parameters, count: slice.count) }
    let shifted = slice.rate == 0 ? 0 : slice.rate + epsilon
    let scalars = dk_madgrad(
      coupled: decoupled ? 0 : Float(weightDecay), lambda: Float(shifted * Double(slice.step + 1).squareRoot()),
      intake: Float(1 - momentum), lost: decoupled ? Float(shifted * weightDecay) : 0, epsilon: Float(epsilon))
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_madgrad(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, square,
          sum, start, sums)
      }
    }
  }

  private func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (squares, sum) = (slice.vectors(0), slice.vectors(1))
    let shifted = slice.rate == 0 ? 0 : slice.rate + epsilon
    let lambda = S(shifted * Double(slice.step + 1).squareRoot())
    let coupled = S(decoupled ? 0 : weightDecay)
    let lost = S(decoupled ? shifted * weightDecay : 0)
    let epsilon = S(self.epsilon)
    guard momentum > 0 else {
      return slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          let d = g + coupled * w
          let start = w + sum[i] / (squares[i].cubeRoot() + epsilon)
          let square = squares[i] + lambda * (d * d)
          let total = sum[i] + lambda * d
          squares[i] = square
          sum[i] = total
          w = start - total / (square.cubeRoot() + epsilon) - lost * w
          tile.parameters[i] = w
        }
      }
    }
    let x0 = slice.vectors(2)
    if slice.step == 0 { x0.base.update(from: slice.parameters, count: slice.count) }
    let intake = S(1 - momentum)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let square = squares[i] + lambda * (d * d)
        let total = sum[i] + lambda * d
        squares[i] = square
        sum[i] = total
        w = w + intake * (x0[i] - total / (square.cubeRoot() + epsilon) - w) - lost * w
        tile.parameters[i] = w
      }
    }
  }

  /// Of P⁻¹·H with the live P: (1 + a)(1 + μ)/((1 − μ)·η) less γ where coupled, as for an average of gradients.
  public func stabilityThreshold(learningRate: Double) -> Double {
    alternatingThreshold(
      response: (1 - momentum) / (1 + momentum), rate: learningRate, weightDecay: weightDecay, decoupled: decoupled)
  }

  /// (∛ν + ε)/√t.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let growth = Double(step).squareRoot()
    return state(0).map { (power($0, 1.0 / 3) + epsilon) / growth }
  }

  /// η/(∛ν + ε) times what the moving average of the parameters has made of the growing weights √1 … √t.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let growth = averagedGrowth(momentum: momentum, steps: view.step) { $0.squareRoot() }
    return RateMultiplier(elements: view.state(0).map { view.rate / (power($0, 1.0 / 3) + epsilon) })
      .multiplied(by: RateFactor("dual averaging", growth))
  }
}

/// Σⱼ (1 − μ)·μᵗ⁻ʲ·weight(j) over j = 1 … t; terms too old to count are left out.
func averagedGrowth(momentum: Double, steps t: Int, weight: (Double) -> Double) -> Double {
  let reach = Int(40 / (1 - momentum))
  var share = 1 - momentum
  var sum = 0.0
  for j in stride(from: t, through: max(1, t - reach), by: -1) {
    sum += share * weight(Double(j))
    share *= momentum
  }
  return sum
}
