/// Adafactor: the mean squares of a matrix kept as a row and a column, and a rate relative to the tensor's size.
///
/// ```
/// ρ = min(η, 1/√t),  α = max(ε₂, RMS(w))·ρ,  β = 1 − t^c
/// R ← β·R + (1 − β)·mean of g² over columns,   C ← β·C + (1 − β)·mean of g² over rows
/// v = R·Cᵀ/mean(R)          below rank 2:       v ← β·v + (1 − β)·g²
/// u = g/max(√v, ε₁)
/// w ← (1 − ηγ)·w − α·u/max(1, RMS(u)/d)
/// ```
/// Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", arXiv 1804.04235, in the
/// form of `torch.optim.Adafactor` (beta2_decay, eps, d, weight_decay), which has no momentum and lets η only bound the
/// paper's own schedule 1/√t: a rate of 0.01 acts from step 10 000 on not at all. Tensors of a rank above 2 are batches
/// of matrices.
public struct Adafactor: SliceRule {
  /// c ≤ 0 (default −0.8): how fast the averages lengthen.
  public var beta2Decay = -0.8
  /// ε₁ ≥ 0, in gradient units (default 0: the machine epsilon of the parameters' type, as in PyTorch).
  public var epsilon = 0.0
  /// ε₂ ≥ 0, in parameter units (default 1e-3): the least size a tensor counts as having.
  public var epsilon2 = 1e-3
  /// d > 0 (default 1): the largest root mean square of an update before the rate.
  public var clipThreshold = 1.0
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0

  public init(
    beta2Decay: Double = -0.8, epsilon: Double = 0, epsilon2: Double = 1e-3, clipThreshold: Double = 1,
    weightDecay: Double = 0
  ) {
    self.beta2Decay = beta2Decay
    self.epsilon = epsilon
    self.epsilon2 = epsilon2
    self.clipThreshold = clipThreshold
    self.weightDecay = weightDecay
  }

