/// Adafactor: the mean squares of a matrix kept as a row and a column, and a rate relative to the tensor's size.
///
/// ```
/// ρ = η·min(10⁻², 1/√t)     10⁻⁶·t in place of 10⁻² with `warmup`;   ρ = η without `relativeStep`
/// α = max(ε₂, RMS(w))·ρ     α = ρ without `scaleByParameter`
/// β = 1 − t^c
/// R ← β·R + (1 − β)·mean of g² + ε₁ over columns,   C ← β·C + (1 − β)·mean of g² + ε₁ over rows
/// V = R·Cᵀ/mean(R)          V ← β·V + (1 − β)·(g² + ε₁) for tensors of fewer than two dimensions
/// u = g/√V;   u ← u/max(1, RMS(u)/d)
/// m ← β₁·m + (1 − β₁)·α·u   m = α·u without β₁
/// w ← (1 − αγ)·w − m
/// ```
/// Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", arXiv 1804.04235,
/// algorithms 4 and 5, in the form of `transformers.Adafactor` (scale_parameter, relative_step, warmup_init), which
/// ignores the learning rate where steps are relative; here η multiplies them, 1 being theirs, so that schedules act.
///
/// `style: torch` is `torch.optim.Adafactor`: ρ = min(η, 1/√t), a bound ε₁ from below (default: the type's machine
/// epsilon) on mean(R) and, squared, on V, and a decay by η; no `relativeStep`, `warmup` or β₁. `style: optax` is
/// `optax.adafactor`: ρ = η, matrices with a side shorter than `minimumSizeToFactor` kept whole, and a decay by γ alone.
/// Tensors of more than two dimensions are treated as batches of matrices of the last two, as PyTorch and transformers do.
public struct Adafactor: SliceRule {
  /// Whose form of the rate and the bounds.
  public enum Style: String, CaseIterable, Codable, Sendable { case transformers, torch, optax }

  /// c ≤ 0 (default −0.8): how fast the averages lengthen.
  public var decayRate = -0.8
  /// ε₁ ≥ 0, in gradient units squared, in `torch` style in gradient units (default 0: 10⁻³⁰ or the machine epsilon).
  public var epsilon = 0.0
  /// ε₂ ≥ 0, in parameter units (default 1e-3): the least size a tensor counts as having.
  public var epsilon2 = 1e-3
  /// d > 0 (default 1): the largest root mean square of an update before the rate.
  public var clip = 1.0
  /// β₁, 0 ≤ β₁ < 1 (default 0: no momentum, and no memory for it).
  public var beta1 = 0.0
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0
  /// Multiplies the rate by min(10⁻², 1/√t) (default true).
  public var relativeStep = true
  /// Starts relative steps at 10⁻⁶ (default false).
  public var warmup = false
  /// Multiplies the rate by the tensor's size (default true).
  public var scaleByParameter = true
  /// In `optax` style, the shortest side that is factored (default 128).
  public var minimumSizeToFactor = 128
  /// Whose form (default `transformers`).
  public var style = Style.transformers

  public init(
    decayRate: Double = -0.8, epsilon: Double = 0, epsilon2: Double = 1e-3, clip: Double = 1, beta1: Double = 0,
    weightDecay: Double = 0, relativeStep: Bool = true, warmup: Bool = false, scaleByParameter: Bool = true,
    minimumSizeToFactor: Int = 128, style: Style = .transformers
  ) {
    self.decayRate = decayRate
    self.epsilon = epsilon
    self.epsilon2 = epsilon2
    self.clip = clip
    self.beta1 = beta1
    self.weightDecay = weightDecay
    self.relativeStep = relativeStep
    self.warmup = warmup
    self.scaleByParameter = scaleByParameter
    self.minimumSizeToFactor = minimumSizeToFactor
    self.style = style
  }

  public static let settings: [Setting<Adafactor>] = [
    .number("decayRate", \.decayRate, .finite),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("epsilon2", \.epsilon2, .nonNegative),
    .number("clip", \.clip, .positive),
    .number("beta1", \.beta1, .decay),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("relativeStep", \.relativeStep),
    .flag("warmup", \.warmup),
    .flag("scaleByParameter", \.scaleByParameter),
    .integer("minimumSizeToFactor", \.minimumSizeToFactor, 1...(.max)),
    .choice("style", \.style),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    let smallest = smallestSide
    return [
      .sized("row_var") { FactoredShape($0, smallestSide: smallest).map { $0.batches * $0.rows } ?? 0 },
      .sized("col_var") { FactoredShape($0, smallestSide: smallest).map { $0.batches * $0.columns } ?? 0 },
      .sized("variance") { FactoredShape($0, smallestSide: smallest) == nil ? $0.count : 0 },
      // RMS(w) before the step, and max(1, RMS(u)/d): for the effective rate.
      .perTensor("scales", count: 2, initial: 1),
      .perElement("exp_avg", if: beta1 > 0),
    ]
  }
  public var name: String { "adafactor" }
  public var defaultLearningRate: Double { style == .transformers && relativeStep ? 1 : 0.01 }
  public var conflict: String? {
    if decayRate > 0 { return "decayRate must be at most 0, and \(plain(decayRate)) is not" }
    if style == .torch && beta1 > 0 { return "style torch has no beta1" }
    if warmup && !(style == .transformers && relativeStep) { return "warmup is of relative steps" }
    return nil
  }

