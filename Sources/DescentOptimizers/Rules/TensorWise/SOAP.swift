/// SOAP: Adam in the eigenbasis of Shampoo's preconditioners.
///
/// ```
/// G' = Q_Lᵀ·G·Q_R,   M ← β₁·M + (1 − β₁)·G,   M' = Q_Lᵀ·M·Q_R,   V ← β₂·V + (1 − β₂)·G'²
/// N = Q_L·(M'/(√V + ε))·Q_Rᵀ
/// W ← (1 − ηγ)·(W − η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)·N)
/// L ← β₂·L + (1 − β₂)·G·Gᵀ,   R ← β₂·R + (1 − β₂)·Gᵀ·G
/// every so many steps: the columns of Q in the order of their eigenvalues, then Q ← QR factor of L·Q
/// ```
/// The first step only sets L, R and, by eigen-decomposition, Q; t counts from the second.
/// Source: Vyas et al., "SOAP: improving and stabilizing Shampoo using Adam", arXiv 2409.11321, algorithms 3 and 4. As the
/// authors' and pytorch-optimizer's `SOAP` (precondition_frequency, max_precondition_dim), whose QR is in single
/// precision. Vectors, and sides longer than `maxPreconditionedSide`, are not turned; tensors of more dimensions count as
/// matrices, the first dimension by the others.
public struct SOAP: SliceRule {
  /// β₁, 0 ≤ β₁ < 1 (default 0.95).
  public var beta1 = 0.95
  /// β₂, 0 ≤ β₂ < 1 (default 0.95): of the squares and of the preconditioners.
  public var beta2 = 0.95
  /// ε ≥ 0, in gradient units (default 1e-8).
  public var epsilon = 1e-8
  /// γ ≥ 0, per parameter unit (default 0.01); decoupled, after the step.
  public var weightDecay = 0.01
  /// Corrects for the averages' start at 0 (default true).
  public var biasCorrection = true
  /// Steps from one basis to the next, ≥ 1 (default 10).
  public var every = 10
  /// The longest side that is preconditioned (default 2048).
  public var maxPreconditionedSide = 2048

  public init(
    beta1: Double = 0.95, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0.01,
    biasCorrection: Bool = true, every: Int = 10, maxPreconditionedSide: Int = 2048
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.biasCorrection = biasCorrection
    self.every = every
    self.maxPreconditionedSide = maxPreconditionedSide
  }

  public static let settings: [Setting<SOAP>] = [
    .number("beta1", \.beta1, .decay),
    .number("beta2", \.beta2, .decay),
    .number("epsilon", \.epsilon, .nonNegative),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .flag("biasCorrection", \.biasCorrection),
    .integer("every", \.every, 1...(.max)),
    .integer("maxPreconditionedSide", \.maxPreconditionedSide, 0...16_384),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    let longest = maxPreconditionedSide
    let sides = { @Sendable (tensor: TensorShape) in Self.sides(tensor, longest) }
    return [
      .perElement("exp_avg"),
      .perElement("exp_avg_sq"),
      .sized("preconditioner_left") { sides($0).left * sides($0).left },
      .sized("preconditioner_right") { sides($0).right * sides($0).right },
      .sized("basis_left") { sides($0).left * sides($0).left },
      .sized("basis_right") { sides($0).right * sides($0).right },
    ]
  }
  public var name: String { "soap" }
  public var defaultLearningRate: Double { 3e-3 }

  private static func sides(_ tensor: TensorShape, _ longest: Int) -> Shampoo.Sides {
    Shampoo.Sides(tensor, longest: tensor.rank > 1 ? longest : 0)
  }

