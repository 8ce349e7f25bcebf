/// Shampoo: the gradient's matrix multiplied from both sides by roots of what its rows and columns have in common.
///
/// ```
/// L ← L + G·Gᵀ,   R ← R + Gᵀ·G                 from ε·I
/// W ← (1 − ηγ)·W − η·L^(−1/4)·G·R^(−1/4)       vectors: L^(−1/2)·g
/// ```
/// Source: Gupta, Koren and Singer, "Shampoo: preconditioned stochastic tensor optimization", arXiv 1802.09568, algorithm
/// 1. As pytorch-optimizer's `Shampoo` (matrix_eps, decoupled decay). `style: sequential` follows torch-optimizer: both
/// exponents twice as large, and R gathered from L^(−1/2)·G. Tensors of more dimensions count as matrices, the first
/// dimension by the others. A side longer than `maxPreconditionedSide` is left alone. The roots are taken anew every
/// `every` steps, by eigen-decomposition in the parameters' precision.
public struct Shampoo: SliceRule {
  /// Whose exponents and statistics.
  public enum Style: String, CaseIterable, Codable, Sendable { case paper, sequential }

  /// ε > 0, in squared gradient units (default 1e-6).
  public var epsilon = 1e-6
  /// γ ≥ 0, per parameter unit (default 0); decoupled.
  public var weightDecay = 0.0
  /// Steps from one set of roots to the next, ≥ 1 (default 1).
  public var every = 1
  /// The longest side that is preconditioned (default 2048).
  public var maxPreconditionedSide = 2048
  /// Whose exponents (default `paper`).
  public var style = Style.paper

  public init(
    epsilon: Double = 1e-6, weightDecay: Double = 0, every: Int = 1, maxPreconditionedSide: Int = 2048,
    style: Style = .paper
  ) {
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.every = every
    self.maxPreconditionedSide = maxPreconditionedSide
    self.style = style
  }

  public static let settings: [Setting<Shampoo>] = [
    .number("epsilon", \.epsilon, .positive),
    .number("weightDecay", \.weightDecay, .nonNegative),
    .integer("every", \.every, 1...(.max)),
    .integer("maxPreconditionedSide", \.maxPreconditionedSide, 0...16_384),
    .choice("style", \.style),
  ]
  public static let granularity = Granularity.tensors
  public var states: [RuleState] {
    let longest = maxPreconditionedSide
    let sides = { @Sendable (tensor: TensorShape) in Sides(tensor, longest: longest) }
    return [
      .sized("preconditioner_left") { sides($0).left * sides($0).left },
      .sized("preconditioner_right") { sides($0).right * sides($0).right },
      .sized("root_left") { sides($0).left * sides($0).left },
      .sized("root_right") { sides($0).right * sides($0).right },
    ]
  }
  public var name: String { "shampoo" }
  public var defaultLearningRate: Double { 1e-3 }

  /// A tensor as a matrix, a vector being one column; a side that is not preconditioned counts as 0.
  struct Sides {
    let rows: Int
    let columns: Int
    let left: Int
    let right: Int
    let order: Double

    init(_ tensor: TensorShape, longest: Int) {
      let matrix = tensor.matrix
      rows = matrix?.rows ?? tensor.count
      columns = matrix?.columns ?? 1
      left = rows <= longest ? rows : 0
      right = matrix != nil && columns <= longest ? columns : 0
      order = matrix == nil ? 1 : 2
    }
  }

  /// Two matrices like the tensor, and for a root two squares and the eigenvalues.
  public func scratchCount(for tensor: TensorShape) -> Int {
    let sides = Sides(tensor, longest: maxPreconditionedSide)
    let side = max(sides.left, sides.right)
    return 2 * tensor.count + 2 * side * side + side
  }

