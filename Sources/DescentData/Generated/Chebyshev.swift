/// `chebyshev(rows: 20, degree: 5)`: a Chebyshev polynomial at equally spaced points, without noise.
///
/// x runs from −1 to 1; y = T_degree(x) by T₀ = 1, T₁ = x, Tₙ₊₁ = 2x·Tₙ − Tₙ₋₁. The small regression task on which the
/// edge of stability is easily seen. Its 20 rows are divided 14/3/3; ``DataSplit/all(of:)`` trains on all of them.
///
/// - Source: Cohen et al. 2021, "Gradient descent on neural networks typically occurs at the edge of stability"
///   (arXiv:2103.00065), appendix on the Chebyshev task.
func chebyshev(_ arguments: GeneratorArguments, name: String, seed: UInt64) throws -> Dataset {
  try arguments.allowOnly(["rows", "degree"])
  let rows = try arguments.count("rows", default: 20, in: 2...1_000_000)
  let degree = try arguments.count("degree", default: 5, in: 0...100)
  let x = (0..<rows).map { -1 + 2 * Double($0) / Double(rows - 1) }
  let y = x.map { x in
    var (previous, current) = (1.0, x)
    for _ in 0..<degree { (previous, current) = (current, 2 * x * current - previous) }
    return previous
  }
  return Dataset(
    name: name, featureShape: [1], features: .floats(x.map { Float($0) }),
    targets: .values(y.map { Float($0) }, width: 1))
}