  /// The update, then a row of sums.
  public func scratchCount(for tensor: TensorShape) -> Int {
    tensor.count + (FactoredShape(tensor)?.columns ?? 0)
  }

  private var smallestSide: Int { style == .optax ? minimumSizeToFactor : 1 }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let t = slice.step + 1
    let fresh = power(Double(t), decayRate)
    let size = slice.parameterNorm() / Double(slice.count).squareRoot()
    let u = VectorArray(slice.scratch)
    let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))
    // What is added to squares, and what bounds them.
    let added = style == .torch ? 0 : epsilon > 0 ? epsilon : 1e-30
    let least = style == .torch ? epsilon > 0 ? epsilon : Double(S.ulpOfOne) : 0
    if let shape = FactoredShape(slice.tensor, smallestSide: smallestSide), let rows = slice.state(0),
      let columns = slice.state(1)
    {
      let squares = FactoredSquares(
        shape: shape, rowMeans: rows, columnMeans: columns, scratch: slice.scratch + slice.count)
      squares.average(g, fresh: fresh, added: added)
      if least > 0 {
        squares.divide(g, into: u, least: least, floor: least * least)
      } else {
        squares.divide(g, into: u)
      }
    } else {
      let v = slice.vectors(2)
      let (keep, new, extra) = (S(1 - fresh), S(fresh), S(fresh * added))
      let floor = S.Vector(repeating: S(least * least))
      for i in VectorPlaces<S>(0..<slice.count) {
        let x = keep * v[i] + new * g[i] * g[i] + extra
        v[i] = x
        u[i] = g[i] / S.Vector.maximum(x, floor).squareRoot()
      }
    }
    let rms = (u.squares(in: 0..<slice.count) / Double(slice.count)).squareRoot()
    let excess = rms / clip > 1 ? rms / clip : 1
    slice.numbers(3)?[0] = size
    slice.numbers(3)?[1] = excess
    apply(u, to: slice, rate: rate(slice.rate, step: t, size: size), excess: excess)
  }

  private func apply<S: UpdateScalar>(_ u: VectorArray<S>, to slice: UpdateSlice<S>, rate: Double, excess: Double) {
    let decay =
      switch style {
      case .transformers: rate * weightDecay
      case .torch: slice.rate * weightDecay
      case .optax: weightDecay
      }
    let keep = S(1 - decay)
    guard beta1 > 0 else {
      let rate = S(rate / excess)
      return slice.forEachTile { tile in
        for i in tile { tile.parameters[i] = keep * tile.parameters[i] - rate * u[i] }
      }
    }
    let m = slice.vectors(4)
    let (beta1, fresh) = (S(self.beta1), S((1 - self.beta1) * rate / excess))
    slice.forEachTile { tile in
      for i in tile {
        let w = tile.parameters[i]
        let x = beta1 * m[i] + fresh * u[i]
        m[i] = x
        tile.parameters[i] = keep * w - x
      }
    }
  }

  /// What the rate is multiplied by in step t, or bounded by in `torch` style, as a factor.
  private func schedule(_ rate: Double, step t: Int) -> Double {
    let root = 1 / Double(t).squareRoot()
    switch style {
    case .optax: return 1
    case .torch: return rate > 0 ? min(1, root / rate) : 1
    case .transformers: return relativeStep ? min(warmup ? 1e-6 * Double(t) : 1e-2, root) : 1
    }
  }

  /// α.
  private func rate(_ rate: Double, step t: Int, size: Double) -> Double {
    rate * schedule(rate, step: t) * (scaleByParameter ? max(epsilon2, size) : 1)
  }

  /// Of P⁻¹·H with sizes, hidden schedule and clipping in P: 2/η, with momentum (2 + 2β₁)/((1 − β₁)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    2 * (1 + beta1) / ((1 - beta1) * learningRate)
  }

  /// √V over sizes, hidden schedule and clipping of updates; without the bound 1/√t of `torch`, which only a rate can meet.
  public func preconditioner(_ view: RateView) -> [Double]? {
    diagonal(view, gain: beta1 > 0 ? 1 - power(beta1, view.step) : 1)
  }

  /// α/√V divided by the clipping of updates, with RMS(w) and RMS(u) as they were in the last step.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let scales = view.state(3)
    let (size, excess) = (scales.first ?? 1, scales.last ?? 1)
    let variances =
      FactoredShape(view.tensor, smallestSide: smallestSide).map {
        FactoredSquares<Double>.values($0, rows: view.state(0), columns: view.state(1))
      } ?? view.state(2)
    let least = style == .torch ? epsilon > 0 ? epsilon : Double(Double.ulpOfOne) : 0
    var result = RateMultiplier(elements: variances.map { view.rate / max($0.squareRoot(), least) })
    if style != .optax {
      let hidden = schedule(view.rate, step: view.step)
      result = result.multiplied(by: RateFactor(style == .torch ? "1/√t bound" : "relative step", hidden))
    }
    if scaleByParameter { result = result.multiplied(by: RateFactor("tensor size", max(epsilon2, size))) }
    if beta1 > 0 { result = result.multiplied(by: RateFactor("momentum", 1 - power(beta1, view.step))) }
    return result.multiplied(by: RateFactor("update clipping", 1 / excess))
  }
}
