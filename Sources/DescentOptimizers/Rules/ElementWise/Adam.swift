internal import CDescentKernels

/// Adam, and AdamW where the weight decay is decoupled.
///
/// ```
/// d = g + γ·w                                  coupled decay; w ← (1 − ηγ)·w first where decoupled
/// m ← β₁·m + (1 − β₁)·d
/// v ← β₂·v + (1 − β₂)·d²
/// w ← w − η · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ) + ε_in) + ε)
/// ```
/// With `amsgrad` the largest v so far takes the place of v in the last line (before its correction, as in PyTorch; Optax
/// keeps the largest corrected one). With `epsilonHat` ε stands beside the root before its correction: √v + ε in place of
/// √(v/(1 − β₂ᵗ)) + ε, with √(1 − β₂ᵗ) in the rate, as at the end of section 2 of the paper and in Keras.
///
/// Sources: Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101, with the decay multiplied by the
/// rate as every library does (`torch.optim.Adam`, `AdamW`: betas, eps, weight_decay, amsgrad); AMSGrad: Reddi, Kale and Kumar, arXiv 1904.09237; ε_in:
/// `eps_root` of Optax. Without bias correction both
/// powers of β count as 0 (the default of MLX).
public struct Adam: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// ε_in ≥ 0, in squared gradient units (default 0).
  public var epsilonInside = 0.0
  /// γ ≥ 0, per parameter unit (default 0; 0.01 for `adamw`).
  public var weightDecay = 0.0
  /// Applies the decay to the parameters: AdamW.
  public var decoupled = false
  /// Divides by what the averages lack for having started at 0 (default true).
  public var biasCorrection = true
  /// Divides by the largest second moment so far.
  public var amsgrad = false
  /// Adds ε to the root before its correction.
  public var epsilonHat = false
  /// How the two averages are kept between steps (default `full`); not with `amsgrad`.
  public var moments = Moments.full

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0,
    decoupled: Bool = false, biasCorrection: Bool = true, epsilonInside: Double = 0, amsgrad: Bool = false,
    epsilonHat: Bool = false, moments: Moments = .full
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    self.biasCorrection = biasCorrection
    self.epsilonInside = epsilonInside
    self.amsgrad = amsgrad
    self.epsilonHat = epsilonHat
    self.moments = moments
  }

  /// AdamW with PyTorch's weight decay of 0.01.
  public static let adamW = Adam(weightDecay: 0.01, decoupled: true)

  public static let settings: [Setting<Adam>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilonInside", \.epsilonInside, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("decoupled", \.decoupled),
    .flag("biasCorrection", \.biasCorrection),
    .flag("amsgrad", \.amsgrad),
    .flag("epsilonHat", \.epsilonHat),
    .choice("moments", \.moments),
  ]
  public var states: [RuleState] {
    [
      .moment("exp_avg", moments, isSigned: true, scales: 3),
      .moment("exp_avg_sq", moments, isSigned: false, scales: 4),
      .perElement("max_exp_avg_sq", if: amsgrad),
      .scales("exp_avg", moments), .scales("exp_avg_sq", moments),
    ]
  }
  public var name: String { decoupled ? "adamw" : "adam" }
  public var defaultLearningRate: Double { 1e-3 }

  public var conflict: String? {
    amsgrad && !moments.isFull ? "amsgrad keeps its averages in full; leave out moments" : nil
  }

  public func update(_ slice: UpdateSlice<Double>) {
    if amsgrad { return inGeneral(slice) }
    let (missing1, missing2) = missing(afterStep: slice.step + 1)
    let rate = slice.rate
    let epsilon = usedEpsilon(missing2)
    let coupled = decoupled ? 0 : weightDecay
    let keep = decoupled ? 1 - rate * weightDecay : 1
    slice.forEachElement(moments, (0, 3), (1, 4)) { g, w, m, v in
      let d = g + coupled * w
      m = beta1 * m + (1 - beta1) * d
      v = beta2 * v + (1 - beta2) * d * d
      w = keep * w - rate * (m / missing1) / ((v / missing2 + epsilonInside).squareRoot() + epsilon)
    }
  }

  public func update(_ slice: UpdateSlice<Float>) {
    if amsgrad { return inGeneral(slice) }
    let (missing1, missing2) = missing(afterStep: slice.step + 1)
    let scalars = dk_adam(
      rate: Float(slice.rate / missing1), coupled: decoupled ? 0 : Float(weightDecay),
      keep: decoupled ? Float(1 - slice.rate * weightDecay) : 1, fresh1: Float(1 - beta1), beta2: Float(beta2),
      fresh2: Float(1 - beta2), scale: Float(1 / missing2.squareRoot()),
      inside: Float(epsilonInside * missing2), epsilon: Float(usedEpsilon(missing2)))
    guard moments.isFull else {
      guard let mean = slice.packed(0, moments, isSigned: true, scales: 3),
        let square = slice.packed(1, moments, isSigned: false, scales: 4)
      else { return }
      return withUnsafePointers(to: mean, square) { mean, square in
        slice.withKernelPass(scalars) { scalars, pass in
          slice.forEachChunk { range, sums in
            dk_update_adam_packed(
              slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean,
              square, sums)
          }
        }
      }
    }
    guard let mean = slice.state(0), let square = slice.state(1) else { return }
    slice.withKernelPass(scalars) { scalars, pass in
      slice.forEachChunk { range, sums in
        dk_update_adam(
          slice.path, range.lowerBound, range.upperBound, scalars, pass, slice.parameters, slice.gradient, mean, square,
          sums)
      }
    }
  }

  /// The same for both kinds of number, by vectors: for other rules that are Adam on some tensors, and for `amsgrad`.
  func inGeneral<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let (missing1, missing2) = missing(afterStep: slice.step + 1)
    let decay = WeightDecay<S>(weightDecay, decoupled: decoupled, rate: slice.rate)
    let (coupled, keep) = (decay.coupled, decay.keep)
    let rate = S(slice.rate / missing1)
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, inside, epsilon) = (
      S(1 / missing2.squareRoot()), S(epsilonInside * missing2), S(usedEpsilon(missing2))
    )
    guard amsgrad else {
      return slice.forEachTile { tile in
        for i in tile {
          let g = tile.gradient[i]
          var w = tile.parameters[i]
          let d = g + coupled * w
          let mean = beta1 * m[i] + fresh1 * d
          let square = beta2 * v[i] + fresh2 * (d * d)
          m[i] = mean
          v[i] = square
          w = keep * w - rate * mean / (scale * (square + inside).squareRoot() + epsilon)
          tile.parameters[i] = w
        }
      }
    }
    let largest = slice.vectors(2)
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        var w = tile.parameters[i]
        let d = g + coupled * w
        let mean = beta1 * m[i] + fresh1 * d
        let square = beta2 * v[i] + fresh2 * (d * d)
        let most = S.Vector.maximum(largest[i], square)
        m[i] = mean
        v[i] = square
        largest[i] = most
        w = keep * w - rate * mean / (scale * (most + inside).squareRoot() + epsilon)
        tile.parameters[i] = w
      }
    }
  }

  /// What is added to the corrected root.
  private func usedEpsilon(_ missing2: Double) -> Double {
    epsilonHat ? epsilon / missing2.squareRoot() : epsilon
  }

  /// 1 − β₁ᵗ and 1 − β₂ᵗ with bias correction, else 1.
  private func missing(afterStep t: Int) -> (Double, Double) {
    biasCorrection ? (1 - power(beta1, t), 1 - power(beta2, t)) : (1, 1)
  }

  /// Of P⁻¹·H: (1 + a)(1 + β₁)/((1 − β₁)·η) with a = 1 − ηγ where decoupled; less γ where coupled (exact for P = 1).
  /// 38/η at β₁ = 0.9.
  public func stabilityThreshold(learningRate: Double) -> Double {
    let a = decoupled ? 1 - learningRate * weightDecay : 1
    return (1 + a) * (1 + beta1) / ((1 - beta1) * learningRate) - (decoupled ? 0 : weightDecay)
  }

  /// (1 − β₁ᵗ)·(√(v/(1 − β₂ᵗ) + ε_in) + ε), with the largest v for `amsgrad`.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    guard step > 0 else { return nil }
    let (missing1, missing2) = missing(afterStep: step)
    return state(amsgrad ? 2 : 1).map {
      missing1 * (($0 / missing2 + epsilonInside).squareRoot() + usedEpsilon(missing2))
    }
  }

  /// η/(√v̂ + ε): with bias correction the average of gradients counts in full, without it by 1 − β₁ᵗ.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let (_, missing2) = missing(afterStep: view.step)
    let gathered = 1 - power(beta1, view.step)
    let numerator = biasCorrection ? view.rate : view.rate * gathered
    return RateMultiplier(
      elements: view.state(amsgrad ? 2 : 1).map {
        numerator / (($0 / missing2 + epsilonInside).squareRoot() + usedEpsilon(missing2))
      },
      factors: biasCorrection ? [RateFactor("bias correction", 1 / gathered)] : [])
  }
}