  public func update<S: UpdateScalar>(_ slice: UpdateSlice<S>) {
    guard slice.count > 0 else { return }
    let sides = Sides(slice.tensor, longest: maxPreconditionedSide)
    let power = -1 / (style == .paper ? 2 * sides.order : sides.order)
    let (halfway, final) = (slice.scratch, slice.scratch + slice.count)
    let spare = slice.scratch + 2 * slice.count
    let fresh = slice.step % every == 0
    var current = slice.gradient
    if sides.left > 0, let statistics = slice.state(0), let root = slice.state(2) {
      if slice.step == 0 { Self.start(statistics, sides.left, S(epsilon)) }
      S.product(
        slice.gradient, transposed: false, slice.gradient, transposed: true, rows: sides.left, columns: sides.left,
        inner: sides.columns, into: statistics, accumulate: true)
      if fresh { Self.takeRoot(of: statistics, size: sides.left, power: power, into: root, spare: spare) }
      S.product(
        root, transposed: false, slice.gradient, transposed: false, rows: sides.rows, columns: sides.columns,
        inner: sides.rows, into: halfway, accumulate: false)
      current = UnsafePointer(halfway)
    }
    if sides.right > 0, let statistics = slice.state(1), let root = slice.state(3) {
      if slice.step == 0 { Self.start(statistics, sides.right, S(epsilon)) }
      let seen = style == .paper ? slice.gradient : current
      S.product(
        seen, transposed: true, seen, transposed: false, rows: sides.right, columns: sides.right, inner: sides.rows,
        into: statistics, accumulate: true)
      if fresh { Self.takeRoot(of: statistics, size: sides.right, power: power, into: root, spare: spare) }
      S.product(
        current, transposed: false, root, transposed: false, rows: sides.rows, columns: sides.columns,
        inner: sides.columns, into: final, accumulate: false)
      current = UnsafePointer(final)
    }
    let u = VectorArray(UnsafeMutablePointer(mutating: current))
    let (keep, rate) = (S(1 - slice.rate * weightDecay), S(slice.rate))
    slice.forEachTile { tile in
      for i in tile { tile.parameters[i] = keep * tile.parameters[i] - rate * u[i] }
    }
  }

  private static func start<S: UpdateScalar>(_ matrix: UnsafeMutablePointer<S>, _ size: Int, _ epsilon: S) {
    for i in 0..<size { matrix[i * size + i] = epsilon }
  }

  /// root = matrix^power, from its eigenvalues; left as it was where there are none.
  static func takeRoot<S: UpdateScalar>(
    of matrix: UnsafeMutablePointer<S>, size n: Int, power exponent: Double, into root: UnsafeMutablePointer<S>,
    spare: UnsafeMutablePointer<S>
  ) {
    let (vectors, scaled, values) = (spare, spare + n * n, spare + 2 * n * n)
    vectors.update(from: matrix, count: n * n)
    guard S.eigen(vectors, size: n, values: values) else { return }
    // What rounding leaves of eigenvalues of 0 may be negative.
    let least = max(Double(values[n - 1]) * Double(S.ulpOfOne) * 1e-3, Double(S.leastNormalMagnitude))
    let (from, to) = (VectorArray(vectors), VectorArray(scaled))
    for row in 0..<n {
      // Half the power on each side keeps the root symmetric.
      let factor = S(power(max(abs(Double(values[row])), least), exponent / 2))
      for i in VectorPlaces<S>((row * n)..<((row + 1) * n)) { to[i] = factor * from[i] }
    }
    S.product(
      scaled, transposed: true, scaled, transposed: false, rows: n, columns: n, inner: n, into: root,
      accumulate: false)
  }

  /// Of the preconditioned Hessian: 2/η, less γ's share.
  public func stabilityThreshold(learningRate: Double) -> Double {
    (2 - learningRate * weightDecay) / learningRate
  }

  /// η times the mean diagonal of each root: what a gradient without direction would be multiplied by.
  public func effectiveRate(_ view: RateView) -> RateMultiplier {
    let sides = Sides(view.tensor, longest: maxPreconditionedSide)
    func mean(_ root: [Double], _ n: Int) -> Double { (0..<n).reduce(0) { $0 + root[$1 * n + $1] } / Double(n) }
    var result = RateMultiplier(view.rate)
    if sides.left > 0 { result = result.multiplied(by: RateFactor("left root", mean(view.state(2), sides.left))) }
    if sides.right > 0 { result = result.multiplied(by: RateFactor("right root", mean(view.state(3), sides.right))) }
    return result
  }
}
