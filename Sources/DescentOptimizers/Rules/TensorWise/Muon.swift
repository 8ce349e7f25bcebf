/// Muon: momentum whose matrix is made orthonormal before the step; other tensors take AdamW.
///
/// ```
/// matrices:   M ← μ·M + (1 − μ)·G
///             U = orthonormal of (1 − μ)·G + μ·M  by Newton–Schulz;  of M without Nesterov
///             W ← (1 − ηγ)·W − η·s·U
///             s = √max(1, rows/columns) (`original`) or 0.2·√max(rows, columns) (`matchRMS`, as long as AdamW's steps)
/// the rest:   AdamW with the `auxiliary…` settings, at `auxiliaryRateFactor` times the rate
/// ```
/// Sources: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; matchRMS: Liu et al., "Muon is
/// scalable for LLM training", arXiv 2502.16982, eq. 4. As `torch.optim.Muon` (whose decay is 0.1 by default), with products
/// in bfloat16 as there where the parameters are in single precision, unless `products: full`. `style: jordan` adds 10⁻⁷
/// to the norm that PyTorch bounds by it; `style: optax` adds 10⁻⁸, counts the sides the other way round, corrects for the
/// averages' start at 0, and its auxiliary rule is NAdam with β₂ = 0.999 unless told otherwise. A convolution's filters
/// count as the rows of a matrix. Tensors whose names speak of embeddings or an output head take AdamW too, as both papers
/// say, unless `matrices: all`.
public struct Muon: SliceRule {
  /// Whose form of the norm and the averages.
  public enum Style: String, CaseIterable, Codable, Sendable { case torch, jordan, optax }
  /// How the step depends on the matrix's shape.
  public enum Scale: String, CaseIterable, Codable, Sendable { case original, matchRMS }
  /// Which tensors of two dimensions or more count as matrices.
  public enum Matrices: String, CaseIterable, Codable, Sendable { case hidden, all }

  /// The precision of the products: `full` is the parameters' own; `bfloat16` keeps every matrix in bfloat16 and sums in
  /// single precision, as the peers do.
  public enum Products: String, CaseIterable, Codable, Sendable { case full, bfloat16 }

  /// μ, 0 ≤ μ < 1 (default 0.95).
  public var momentum = 0.95
  /// Looks ahead by one momentum step (default true).
  public var nesterov = true
  /// γ ≥ 0, per parameter unit (default 0); decoupled, of matrices.
  public var weightDecay = 0.0
  /// Newton–Schulz iterations, 1 … 99 (default 5).
  public var newtonSchulzSteps = 5
  /// How the step depends on the shape (default `original`).
  public var scale = Scale.original
  /// Multiplies the step by ⟨U, what was made orthonormal⟩: the dual norm of arXiv 2409.20325 (default false).
  public var adaptive = false
  /// β₁ of AdamW, 0 ≤ β₁ < 1 (default 0.9).
  public var auxiliaryBeta1 = 0.9
  /// β₂ of AdamW, 0 ≤ β₂ < 1 (default 0.95).
  public var auxiliaryBeta2 = 0.95
  /// ε of AdamW, ≥ 0, in gradient units (default 1e-10).
  public var auxiliaryEpsilon = 1e-10
  /// γ of AdamW, ≥ 0 (default 0).
  public var auxiliaryWeightDecay = 0.0
  /// AdamW's rate over Muon's, above 0 (default 1).
  public var auxiliaryRateFactor = 1.0
  /// Which tensors are made orthonormal (default `hidden`).
  public var matrices = Matrices.hidden
  /// What the products of Newton–Schulz are made in (default `bfloat16`: no slower anywhere, twice as fast where the
  /// processor multiplies pairs). Parameters in double precision always have them in full.
  public var products = Products.bfloat16
  /// Whose form (default `torch`).
  public var style = Style.torch

  public init() {}

  public static let settings: [Setting<Muon>] = [
    .number("momentum", \.momentum, .decay),
    .flag("nesterov", \.nesterov),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .integer("newtonSchulzSteps", \.newtonSchulzSteps, 1...99),
    .choice("scale", \.scale),
    .flag("adaptive", \.adaptive),
    .number("auxiliaryBeta1", \.auxiliaryBeta1, .decay),
    .number("auxiliaryBeta2", \.auxiliaryBeta2, .decay),
    .number("auxiliaryEpsilon", \.auxiliaryEpsilon, .nonNegative),
    .number("auxiliaryWeightDecay", \.auxiliaryWeightDecay, .nonNegative),
    .number("auxiliaryRateFactor", \.auxiliaryRateFactor, .positive),
    .choice("matrices", \.matrices),
    .choice("products", \.products),
    .choice("style", \.style),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    [
      .perElement("exp_avg"),
      .sized("exp_avg_sq") { matrix($0) == nil ? $0.count : 0 },
      // The norm before orthonormalising, and the factor of `adaptive`: for the effective rate.
      .perTensor("norms", count: 2, initial: 1),
    ]
  }
  public var name: String { "muon" }
  public var defaultLearningRate: Double { 0.02 }