  /// Three matrices like the tensor; for a new basis a square, its estimates, and the squares' copy.
  public func scratchCount(for tensor: TensorShape) -> Int {
    let sides = Self.sides(tensor, maxPreconditionedSide)
    let side = max(sides.left, sides.right)
    return 3 * tensor.count + side * side + side
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let sides = Self.sides(slice.tensor, maxPreconditionedSide)
    if slice.step > 0 { step(slice, sides) } else { slice.forEachTile { _ in } }
    follow(slice, sides, .left, sides.left)
    follow(slice, sides, .right, sides.right)
  }

  /// The statistics of one side, n long, and its basis where it is due.
  private func follow<S: UpdateScalar>(_ slice: UpdateSlice<S>, _ sides: Shampoo.Sides, _ side: Side, _ n: Int) {
    guard n > 0, let statistics = slice.state(side.statistics), let basis = slice.state(side.basis) else { return }
    gather(slice, sides, side, n, into: statistics)
    if slice.step == 0 {
      setUp(basis, from: statistics, n, spare: slice.scratch)
    } else if slice.step % every == 0 {
      turn(slice, sides, side, n)
    }
  }

  private enum Side {
    case left, right
    var statistics: Int { self == .left ? 2 : 3 }
    var basis: Int { self == .left ? 4 : 5 }
  }

