/// Inverse Chebyshev nodes in fractal order (Agarwal, Goel, Zhang 2021, arXiv:2103.01338), over and over.
///
/// Step k of a period of T = 2ⁿ takes from·m/(c − r·cos θ), θ = (σ(k) + ½)π/T, c = (1 + m)/2, r = (1 − m)/2, m =
/// 1/ratio: the highest rate is just below `from`, the lowest just above from/ratio. σ keeps large steps apart from each
/// other. (pytorch_optimizer multiplies by 1 … 10 instead of 0.1 … 1.)
struct Chebyshev: Sendable, Hashable {
  var from: Double
  var ratio: Double
  var period: Int

  func value(_ u: Double) -> Double {
    node(order(Int(u.rounded(.down)) % period))
  }

  /// Of the step function: whole periods in closed form, Σ 1/(x − xₖ) = T·tanh(Tφ)/sinh φ over the roots xₖ = cos θₖ of
  /// the T-th Chebyshev polynomial, x = c/r = cosh φ.
  func integral(to u: Double) -> Double {
    let count = Double(period)
    let whole = (u / count).rounded(.down)
    let rest = u - whole * count
    let last = Int(rest.rounded(.down))
    var sum = CompensatedSum()
    if whole > 0 { sum.add(whole * periodSum) }
    for step in 0..<last { sum.add(node(order(step))) }
    if rest > Double(last) { sum.add((rest - Double(last)) * node(order(last))) }
    return sum.value
  }

  private var periodSum: Double {
    guard ratio > 1 else { return from * Double(period) }
    let c = (1 + 1 / ratio) / 2
    let r = (1 - 1 / ratio) / 2
    let root = (c * c - r * r).squareRoot()
    let angle = logarithm((c + root) / r)
    return from / ratio * Double(period) / root * tangent(Double(period) * angle)
  }

  @inline(__always) private func node(_ index: Int) -> Double {
    let c = (1 + 1 / ratio) / 2
    let r = (1 - 1 / ratio) / 2
    return from / ratio / (c - r * cosine((Double(index) + 0.5) / Double(period) * .pi))
  }

  /// σ: from one period to the next double, 2i stays σ(i) and 2i + 1 becomes its mirror image.
  @inline(__always) func order(_ step: Int) -> Int {
    var result = 0
    var size = 1
    var bit = period >> 1
    while bit > 0 {
      size <<= 1
      if step & bit != 0 { result = size - 1 - result }
      bit >>= 1
    }
    return result
  }
}
