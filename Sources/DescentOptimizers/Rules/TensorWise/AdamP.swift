/// AdamP: Adam that does not lengthen tensors whose length does not matter.
///
/// ```
/// m, v as in Adam;   u = m/(√v̂ + ε)           or, with Nesterov, (β₁·m + (1 − β₁)·g)/(√v̂ + ε)
/// a tensor of rank ≥ 2 counts as scale-invariant, row by row or as a whole, if |cos(w, g)| < δ/√n in all rows (n
/// elements each): then u ← u − ŵ·⟨ŵ, u⟩ by rows or as a whole, with ŵ = w/(‖w‖ + ε), and γ ← κ·γ
/// w ← (1 − ηγ)·w − η·u/(1 − β₁ᵗ)
/// ```
/// Source: Heo et al., "AdamP: slowing down the slowdown for momentum optimizers on scale-invariant weights", arXiv
/// 2006.08217, algorithm 2, in the form of the authors' package and timm's `AdamP` (delta, wd_ratio).
public struct AdamP: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9).
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999).
  public var beta2 = 0.999
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0
  /// δ ≥ 0 (default 0.1).
  public var delta = 0.1
  /// κ, 0 … 1 (default 0.1): what remains of the decay where the step was projected.
  public var projectedDecay = 0.1
  /// Looks ahead by one momentum step (default false).
  public var nesterov = false

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0, delta: Double = 0.1,
    projectedDecay: Double = 0.1, nesterov: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.delta = delta
    self.projectedDecay = projectedDecay
    self.nesterov = nesterov
  }

  public static let settings: [Setting<AdamP>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .number("delta", \.delta, .nonNegative),
    .number("projectedDecay", \.projectedDecay, .share),
    .flag("nesterov", \.nesterov),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] { [.perElement("exp_avg"), .perElement("exp_avg_sq")] }
  public var name: String { "adamp" }
  public var defaultLearningRate: Double { 1e-3 }
  public func scratchCount(for tensor: TensorShape) -> Int { tensor.count }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v, u) = (slice.vectors(0), slice.vectors(1), VectorArray(slice.scratch))
    let (missing1, missing2) = (1 - power(beta1, slice.step + 1), 1 - power(beta2, slice.step + 1))
    let (beta1, fresh1, beta2, fresh2) = (S(self.beta1), S(1 - self.beta1), S(self.beta2), S(1 - self.beta2))
    let (scale, epsilon, nesterov) = (S(1 / missing2), S(self.epsilon), nesterov)
    for i in VectorPlaces<S>(0..<slice.count) {
      let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))[i]
      let x = beta1 * m[i] + fresh1 * g
      m[i] = x
      let y = beta2 * v[i] + fresh2 * g * g
      v[i] = y
      u[i] = (nesterov ? beta1 * x + fresh1 * g : x) / ((scale * y).squareRoot() + epsilon)
    }
    var decay = weightDecay
    if let matrix = slice.tensor.matrix, project(slice, rows: matrix.rows) || project(slice, rows: 1) {
      decay *= projectedDecay
    }
    let (keep, rate) = (S(1 - slice.rate * decay), S(slice.rate / missing1))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = keep * tile.parameters[i] - rate * u[i] }
    }
  }

  /// Takes from each row of the update what lies along the row of the tensor, if all rows look scale-invariant.
  private func project<S: UpdateScalar>(_ slice: UpdateSlice<S>, rows: Int) -> Bool {
    let columns = slice.count / rows
    let w = VectorArray(slice.parameters)
    let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))
    let u = VectorArray(slice.scratch)
    let bound = delta / Double(columns).squareRoot()
    for row in 0..<rows {
      let range = (row * columns)..<((row + 1) * columns)
      let lengths = max(w.squares(in: range).squareRoot(), epsilon) * max(g.squares(in: range).squareRoot(), epsilon)
      guard abs(w.product(g, in: range)) / lengths < bound else { return false }
    }
    for row in 0..<rows {
      let range = (row * columns)..<((row + 1) * columns)
      let length = w.squares(in: range).squareRoot() + epsilon
      let along = S(w.product(u, in: range) / (length * length))
      for i in VectorPlaces<S>(range) { u[i] = u[i] - along * w[i] }
    }
    return true
  }

  /// As AdamW's, of P⁻¹·H.
  public func stabilityThreshold(learningRate: Double) -> Double {
    Adam(beta1: beta1, weightDecay: weightDecay, decoupled: true).stabilityThreshold(learningRate: learningRate)
  }

  /// As Adam's; a projected step does not go along w.
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? {
    Adam(beta1: beta1, beta2: beta2, epsilon: epsilon).preconditioner(step: step, state: state)
  }

  /// As Adam's.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    Adam(beta1: beta1, beta2: beta2, epsilon: epsilon).effectiveRate(view)
  }
}
