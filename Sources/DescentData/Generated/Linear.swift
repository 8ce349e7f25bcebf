internal import DescentRandom

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// `linear(rows: 1000, features: 10, condition: 10, noise: 0.1)`: linear regression of chosen conditioning.
///
/// The features have mean 0 over all rows and the covariance XᵀX/rows = Q·diag(λ)·Qᵀ exactly (to Float rounding), with
/// eigenvalues λ spaced geometrically from 1 down to 1/condition and Q a random rotation. The target is
/// X·w + noise·N(0, 1) with w ~ N(0, 1). A part of the rows has this covariance approximately.
///
/// So gradient descent on the mean squared error over all rows is stable up to η = 1 (η = 2 for half of it), and needs
/// about `condition` steps per digit.
func linear(_ arguments: GeneratorArguments, name: String, seed: UInt64) throws -> Dataset {
  try arguments.allowOnly(["rows", "features", "condition", "noise"])
  let rows = try arguments.count("rows", default: 1000, in: generatedRows)
  let features = try arguments.count("features", default: 10, in: 1...1000)
  let condition = try arguments.number("condition", default: features == 1 ? 1 : 10, atLeast: 1, atMost: 1e8)
  let noise = try arguments.number("noise", default: 0.1, atLeast: 0)
  try arguments.checkSize(rows: rows, features: features)
  guard rows > features else {
    throw DataError(
      .invalidSpecification, "linear: \(features) features need at least \(features + 1) rows, not \(rows).")
  }
  guard features > 1 || condition == 1 else {
    throw DataError(.invalidSpecification, "linear: a single feature has the condition 1, not \(condition).")
  }
  var random = RandomSequence(seed: seed, stream: .generation, index: 0)
  let directions = orthonormal(vectors: features, length: rows, centred: true, from: &random)
  random = RandomSequence(seed: seed, stream: .generation, index: 1)
  let rotation = orthonormal(vectors: features, length: features, centred: false, from: &random)
  let deviations = (0..<features).map { k in
    (Double(rows) * pow(condition, -Double(k) / Double(max(1, features - 1)))).squareRoot()
  }
  random = RandomSequence(seed: seed, stream: .generation, index: 2)
  let weights = (0..<features).map { _ in random.normal() }
  random = RandomSequence(seed: seed, stream: .generation, index: 3)

  var x: [Float] = []
  var y: [Float] = []
  x.reserveCapacity(rows * features)
  y.reserveCapacity(rows)
  var row = [Double](repeating: 0, count: features)
  for i in 0..<rows {
    for j in 0..<features { row[j] = 0 }
    for k in 0..<features {
      let coordinate = directions[k][i] * deviations[k]
      for j in 0..<features { row[j] += coordinate * rotation[k][j] }
    }
    var target = noise * random.normal()
    for j in 0..<features {
      target += row[j] * weights[j]
      x.append(Float(row[j]))
    }
    y.append(Float(target))
  }
  return Dataset(name: name, featureShape: [features], features: .floats(x), targets: .values(y, width: 1))
}

/// Random orthonormal vectors: normals, Gram–Schmidt twice ("twice is enough", Kahan and Parlett).
///
/// With `centred`, every vector is orthogonal to (1, …, 1) too; `length` must then exceed `vectors`.
private func orthonormal(
  vectors: Int, length: Int, centred: Bool, from random: inout RandomSequence
) -> [[Double]] {
  var basis: [[Double]] = []
  for _ in 0..<vectors {
    var v = (0..<length).map { _ in random.normal() }
    for _ in 0..<2 {
      if centred {
        let mean = v.reduce(0, +) / Double(length)
        for i in v.indices { v[i] -= mean }
      }
      for u in basis {
        var product = 0.0
        for i in v.indices { product += u[i] * v[i] }
        for i in v.indices { v[i] -= product * u[i] }
      }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in v.indices { v[i] /= norm }
    }
    basis.append(v)
  }
  return basis
}
