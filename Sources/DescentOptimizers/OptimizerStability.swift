public import DescentCore

extension Optimizer: StabilityModel, Preconditioner {
  /// The threshold of the specification's own settings (groups that override momentum or decay have another).
  public func stabilityThreshold(learningRate: Double) -> Double {
    spec.stabilityThreshold(learningRate: learningRate)
  }

  /// Whether the rule has a diagonal P, or a group a learning-rate factor of its own.
  public var rescales: Bool { diagonal(step: max(1, stepCount)) != nil }

  /// Whether the threshold is one for H, or for P⁻¹·H with the diagonal P that ``preconditioner()`` gives. Not so for rules
  /// that scale by a matrix of their own (Shampoo, SOAP, L-BFGS) or by norms.
  public var isScaledByDiagonal: Bool {
    if rescales { return true }
    var table = table
    while let inner = table.inner.first { table = inner }
    if case .slice(let rule) = table.kind(-1) { return type(of: rule).granularity == .elements }
    return false
  }

  /// The diagonal P of the live state, a wrapper's being that of what it wraps; a group's learning-rate factor f counts
  /// as P/f. Nil if the rule rescales nothing, and before the first step. Allocates: meant for once in a while.
  public func preconditioner() -> [Double]? { diagonal(step: stepCount) }

  private func diagonal(step: Int) -> [Double]? {
    var (table, memory) = (table, memory)
    while let innerTable = table.inner.first, let inner = memory.inner { (table, memory) = (innerTable, inner) }
    let innermost = memory
    var result = [Double](repeating: 1, count: parameterCount)
    var rescales = groups.contains { $0.learningRateFactor != 1 }
    for piece in cuts.tensors {
      let rule = piece.group < 0 ? table.own : table.groups[piece.group]
      let factor = piece.group < 0 ? 1 : groups[piece.group].learningRateFactor
      // The rate is a unit here; below every bound on it.
      let view = RateView(
        tensor: piece.tensor, step: step, rate: 1e-9, requested: 1e-9,
        state: { innermost.values(ofArray: $0, for: piece.tensor) },
        scalars: innermost.scalars.indices.map { innermost.numbers[$0] }, parameters: nil)
      let diagonal = step > 0 ? rule.preconditioner(view) : nil
      rescales = rescales || diagonal != nil
      for (place, i) in piece.tensor.range.enumerated() {
        result[i] = (diagonal.map { $0.count == 1 ? $0[0] : $0[place] } ?? 1) / factor
      }
    }
    return rescales ? result : nil
  }
}