  /// The matrix to be made orthonormal, then what Newton–Schulz asks for.
  public func scratchCount(for tensor: TensorShape) -> Int {
    guard let matrix = matrix(tensor) else { return 0 }
    // A step in double precision is in full whatever the setting says.
    return tensor.count
      + max(
        NewtonSchulz<Double>.scratchCount(rows: matrix.rows, columns: matrix.columns),
        BFloat16NewtonSchulz.scratchCount(rows: matrix.rows, columns: matrix.columns))
  }

  // Names that layers before the first and after the last hidden one go by.
  private static let ends: [StaticString] = ["embed", "wte", "wpe", "head", "output"]

  /// True if a name has one of them in it, in whatever case; asks for no memory, as it is called in every step.
  private static func isEnd(_ name: String) -> Bool {
    for part in ends {
      var text = name.utf8[...]
      while text.count >= part.utf8CodeUnitCount {
        var (same, place) = (true, part.utf8Start)
        for byte in text.prefix(part.utf8CodeUnitCount) where same {
          same = (byte >= 65 && byte <= 90 ? byte + 32 : byte) == place.pointee
          place += 1
        }
        if same { return true }
        text.removeFirst()
      }
    }
    return false
  }

  /// The tensor as the matrix to be made orthonormal; nil if it takes AdamW.
  func matrix(_ tensor: TensorShape) -> (rows: Int, columns: Int)? {
    if matrices == .hidden, Self.isEnd(tensor.name) { return nil }
    return tensor.matrix
  }

  public func update(_ slice: UpdateSlice<Double>) { update(slice) { inFull($0, $1, $2) } }

  public func update(_ slice: UpdateSlice<Float>) {
    guard products == .bfloat16 else { return update(slice) { inFull($0, $1, $2) } }
    update(slice) { slice, matrix, shrink in
      BFloat16NewtonSchulz(
        rows: matrix.rows, columns: matrix.columns, scratch: slice.scratch + slice.count, path: slice.path,
        executor: slice.executor
      ).orthonormalise(slice.scratch, factor: shrink, steps: newtonSchulzSteps)
    }
  }

  /// Makes `shrink` times the matrix in scratch orthonormal in its own precision.
  private func inFull<S: UpdateScalar>(_ slice: UpdateSlice<S>, _ matrix: (rows: Int, columns: Int), _ shrink: S) {
    let u = VectorArray(slice.scratch)
    for i in VectorPlaces<S>(0..<slice.count) { u[i] = shrink * u[i] }
    NewtonSchulz.orthonormalise(
      slice.scratch, rows: matrix.rows, columns: matrix.columns, steps: newtonSchulzSteps,
      scratch: slice.scratch + slice.count, executor: slice.executor)
  }

