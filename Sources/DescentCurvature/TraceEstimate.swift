internal import DescentRandom

extension SymmetricOperator {
  /// tr A by Hutchinson's estimator: the mean of zᵀ·A·z over random signs z.
  ///
  /// - Parameters:
  ///   - probes: products to spend, at least 1. The variance of one is 2·(‖A‖²_F − Σ Aᵢᵢ²).
  ///   - seed: chooses the signs.
  /// - Source: Hutchinson, Commun. Stat. Simul. Comput. 19 (1990).
  public mutating func trace(probes: Int, seed: UInt64 = 0) throws -> Estimate {
    var signs = RandomSigns<Scalar>(count: count, seed: seed)
    var product = signs.vector
    var mean = RunningMean()
    for _ in 0..<max(1, probes) {
      signs.draw()
      try apply(signs.vector, into: &product)
      mean.add(dot(signs.vector, product))
    }
    return mean.estimate
  }

  /// The diagonal of A: the mean of z∘(A·z) over random signs z, with the standard error of each element.
  ///
  /// - Parameters:
  ///   - probes: products to spend, at least 1.
  ///   - seed: chooses the signs.
  /// - Source: Bekas, Kokiopoulou & Saad, Appl. Numer. Math. 57 (2007), with all zᵢ² = 1.
  public mutating func diagonal(
    probes: Int, seed: UInt64 = 0
  ) throws -> (values: [Double], standardErrors: [Double]) {
    var signs = RandomSigns<Scalar>(count: count, seed: seed)
    var product = signs.vector
    var means = [RunningMean](repeating: RunningMean(), count: count)
    for _ in 0..<max(1, probes) {
      signs.draw()
      try apply(signs.vector, into: &product)
      for i in means.indices { means[i].add(Double(signs.vector[i] * product[i])) }
    }
    return (means.map(\.mean), means.map { $0.estimate.standardError ?? .infinity })
  }

  /// tr A by Hutch++: exact on a space that a third of the products span, Hutchinson's on the rest. For a spectrum with
  /// outliers far better than ``trace(probes:seed:)`` at the same cost.
  ///
  /// - Parameters:
  ///   - products: to spend, at least 3. A third of them vectors are kept.
  ///   - seed: chooses the signs.
  /// - Returns: the estimate; its standard error is that of the rest, nil if there was one probe for it.
  /// - Source: Meyer, Musco, Musco & Woodruff, "Hutch++: Optimal Stochastic Trace Estimation", SOSA 2021, algorithm 1.
  public mutating func hutchPlusPlus(products: Int, seed: UInt64 = 0) throws -> Estimate {
    let part = max(1, min(products / 3, count))
    var signs = RandomSigns<Scalar>(count: count, seed: seed)
    var product = signs.vector
    // An orthonormal basis of A·S.
    var basis: [[Scalar]] = []
    for _ in 0..<part {
      signs.draw()
      try apply(signs.vector, into: &product)
      let before = norm(product)
      for _ in 0..<2 { for q in basis { add(-dot(q, product), times: q, to: &product) } }
      let rest = norm(product)
      guard rest > 100 * epsilon(of: Scalar.self) * before else { continue }
      multiply(&product, by: 1 / rest)
      basis.append(product)
    }
    var exact = 0.0
    for q in basis {
      try apply(q, into: &product)
      exact += dot(q, product)
    }
    var mean = RunningMean()
    var probe = signs.vector
    for _ in 0..<part {
      signs.draw()
      assign(1, times: signs.vector, to: &probe)
      for _ in 0..<2 { for q in basis { add(-dot(q, probe), times: q, to: &probe) } }
      try apply(probe, into: &product)
      mean.add(dot(probe, product))
    }
    let rest = mean.estimate
    return Estimate(value: exact + rest.value, standardError: rest.standardError, draws: rest.draws)
  }
}

/// Vectors of −1 and 1, each with probability ½.
struct RandomSigns<Scalar: BinaryFloatingPoint & Sendable> {
  private(set) var vector: [Scalar]
  private var random: RandomSequence

  init(count: Int, seed: UInt64) {
    vector = [Scalar](repeating: 1, count: count)
    random = RandomSequence(seed: seed, stream: .probing, index: 2)
  }

  mutating func draw() {
    var bits: UInt64 = 0
    for i in vector.indices {
      if i % 64 == 0 { bits = random.next() }
      vector[i] = bits & 1 == 1 ? 1 : -1
      bits >>= 1
    }
  }
}