  public static let settings: [Setting<Adafactor>] = [
    .number("beta2Decay", \.beta2Decay, .finite),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilon2", \.epsilon2, .nonNegative),
    .number("clipThreshold", \.clipThreshold, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [
      .sized("row_var") { Matrices($0).map { $0.batches * $0.rows } ?? 0 },
      .sized("col_var") { Matrices($0).map { $0.batches * $0.columns } ?? 0 },
      .sized("variance") { Matrices($0) == nil ? $0.count : 0 },
      // RMS(w) before the step, and max(1, RMS(u)/d): for the effective rate.
      .perTensor("scales", count: 2, initial: 1),
    ]
  }
  public var name: String { "adafactor" }
  public var defaultLearningRate: Double { 0.01 }
  public var conflict: String? {
    beta2Decay > 0 ? "beta2Decay must be at most 0, and \(plain(beta2Decay)) is not" : nil
  }

  /// The update, then a row of means.
  public func scratchCount(for tensor: TensorShape) -> Int { tensor.count + (Matrices(tensor)?.columns ?? 0) }

  /// A tensor as a batch of matrices: the last two dimensions.
  private struct Matrices {
    let batches: Int
    let rows: Int
    let columns: Int

    init?(_ tensor: TensorShape) {
      guard tensor.rank > 1 else { return nil }
      rows = tensor.dimensions[tensor.rank - 2]
      columns = tensor.dimensions[tensor.rank - 1]
      batches = tensor.count / (rows * columns)
    }
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let t = Double(slice.step + 1)
    let fresh = power(t, beta2Decay)
    let least = epsilon > 0 ? epsilon : Double(S.ulpOfOne)
    let size = slice.parameterNorm() / Double(slice.count).squareRoot()
    let u = VectorArray(slice.scratch)
    if let matrices = Matrices(slice.tensor) {
      writeFactored(matrices, slice, u, fresh: fresh, least: least)
    } else {
      let v = slice.vectors(2)
      let (keep, fresh, floor) = (S(1 - fresh), S(fresh), S.Vector(repeating: S(least * least)))
      VectorArray<S>.forEachPlace(in: 0..<slice.count) { i in
        let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))[i]
        v[i] = keep * v[i] + fresh * g * g
        u[i] = g / S.Vector.maximum(v[i], floor).squareRoot()
      }
    }
    let rms = (u.squares(in: 0..<slice.count) / Double(slice.count)).squareRoot()
    let clip = rms / clipThreshold > 1 ? rms / clipThreshold : 1
    slice.numbers(3)?[0] = size
    slice.numbers(3)?[1] = clip
    let rate = S(relativeRate(slice.rate, step: slice.step + 1, size: size) / clip)
    let keep = S(1 - slice.rate * weightDecay)
    slice.forEachVector { i, _, w in w = keep * w - rate * u[i] }
  }

  private func writeFactored<S: UpdateScalar>(
    _ matrices: Matrices, _ slice: UpdateSlice<S>, _ u: VectorArray<S>, fresh: Double, least: Double
  ) {
    guard let allRows = slice.state(0), let allColumns = slice.state(1) else { return }
    let (rows, columns) = (matrices.rows, matrices.columns)
    let means = VectorArray(slice.scratch + slice.count)
    let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))
    let (kept, new) = (S(1 - fresh), S(fresh))
    let floor = S.Vector(repeating: S(least * least))
    for batch in 0..<matrices.batches {
      let start = batch * rows * columns
      let rowMeans = allRows + batch * rows
      let columnMeans = VectorArray(allColumns + batch * columns)
      means.base.update(repeating: 0, count: columns)
      var sum = 0.0
      for row in 0..<rows {
        let first = start + row * columns
        let mean = g.squares(in: first..<(first + columns)) / Double(columns)
        rowMeans[row] = kept * rowMeans[row] + S(fresh * mean)
        sum += Double(rowMeans[row])
        VectorArray<S>.forEachPlace(in: 0..<columns) { j in
          let x = g[j.moved(by: first)]
          means[j] = means[j] + x * x
        }
      }
      let share = new * S(1 / Double(rows))
      VectorArray<S>.forEachPlace(in: 0..<columns) { j in
        columnMeans[j] = kept * columnMeans[j] + share * means[j]
      }
      let mean = max(sum / Double(rows), least)
      for row in 0..<rows {
        let first = start + row * columns
        let scale = S(Double(rowMeans[row]) / mean)
        VectorArray<S>.forEachPlace(in: 0..<columns) { j in
          let place = j.moved(by: first)
          u[place] = g[place] / S.Vector.maximum(scale * columnMeans[j], floor).squareRoot()
        }
      }
    }
  }

  /// α.
  private func relativeRate(_ rate: Double, step t: Int, size: Double) -> Double {
    max(epsilon2, size) * min(rate, 1 / Double(t).squareRoot())
  }

  /// Of P⁻¹·H with the sizes and clipping in P: 2/η.
  public func stabilityThreshold(learningRate: Double) -> Double { 2 / learningRate }

  /// η·u/g·(size, schedule and clipping as they were in the last step).
  public func preconditioner(step: Int, state: (Int) -> [Double]) -> [Double]? { nil }

  /// α/√v divided by the clipping of updates, with RMS(w) and RMS(u) as they were in the last step.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let scales = view.state(3)
    let (size, clip) = (scales.first ?? 1, scales.last ?? 1)
    let bound = view.rate > 0 ? min(1, 1 / (view.rate * Double(view.step).squareRoot())) : 1
    let least = epsilon > 0 ? epsilon : 1e-16
    return RateMultiplier(elements: variances(view).map { view.rate / max($0.squareRoot(), least) })
      .multiplied(by: RateFactor("1/√t bound", bound))
      .multiplied(by: RateFactor("tensor size", max(epsilon2, size)))
      .multiplied(by: RateFactor("update clipping", 1 / clip))
  }

  private func variances(_ view: RateView) -> [Double] {
    guard let matrices = Matrices(view.tensor) else { return view.state(2) }
    let (rowMeans, columnMeans) = (view.state(0), view.state(1))
    var result: [Double] = []
    result.reserveCapacity(view.tensor.count)
    for batch in 0..<matrices.batches {
      let rows = rowMeans[(batch * matrices.rows)..<((batch + 1) * matrices.rows)]
      let columns = columnMeans[(batch * matrices.columns)..<((batch + 1) * matrices.columns)]
      let mean = rows.reduce(0, +) / Double(matrices.rows)
      for r in rows { for c in columns { result.append(mean > 0 ? r * c / mean : 0) } }
    }
    return result
  }
}