  private func step<S: UpdateScalar>(_ slice: UpdateSlice<S>, _ sides: Shampoo.Sides) {
    let (m, v) = (slice.vectors(0), slice.vectors(1))
    let (turned, other, third) = (slice.scratch, slice.scratch + slice.count, slice.scratch + 2 * slice.count)
    let (keep1, fresh1, keep2, fresh2) = (S(beta1), S(1 - beta1), S(beta2), S(1 - beta2))
    let epsilon = S(self.epsilon)
    let g = VectorArray(UnsafeMutablePointer(mutating: slice.gradient))
    let all = 0..<slice.count
    let gradient = VectorArray(
      UnsafeMutablePointer(mutating: Self.turn(slice.gradient, slice, sides, back: false, by: turned, other)))
    for i in VectorPlaces<S>(all) {
      m[i] = keep1 * m[i] + fresh1 * g[i]
      v[i] = keep2 * v[i] + fresh2 * gradient[i] * gradient[i]
    }
    let average = VectorArray(
      UnsafeMutablePointer(mutating: Self.turn(UnsafePointer(m.base), slice, sides, back: false, by: turned, other)))
    let normalised = VectorArray(third)
    for i in VectorPlaces<S>(all) { normalised[i] = average[i] / (v[i].squareRoot() + epsilon) }
    let u = VectorArray(
      UnsafeMutablePointer(mutating: Self.turn(UnsafePointer(third), slice, sides, back: true, by: turned, other)))
    let (rate, keep) = (S(slice.rate * correction(slice.step)), S(1 - slice.rate * weightDecay))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = keep * (tile.parameters[i] - rate * u[i]) }
    }
  }

  /// √(1 − β₂ᵗ)/(1 − β₁ᵗ).
  private func correction(_ t: Int) -> Double {
    biasCorrection ? (1 - power(beta2, t)).squareRoot() / (1 - power(beta1, t)) : 1
  }

  /// x in the eigenbasis, or back from it; bases are kept as rows. The result is in one of the two, or x itself.
  private static func turn<S: UpdateScalar>(
    _ x: UnsafePointer<S>, _ slice: UpdateSlice<S>, _ sides: Shampoo.Sides, back: Bool,
    by first: UnsafeMutablePointer<S>, _ second: UnsafeMutablePointer<S>
  ) -> UnsafePointer<S> {
    var x = x
    if sides.left > 0, let basis = slice.state(4) {
      S.product(
        basis, transposed: back, x, transposed: false, rows: sides.rows, columns: sides.columns, inner: sides.rows,
        into: first, accumulate: false)
      x = UnsafePointer(first)
    }
    if sides.right > 0, let basis = slice.state(5) {
      S.product(
        x, transposed: false, basis, transposed: !back, rows: sides.rows, columns: sides.columns, inner: sides.columns,
        into: second, accumulate: false)
      x = UnsafePointer(second)
    }
    return x
  }

  private func gather<S: UpdateScalar>(
    _ slice: UpdateSlice<S>, _ sides: Shampoo.Sides, _ side: Side, _ n: Int, into statistics: UnsafeMutablePointer<S>
  ) {
    let spare = slice.scratch
    let inner = side == .left ? sides.columns : sides.rows
    S.symmetricProduct(slice.gradient, transposed: side == .right, side: n, inner: inner, into: spare)
    let (total, new, keep, fresh) = (VectorArray(statistics), VectorArray(spare), S(beta2), S(1 - beta2))
    for i in VectorPlaces<S>(0..<(n * n)) { total[i] = keep * total[i] + fresh * new[i] }
  }

  /// The eigenvectors, the largest eigenvalue's first; the axes where there are none.
  private func setUp<S: UpdateScalar>(
    _ basis: UnsafeMutablePointer<S>, from statistics: UnsafeMutablePointer<S>, _ n: Int,
    spare: UnsafeMutablePointer<S>
  ) {
    spare.update(from: statistics, count: n * n)
    let found = S.eigen(spare, size: n, values: spare + n * n)
    for row in 0..<n {
      let target = basis + row * n
      if found {
        target.update(from: spare + (n - 1 - row) * n, count: n)
      } else {
        target.update(repeating: 0, count: n)
        target[row] = 1
      }
    }
  }

  /// One round of power iteration: new bases from the old, and the squares in the new order.
  private func turn<S: UpdateScalar>(
    _ slice: UpdateSlice<S>, _ sides: Shampoo.Sides, _ side: Side, _ n: Int
  ) {
    guard let statistics = slice.state(side.statistics), let basis = slice.state(side.basis),
      let squares = slice.state(1)
    else { return }
    let (moved, estimates, copy) = (slice.scratch, slice.scratch + n * n, slice.scratch + n * n + n)
    // Rows q of the basis become L·q; q·L·q estimates the eigenvalue.
    S.product(
      basis, transposed: false, statistics, transposed: false, rows: n, columns: n, inner: n, into: moved,
      accumulate: false)
    for row in 0..<n {
      let range = (row * n)..<((row + 1) * n)
      estimates[row] = S(VectorArray(basis).product(VectorArray(moved), in: range))
    }
    copy.update(from: squares, count: slice.count)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: n) { buffer in
      var order = buffer
      for i in 0..<n { order[i] = i }
      order.sort { estimates[$0] > estimates[$1] || (estimates[$0] == estimates[$1] && $0 < $1) }
      for (place, old) in order.enumerated() {
        (basis + place * n).update(from: moved + old * n, count: n)
        switch side {
        case .left:
          (squares + place * sides.columns).update(from: copy + old * sides.columns, count: sides.columns)
        case .right:
          for row in 0..<sides.rows { squares[row * n + place] = copy[row * n + old] }
        }
      }
    }
    if !S.orthonormaliseRows(basis, size: n) { setUp(basis, from: statistics, n, spare: slice.scratch) }
  }

  /// As Adam's in the eigenbasis, with the decay after the step: (2 − ηγ)(1 + β₁)/((1 − β₁)(1 − ηγ)·η).
  public func stabilityThreshold(learningRate: Double) -> Double {
    let keep = 1 - learningRate * weightDecay
    return alternatingThreshold(
      response: keep * (1 - beta1) / (1 + beta1), rate: learningRate, weightDecay: weightDecay, decoupled: true)
  }

  /// η/(√v̂ + ε) of the coordinates in the eigenbasis.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let t = view.step - 1
    guard t > 0 else { return RateMultiplier(0) }
    let factor = view.rate * correction(t) * (1 - power(beta1, t))
    return RateMultiplier(
      elements: view.state(1).map { factor / ($0.squareRoot() + epsilon) },
      factors: biasCorrection ? [RateFactor("bias correction", correction(t))] : [])
  }
}
