/// CAME: Adafactor with momentum that trusts an update as far as it agrees with the average of updates.
///
/// ```
/// R, C, V as in Adafactor with β₂ in place of β and no bias correction
/// u = g/√V;   u ← u/max(1, RMS(u)/d)
/// m ← β₁·m + (1 − β₁)·u
/// S = (u − m)² + ε₂, kept as row and column means with β₃, as V is
/// w ← (1 − ηγ)·w − η·m/√S        η·m for tensors of fewer than two dimensions
/// ```
/// Source: Luo et al., "CAME: confidence-guided adaptive memory efficient optimization", arXiv 2307.02047, algorithm 2.
/// As the authors' `came-pytorch` and pytorch-optimizer's.
public struct CAME: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.9): of the updates.
  public var beta1 = 0.9
  /// β₂, 0 ≤ β₂ < 1 (default 0.999): of the squares.
  public var beta2 = 0.999
  /// β₃, 0 ≤ β₃ < 1 (default 0.9999): of the disagreement.
  public var beta3 = 0.9999
  /// ε₁ ≥ 0, in gradient units squared (default 1e-30).
  public var epsilon = 1e-30
  /// ε₂ ≥ 0, dimensionless (default 1e-16).
  public var epsilon2 = 1e-16
  /// d > 0 (default 1): the largest root mean square of u.
  public var clip = 1.0
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(
    beta1: Double = 0.9, beta2: Double = 0.999, beta3: Double = 0.9999, epsilon: Double = 1e-30,
    epsilon2: Double = 1e-16, clip: Double = 1, weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.beta3 = beta3
    self.epsilon = epsilon
    self.epsilon2 = epsilon2
    self.clip = clip
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<CAME>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("beta3", \.beta3, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilon2", \.epsilon2, .nonNegative),
    .number("clip", \.clip, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [
      .perElement("exp_avg"),
      .sized("exp_avg_sq_row") { FactoredShape($0).map { $0.batches * $0.rows } ?? 0 },
      .sized("exp_avg_sq_col") { FactoredShape($0).map { $0.batches * $0.columns } ?? 0 },
      .sized("exp_avg_sq") { FactoredShape($0) == nil ? $0.count : 0 },
      .sized("exp_avg_res_row") { FactoredShape($0).map { $0.batches * $0.rows } ?? 0 },
      .sized("exp_avg_res_col") { FactoredShape($0).map { $0.batches * $0.columns } ?? 0 },
      .perTensor("clipping", initial: 1),
    ]
  }
  public var name: String { "came" }
  public var defaultLearningRate: Double { 2e-4 }

  /// The update, then a row of sums.
  public func scratchCount(for tensor: TensorShape) -> Int {
    tensor.count + (FactoredShape(tensor)?.columns ?? 0)
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let u = VectorArray(slice.scratch)
    let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))
    let m = slice.vectors(0)
    let all = 0..<slice.count
    let shape = FactoredShape(slice.tensor)
    if let shape, let rows = slice.state(1), let columns = slice.state(2) {
      let squares = FactoredSquares(
        shape: shape, rowMeans: rows, columnMeans: columns, scratch: slice.scratch + slice.count)
      squares.average(g, fresh: 1 - beta2, added: epsilon)
      squares.divide(g, into: u)
    } else {
      let v = slice.vectors(3)
      let (keep, fresh, extra) = (S(beta2), S(1 - beta2), S((1 - beta2) * epsilon))
      for i in VectorPlaces<S>(all) {
        let x = keep * v[i] + fresh * g[i] * g[i] + extra
        v[i] = x
        u[i] = g[i] / x.squareRoot()
      }
    }
    let rms = (u.squares(in: all) / Double(slice.count)).squareRoot()
    let excess = rms / clip > 1 ? rms / clip : 1
    slice.numbers(6)?[0] = excess
    let (beta1, fresh, shrink) = (S(self.beta1), S((1 - self.beta1) / excess), S(1 / excess))
    for i in VectorPlaces<S>(all) {
      let x = beta1 * m[i] + fresh * u[i]
      m[i] = x
      u[i] = shrink * u[i] - x
    }
    let step: VectorArray<S>
    if let shape, let rows = slice.state(4), let columns = slice.state(5) {
      let disagreement = FactoredSquares(
        shape: shape, rowMeans: rows, columnMeans: columns, scratch: slice.scratch + slice.count)
      disagreement.average(u, fresh: 1 - beta3, added: epsilon2)
      disagreement.divide(m, into: u)
      step = u
    } else {
      step = m
    }
    let (keep, rate) = (S(1 - slice.rate * weightDecay), S(slice.rate))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = keep * tile.parameters[i] - rate * step[i] }
    }
  }

  /// As Adam's, of P⁻¹·H: (2 − ηγ)(1 + β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    (2 - learningRate * weightDecay) * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// √V·√S times the clipping of updates.
  public func preconditioner(_ view: RateView) -> [Double]? {
    diagonal(view, gain: 1 - power(beta1, view.step))
  }

  /// η·(1 − β₁ᵗ)/√V, over √S and the clipping of updates as they were in the last step.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let gathered = 1 - power(beta1, view.step)
    let clipping = RateFactor("update clipping", 1 / (view.state(6).first ?? 1))
    guard let shape = FactoredShape(view.tensor) else {
      return RateMultiplier(elements: view.state(3).map { view.rate * gathered / $0.squareRoot() })
        .multiplied(by: clipping)
    }
    let squares = FactoredSquares<Double>.values(shape, rows: view.state(1), columns: view.state(2))
    let doubts = FactoredSquares<Double>.values(shape, rows: view.state(4), columns: view.state(5))
    return RateMultiplier(elements: zip(squares, doubts).map { view.rate * gathered / ($0 * $1).squareRoot() })
      .multiplied(by: clipping)
  }
}