  @inline(__always)
  private func update<S: UpdateScalar>(
    _ slice: UpdateSlice<S>, orthonormalise: (UpdateSlice<S>, (rows: Int, columns: Int), S) -> Void
  ) {
    guard slice.count > 0 else { return }
    guard let matrix = matrix(slice.tensor) else { return updateAuxiliary(slice) }
    let (m, u) = (slice.vectors(0), VectorArray(slice.scratch))
    let (keep, fresh) = (S(momentum), S(1 - momentum))
    let (ofAverage, ofGradient) = mixture(step: slice.step + 1)
    let (average, own) = (S(ofAverage), S(ofGradient))
    let norm = slice.sum { tile in
      var sum = VectorSum<S>()
      for i in tile {
        let g = tile.gradient[i]
        let x = keep * m[i] + fresh * g
        m[i] = x
        let mixed = average * x + own * g
        u[i] = mixed
        sum.add(mixed * mixed, at: i)
      }
      return sum.value
    }.squareRoot()
    let divisor =
      switch style {
      case .torch: max(norm, 1e-7)
      case .jordan: norm + 1e-7
      case .optax: norm + 1e-8
      }
    orthonormalise(slice, matrix, S(1 / divisor))
    var dual = 1.0
    if adaptive {
      // What was made orthonormal, again: its place in scratch has been taken.
      dual = slice.sum { tile in
        var sum = VectorSum<S>()
        for i in tile {
          let g = tile.gradient[i]
          sum.add(u[i] * (average * m[i] + own * g), at: i)
        }
        return sum.value
      }
    }
    slice.numbers(2)?[0] = norm
    slice.numbers(2)?[1] = dual
    let rate = S(slice.rate * factor(matrix) * dual)
    let remain = S(1 - slice.rate * weightDecay)
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = remain * tile.parameters[i] - rate * u[i] }
    }
  }

  /// The shares of average and gradient in what is made orthonormal.
  private func mixture(step t: Int) -> (average: Double, gradient: Double) {
    guard style == .optax else { return nesterov ? (momentum, 1 - momentum) : (1, 0) }
    // Both corrected for the averages' start at 0, the average by the step to come.
    let missing = 1 - power(momentum, t)
    return nesterov ? (momentum / (1 - power(momentum, t + 1)), (1 - momentum) / missing) : (1 / missing, 0)
  }

  /// s.
  private func factor(_ matrix: (rows: Int, columns: Int)) -> Double {
    let (rows, columns) = (Double(matrix.rows), Double(matrix.columns))
    switch scale {
    case .original: return max(1, style == .optax ? columns / rows : rows / columns).squareRoot()
    case .matchRMS: return 0.2 * max(rows, columns).squareRoot()
    }
  }

  /// β₂ and ε of the auxiliary rule; Optax has its own defaults.
  private var auxiliary: (beta2: Double, epsilon: Double) {
    guard style == .optax else { return (auxiliaryBeta2, auxiliaryEpsilon) }
    let ours = Muon()
    return (
      auxiliaryBeta2 == ours.auxiliaryBeta2 ? 0.999 : auxiliaryBeta2,
      auxiliaryEpsilon == ours.auxiliaryEpsilon ? 1e-8 : auxiliaryEpsilon
    )
  }

  private func updateAuxiliary<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let t = slice.step + 1
    let (beta2, epsilon) = auxiliary
    let rate = slice.rate * auxiliaryRateFactor
    let (missing1, next1) = (1 - power(auxiliaryBeta1, t), 1 - power(auxiliaryBeta1, t + 1))
    let looksAhead = style == .optax && nesterov
    let ofAverage = S(looksAhead ? auxiliaryBeta1 / next1 : 1 / missing1)
    let ofGradient = S(looksAhead ? (1 - auxiliaryBeta1) / missing1 : 0)
    let (keep1, fresh1, keep2, fresh2) = (S(auxiliaryBeta1), S(1 - auxiliaryBeta1), S(beta2), S(1 - beta2))
    let (scale, small) = (S(1 / (1 - power(beta2, t))), S(epsilon))
    let (remain, step) = (S(1 - rate * auxiliaryWeightDecay), S(rate))
    slice.forEachTile { tile in
      for i in tile {
        let g = tile.gradient[i]
        let w = tile.parameters[i]
        let x = keep1 * m[i] + fresh1 * g
        m[i] = x
        let y = keep2 * v[i] + fresh2 * g * g
        v[i] = y
        tile.parameters[i] = remain * w - step * ((ofAverage * x + ofGradient * g) / ((scale * y).squareRoot() + small))
      }
    }
  }

  /// Infinite: steps of fixed length are stable nowhere and unstable nowhere; they dither within η·s of a minimum.
  public func stabilityThreshold(learningRate: Double) -> Double { .infinity }

  /// Of a matrix η·s over the norm of the gradient that would have gathered to what was made orthonormal, in the mean
  /// over its singular values as if they were alike: √rank times that. Of other tensors AdamW's.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    guard let matrix = matrix(view.tensor) else {
      let (beta2, epsilon) = auxiliary
      let missing = 1 - power(beta2, view.step)
      let rate = view.rate * auxiliaryRateFactor
      return RateMultiplier(elements: view.state(1).map { rate / (($0 / missing).squareRoot() + epsilon) })
    }
    let norms = view.state(2)
    let rank = Double(min(matrix.rows, matrix.columns)).squareRoot()
    let (average, gradient) = mixture(step: view.step)
    let gathered = average * (1 - power(momentum, view.step)) + gradient
    return RateMultiplier(view.rate)
      .multiplied(by: RateFactor("shape", factor(matrix)))
      .multiplied(by: RateFactor("dual norm", norms.last ?? 1))
      .multiplied(by: RateFactor("1/singular value", gathered * rank / (norms.first ?? 1)))
  }
}
