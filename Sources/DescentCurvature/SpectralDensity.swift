/// How the eigenvalues of a symmetric matrix are distributed: a density of total 1, as weighted points.
///
/// Points far from the others are eigenvalues to many digits; what lies together is a Monte-Carlo estimate.
public struct SpectralDensity: Sendable, Hashable {
  /// A Ritz value, and the share of the spectrum it stands for.
  public struct Node: Sendable, Hashable {
    public var eigenvalue: Double
    public var weight: Double
  }

  /// All probes' nodes by eigenvalue; the weights sum to 1.
  public var nodes: [Node]
  /// Standard deviation σ of the Gaussian that ``density(at:)`` puts on each node: what is finer than it is not shown.
  public var smoothing: Double
  /// The trace that follows from the nodes, n·Σ weight·eigenvalue.
  public var trace: Estimate
  /// Products spent.
  public var products: Int

  /// The smoothed density at `x`, per unit of eigenvalue.
  public func density(at x: Double) -> Double {
    let scale = 1 / (smoothing * (2 * Double.pi).squareRoot())
    return nodes.reduce(0) { sum, node in
      let z = (x - node.eigenvalue) / smoothing
      // Beyond 39 deviations nothing is left of it in double precision.
      return abs(z) > 39 ? sum : sum + node.weight * scale * exponential(-z * z / 2)
    }
  }

  /// The share of eigenvalues up to `x`, not smoothed.
  public func share(upTo x: Double) -> Double {
    nodes.reduce(0) { $1.eigenvalue <= x ? $0 + $1.weight : $0 }
  }
}

extension SymmetricOperator {
  /// The spectral density by stochastic Lanczos quadrature: from each random start, `steps` Lanczos steps give a
  /// quadrature with the Ritz values as nodes and the squared first elements of their vectors as weights.
  ///
  /// - Parameters:
  ///   - probes: random starts, at least 1. The error of the bulk falls as 1/√(probes·n).
  ///   - steps: products for each, at least 1; the resolution.
  ///   - smoothing: σ; by default the range of the spectrum over twice the steps, about how far nodes are apart.
  ///   - seed: chooses the starts.
  /// - Source: Lin, Saad & Yang, SIAM Review 58 (2016), section 3.2; Ghorbani, Krishnan & Xiao, ICML 2019.
  public mutating func spectralDensity(
    probes: Int = 8, steps: Int = 30, smoothing: Double? = nil, seed: UInt64 = 0
  ) throws -> SpectralDensity {
    guard count > 0 else { throw CurvatureError(.unfit, "There are no parameters to measure curvature over.") }
    let steps = max(1, min(steps, count))
    let probes = max(1, probes)
    var signs = RandomSigns<Scalar>(count: count, seed: seed)
    var basis = KrylovBasis<Scalar>(length: count, capacity: steps, seed: seed)
    var nodes: [SpectralDensity.Node] = []
    var traces = RunningMean()
    var products = 0
    for _ in 0..<probes {
      signs.draw()
      basis.begin(with: [signs.vector])
      repeat {
        try basis.extend(by: &self, sign: 1)
        products += 1
      } while !basis.isFull && !basis.isInvariant
      let ritz = basis.ritz()
      var trace = 0.0
      for j in 0..<ritz.count {
        let first = ritz.vector(j, row: 0)
        nodes.append(SpectralDensity.Node(eigenvalue: ritz.values[j], weight: first * first / Double(probes)))
        trace += first * first * ritz.values[j]
      }
      traces.add(trace * Double(count))
    }
    nodes.sort { $0.eigenvalue < $1.eigenvalue }
    let (low, high) = (nodes[0].eigenvalue, nodes[nodes.count - 1].eigenvalue)
    let size = max(abs(low), abs(high))
    let width = smoothing ?? max((high - low) / Double(2 * steps), 1e-6 * size)
    return SpectralDensity(
      nodes: nodes, smoothing: width > 0 ? width : 1, trace: traces.estimate, products: products)
  }
}
